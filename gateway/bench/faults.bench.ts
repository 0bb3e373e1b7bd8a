import { readFileSync } from 'node:fs'
import { createFaults, faultDevice } from '../src/faults/faults.ts'
import { type Profile, quantitiesOf } from '../src/profiles/profile-schema.ts'
import { parseProfile } from '../src/profiles/profiles.ts'
import type { DeviceState, Reading } from '../src/readings/readings.ts'

interface Result {
  readonly name: string
  readonly method: string
  readonly figures: Readonly<Record<string, number | string>>
}

const POINTS = 20_000
const CHANGES_PER_SECOND = 10_000
const START = Date.UTC(2026, 10, 23, 2)

const profileUrl = new URL('../../device-profiles/hallwatt/kiosk.yaml', import.meta.url)

/** What finding faults costs in a hall of 20,000 points in which 10,000 values a second change, each told by itself. */
export async function run({ short = false }: { short?: boolean } = {}): Promise<Result[]> {
  const seconds = short ? 2 : 30
  const profile = parseProfile('hallwatt/kiosk.yaml', readFileSync(profileUrl, 'utf8'))
  const quantities = quantitiesOf(profile)
  const states = Array.from({ length: Math.ceil(POINTS / quantities.length) }, (_, i) =>
    stateOf(`kiosk-${i}`, quantities),
  )
  const faults = createFaults()
  faults.setDevices(
    states.map(({ device }) => faultDevice(deviceOf(device, profile, quantities), [])),
    START,
  )
  let changes = 0
  /** One value of one device changes: two numbers in three, words else. */
  const change = (now: number): void => {
    const state = states[changes % states.length] as DeviceState & { lastFrameAt: number }
    const quantity = quantities[Math.floor(changes / states.length) % quantities.length] as string
    changes++
    const reading = state.readings.get(quantity) as { value: unknown; at: number }
    if (typeof reading.value === 'number') reading.value = (reading.value + 1) % 100
    reading.at = now
    state.lastFrameAt = now
    faults.take({ type: 'state', state, quantities: [quantity] }, now)
  }
  for (let i = 0; i < 5 * CHANGES_PER_SECOND; i++) change(START + i / 10)
  const before = process.cpuUsage()
  for (let second = 1; second <= seconds; second++) {
    const now = START + 5000 + second * 1000
    for (let i = 0; i < CHANGES_PER_SECOND; i++) change(now + i / 10)
    faults.tick(now + 1000)
  }
  const { user, system } = process.cpuUsage(before)
  const cpuSeconds = (user + system) / 1e6
  const { rules, devices } = faults.stats()
  return [
    {
      name: 'faults: cost of watching',
      method: `${devices} terminals with ${devices * quantities.length} points and ${rules} rules; ${CHANGES_PER_SECOND} changes a second, each told by itself, and a tick a second, for ${seconds} s of hall time; CPU time of this process.`,
      figures: {
        'share of a core, %': Number(((100 * cpuSeconds) / seconds).toFixed(1)),
        'per change, µs': Number(((cpuSeconds * 1e6) / (seconds * CHANGES_PER_SECOND)).toFixed(2)),
      },
    },
  ]
}

const deviceOf = (id: string, profile: Profile, quantities: readonly string[]) => ({
  id,
  kind: profile.kind,
  zone: 'hall',
  profileId: 'hallwatt/kiosk',
  profile,
  periodsMs: Object.fromEntries(quantities.map((quantity) => [quantity, 5000])),
  fingerprint: id,
})

function stateOf(device: string, quantities: readonly string[]): DeviceState {
  const readings = new Map<string, Reading>(
    quantities.map((quantity, i) => [quantity, { value: i % 3 === 0 ? 'ok' : 50, at: START, quality: 'good' }]),
  )
  return { device, presence: 'online', since: START, readings }
}
