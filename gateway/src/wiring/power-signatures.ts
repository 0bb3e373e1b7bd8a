import type { PowerConnection } from '../config/asked-device.ts'
import type { ResolvedDevice, ResolvedHall } from '../config/resolved-hall.ts'
import type { Presence } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import { SIGNATURE_QUANTITY } from '../profiles/asked-lines.ts'
import type { Readings } from '../readings/readings.ts'
import { learn, limitOf, NO_HABIT, type PowerHabit } from '../signature/learn-limit.ts'
import { judgePower, type SignatureState, UNKNOWN_SIGNATURE } from '../signature/signature.ts'
import type { Frames } from './frames.ts'

/** What is kept of a device over a restart. */
export interface KeptHabit {
  readonly device: string
  readonly meter: string
  readonly habit: PowerHabit
}

interface Watched {
  readonly device: ResolvedDevice
  readonly connection: PowerConnection
  state: SignatureState
  habit: PowerHabit
  learntW: number | undefined
  /** Stamp of the last value that was learnt from. */
  learntAt: number
  toldAtMs: number
}

const TELL_EVERY_MS = 10_000

/** Devices without an interface: once a second the power of their plug is looked at. */
export function createPowerSignatures(parts: {
  hall: () => ResolvedHall
  readings: Readings
  frames: Pick<Frames, 'takeAside'>
  clock: Clock
  kept: readonly KeptHabit[]
  onPresence: (device: string, presence: Presence, at: number, reason?: string) => void
}) {
  const { readings, frames, clock, onPresence } = parts
  const watched = new Map<string, Watched>()

  function setDevices(devices: Iterable<ResolvedDevice>): void {
    const wanted = new Map([...devices].map((device) => [device.id, device]))
    for (const [id, one] of watched) if (wanted.get(id)?.fingerprint !== one.device.fingerprint) watched.delete(id)
    for (const device of wanted.values()) {
      const { connection, id } = device
      if (connection.via !== 'power' || watched.has(id)) continue
      const known = parts.kept.find((one) => one.device === id && one.meter === connection.meter)
      const habit = known?.habit ?? NO_HABIT
      const fresh = { state: UNKNOWN_SIGNATURE, learntAt: 0, toldAtMs: -TELL_EVERY_MS }
      watched.set(id, { device, connection, habit, learntW: limitOf(habit), ...fresh })
    }
  }

  function look(one: Watched): void {
    const { connection, device } = one
    const atMs = clock.monotonicMs()
    const meter = readings.device(connection.meter)
    const reading = meter?.readings.get(connection.quantity)
    const trusted = meter?.presence === 'online' && reading?.quality === 'good' && typeof reading.value === 'number'
    const relay = meter?.readings.get('switchedOn')
    const switchedOn = relay?.quality === 'good' && typeof relay.value === 'boolean' ? relay.value : undefined
    const powerW = trusted ? Math.abs(reading.value as number) : undefined
    const { deadBelowW, holdS, activeAboveW = one.learntW } = connection
    const before = one.state.word
    one.state = judgePower(one.state, { atMs, powerW, switchedOn }, { deadBelowW, holdS, activeAboveW })
    if (powerW !== undefined && reading && reading.at !== one.learntAt) learnFrom(one, powerW, reading.at)
    const { word } = one.state
    if (word === before && atMs - one.toldAtMs < TELL_EVERY_MS) return
    one.toldAtMs = atMs
    const at = clock.wallMs()
    if (word === undefined) {
      if (before !== undefined || readings.device(device.id)?.presence !== 'unknown')
        onPresence(device.id, 'unknown', at, 'link-down')
      return
    }
    frames.takeAside({ device: device.id, stream: 'reading', at, values: { [SIGNATURE_QUANTITY]: word } })
    if (readings.device(device.id)?.presence !== 'online') onPresence(device.id, 'online', at)
  }

  function learnFrom(one: Watched, powerW: number, at: number): void {
    one.learntAt = at
    if (one.connection.activeAboveW !== undefined || powerW < one.connection.deadBelowW) return
    one.habit = learn(one.habit, powerW)
    one.learntW = limitOf(one.habit)
  }

  setDevices(parts.hall().devices.values())
  return {
    setDevices,
    tick: () => {
      for (const one of watched.values()) look(one)
    },
    /** What is to be kept over a restart. */
    kept: (): KeptHabit[] =>
      [...watched.values()].map(({ device, connection, habit }) => ({
        device: device.id,
        meter: connection.meter,
        habit,
      })),
    /** The limit in use, W: given or learnt. */
    limitOf: (device: string): number | undefined => {
      const one = watched.get(device)
      return one?.connection.activeAboveW ?? one?.learntW
    },
  }
}
