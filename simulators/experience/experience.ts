import { noiseOverTime, seedFor } from '../physics/random.ts'
import { car, manners } from './charging.ts'
import { flow } from './flow.ts'
import { home, three } from './home.ts'
import { dark, pedal, proof, roof } from './instruments.ts'
import { eaters, hunt, lamps, motor, stairs, strip, talk } from './loads.ts'
import { pots } from './pots.ts'
import { safety } from './safety.ts'
import type { Happening, Stand, Thing, Zone } from './thing.ts'
import { cooling, night, pump, taps } from './warmth.ts'

/** Every stand of the experience zone. A device called `pots-induction` is the thing `induction` of the stand `pots`. */
const STANDS: Readonly<Record<string, (zone: Zone) => Stand>> = {
  flow,
  eaters,
  pots,
  pump,
  taps,
  cooling,
  hunt,
  stairs,
  talk,
  proof,
  car,
  manners,
  roof,
  home,
  night,
  three,
  motor,
  lamps,
  strip,
  dark,
  pedal,
  safety,
}

/** Physics goes in steps of at most this; what a person does is felt with the next one. */
const LONGEST_STEP_MS = 500
const LONGEST_CATCH_UP_MS = 60_000

export interface Experience {
  /** Device id → thing. */
  readonly things: ReadonlyMap<string, Thing>
  /** `unplug hunt` → what it does. */
  readonly happenings: ReadonlyMap<string, Happening>
  /** Unix ms of the last step, on the real clock: the instant at which things have the values they tell. */
  now(): number
  /** Brings it to `now`, Unix ms on the real clock. */
  step(now: number): void
}

export const isOnStand = (deviceId: string): boolean => Object.hasOwn(STANDS, standOf(deviceId))

const standOf = (deviceId: string): string => deviceId.slice(0, Math.max(0, deviceId.indexOf('-')))

/**
 * The experience zone as physics: only the stands that the hall has devices of.
 * @param options.speed seconds of physics per real second
 * @throws Error when a stand has no such thing
 */
export function createExperience(options: {
  seed: number
  start: number
  speed: number
  devices: readonly string[]
}): Experience {
  const zone: Zone = {
    mains: { live: true },
    noise: (name) => noiseOverTime(seedFor(options.seed, name), 4000),
  }
  const names = [...new Set(options.devices.map(standOf))]
  const stands = new Map(names.map((name) => [name, STANDS[name]!(zone)]))
  const things = new Map(
    options.devices.map((id) => {
      const stand = standOf(id)
      const own = stands.get(stand)?.things ?? {}
      const thing = own[id.slice(stand.length + 1)]
      if (thing) return [id, thing] as const
      throw new Error(`The stand "${stand}" has no "${id}". It has ${Object.keys(own).join(', ')}.`)
    }),
  )
  const happenings = new Map(
    [...stands].flatMap(([name, stand]) =>
      Object.entries(stand.happenings ?? {}).map(([word, happening]) => [`${word} ${name}`, happening] as const),
    ),
  )
  let at = options.start

  return {
    things,
    happenings,
    now: () => at,
    step(now) {
      if (now - at > LONGEST_CATCH_UP_MS) at = now - LONGEST_STEP_MS
      while (at < now) {
        const next = Math.min(now, at + LONGEST_STEP_MS)
        for (const stand of stands.values()) stand.step(next, ((next - at) / 1000) * options.speed)
        at = next
      }
    },
  }
}
