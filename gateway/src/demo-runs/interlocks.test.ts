import { describe, expect, test } from 'vitest'
import { type DemoSettings, demosSchema } from '../config/demos-schema.ts'
import type { KnownDevice } from '../demos/bindings.ts'
import { type HallNow, readiness } from '../demos/readiness.ts'
import type { Run, RunEvent } from '../demos/run.ts'
import type { DeviceState } from '../readings/readings.ts'
import { ends, trippedInputs } from './hall-inputs.ts'
import { CIRCUIT, NOON, onIn, playShipped, shipped } from './shipped-fixture.ts'

/* Every interlock trips in a shipped scenario, in virtual time. */

const endOf = ({ state, reason }: Run) => [state, reason?.code]

/** Calls once, as soon as something is on, and remembers when. */
function onceOn(act: (run: Run, now: number) => RunEvent | undefined) {
  const seen = { at: Number.NaN }
  const meanwhile = (run: Run, now: number): RunEvent | undefined => {
    if (!Number.isNaN(seen.at) || onIn(run).length === 0) return undefined
    seen.at = now
    return act(run, now)
  }
  return { seen, meanwhile }
}

const settings: DemoSettings = demosSchema.parse({
  circuits: [{ id: CIRCUIT, name: '台', limitW: 4400 }],
  roles: {
    inductionHob: { device: 'induction', circuit: CIRCUIT },
    ceramicHob: { device: 'ceramic', circuit: CIRCUIT },
    heatPump: { device: 'pump', circuit: CIRCUIT },
    resistanceHeater: { device: 'heater', circuit: CIRCUIT },
  },
  emergencyStop: { device: 'panel', quantity: 'emergencyStopPressed' },
  contactor: { device: 'panel', quantity: 'contactorClosed', trippedWhen: false },
  trips: [{ device: 'panel', quantity: 'rcdTripped', circuit: CIRCUIT }],
  dangers: [
    { device: 'panel', quantity: 'smokeDetected', kind: 'smoke' },
    { device: 'panel', quantity: 'waterDetected', kind: 'water' },
  ],
})
const QUIET = { emergencyStopPressed: false, contactorClosed: true, rcdTripped: false, smokeDetected: false }

/** What stops everything while the safety panel shows this. */
const tripped = (shown: Readonly<Record<string, boolean>>) =>
  trippedInputs(settings, () => {
    const readings = Object.entries({ ...QUIET, ...shown }).map(([quantity, value]) => [
      quantity,
      { value, quality: 'good' },
    ])
    return { readings: new Map(readings as []) } as unknown as DeviceState
  })

describe.each([
  ['I1', 'emergencyStopPressed', true, 'HW_DEMO_EMERGENCY_STOP'],
  ['I1', 'contactorClosed', false, 'HW_DEMO_EMERGENCY_STOP'],
  ['I2', 'rcdTripped', true, 'HW_DEMO_TRIPPED'],
  ['I10', 'smokeDetected', true, 'HW_DEMO_DANGER'],
  ['I10', 'waterDetected', true, 'HW_DEMO_DANGER'],
] as const)('%s: %s %s', (id, quantity, value, code) => {
  test('everything of the boil-off race is off at once', () => {
    expect(tripped({})).toEqual([])
    const [input] = tripped({ [quantity]: value })
    expect(input?.id).toBe(id)
    const { meanwhile, seen } = onceOn((run) =>
      ends(input!, run) ? { is: 'stop', interlock: input!.id, reason: input!.reason } : undefined,
    )
    const { run } = playShipped('boil-off', { meanwhile })
    expect(endOf(run)).toEqual(['aborted', code])
    expect(run.leavingAt).toBe(seen.at)
    expect(onIn(run)).toEqual([])
  })
})

test('I2: a breaker of another circuit leaves the run alone', () => {
  const elsewhere = onceOn((run) => {
    expect(ends({ circuit: 'elsewhere' }, run)).toBe(false)
    return undefined
  })
  expect(playShipped('boil-off', elsewhere).run.state).toBe('done')
})

test('I3: a second above the limit of the circuit, and the hob that went on last goes off; the other heats on', () => {
  const over = { from: Number.POSITIVE_INFINITY }
  const circuits = new Map<string, { limitW: number; powerW: number }>()
  let offAfterMs = Number.NaN
  const { run } = playShipped('boil-off', {
    meanwhile(at, when) {
      const isOver = when >= over.from && when < over.from + 1500
      circuits.set(CIRCUIT, { limitW: 4400, powerW: isOver ? 4600 : 3800 })
      if (onIn(at).length === 2 && over.from === Number.POSITIVE_INFINITY) over.from = when + 5000
      if (Number.isNaN(offAfterMs) && when > over.from && onIn(at).length === 1) {
        offAfterMs = when - over.from
        expect(onIn(at)).toEqual(['inductionHob'])
      }
      return undefined
    },
    world: { circuits },
  })
  expect(offAfterMs).toBeGreaterThan(1000)
  expect(offAfterMs).toBeLessThanOrEqual(1750)
  expect(onIn(run)).toEqual([])
})

test('I4: going back again and again charges no longer than the scenario allows', () => {
  let onS = 0
  const { run } = playShipped('hundred-km', {
    meanwhile(at, now) {
      if (onIn(at).length > 0) onS += 0.25
      const isMeasured = at.plan[at.step]?.step.id === 'measure' && now - at.stepAt > 50_000
      return isMeasured && (at.loads.evse?.beforeMs ?? 0) < 420_000 ? { is: 'act', act: 'back' } : undefined
    },
  })
  expect(Object.keys(run.tripped)).toContain('I4')
  expect(onS).toBeGreaterThan(400)
  expect(onS).toBeLessThanOrEqual(421)
})

test('I5: ten seconds without the tablet and the hobs are off, a minute and the run is over', () => {
  const gone = onceOn(() => undefined)
  const offAt: number[] = []
  const { run } = playShipped('boil-off', {
    meanwhile(at, now) {
      if (!Number.isNaN(gone.seen.at) && onIn(at).length === 0) offAt.push(now)
      return gone.meanwhile(at, now)
    },
    beats: () => Number.isNaN(gone.seen.at),
  })
  expect(endOf(run)).toEqual(['aborted', 'HW_DEMO_TABLET_LOST'])
  expect(((offAt[0] ?? 0) - gone.seen.at) / 1000).toBeLessThanOrEqual(10.5)
  expect(((run.endedAt ?? 0) - gone.seen.at) / 1000).toBeLessThanOrEqual(60.5)
})

test('I5 also holds for a kettle in a scenario that may run without a guide', () => {
  const gone = onceOn(() => undefined)
  const { run } = playShipped('the-stairs', { ...gone, beats: () => Number.isNaN(gone.seen.at) })
  expect(run.state).toBe('aborted')
})

test.each([
  ['boil-off', 'inductionHob', 'temperature.water', 97.5],
  ['heat-pump', 'heatPump', 'temperature.out', 56],
  // The store is not switched itself: what heats it goes off.
  ['heat-at-night', 'thermalStore', 'temperature.top', 76.5],
] as const)('I7: %s stops when %s is too hot', (id, role, point, celsius) => {
  const hot = onceOn(() => undefined)
  const { run } = playShipped(id, {
    ...hot,
    world: {
      reading: (slot, quantity) =>
        !Number.isNaN(hot.seen.at) && slot === role && quantity === point ? celsius : undefined,
    },
  })
  expect(endOf(run)).toEqual(['aborted', 'HW_DEMO_CEILING'])
  expect((run.endedAt ?? 0) - hot.seen.at).toBeLessThanOrEqual(500)
})

test('I7 cannot hold when nobody sees the store: its boiler goes off', () => {
  const blind = onceOn(() => undefined)
  const { run } = playShipped('heat-at-night', {
    ...blind,
    world: { ageMs: (slot) => (slot === 'thermalStore' && !Number.isNaN(blind.seen.at) ? 5100 : 0) },
  })
  expect(endOf(run)).toEqual(['aborted', 'HW_DEMO_READING_LOST'])
})

/** A hall in which everything answers, and may be switched. */
function hallNow(more: Partial<HallNow> = {}): HallNow {
  const kinds: Record<string, KnownDevice['kind']> = { pump: 'heat_pump', heater: 'water_heater' }
  return {
    now: NOON,
    settings,
    device: (id): KnownDevice => ({
      ...{ id, name: id, kind: kinds[id] ?? 'cooker', online: true, faulty: false, commands: [] },
      ...{ periodMs: () => 1000, isGood: () => true, readAt: () => NOON },
      switches: { on: { command: 'switch-on', canRevert: true }, off: true },
    }),
    ...{ tripped: [], open: true, locks: new Map(), offAt: () => undefined },
    ...{ hasTariff: () => true, goesOffAlone: () => true },
    ...more,
  }
}

const worst = (id: string, more?: Partial<HallNow>, options?: Parameters<typeof readiness>[2]) => {
  const [obstacle] = readiness(shipped.get(id)!, hallNow(more), options).obstacles
  return obstacle && [obstacle.kind, obstacle.reason.code, obstacle.inS]
}

test('I3: hobs that would pass the limit together are refused before anything is on', () => {
  const small = { ...settings, circuits: [{ id: CIRCUIT, name: '台', limitW: 3500 }] }
  expect(worst('boil-off')).toBeUndefined()
  expect(worst('boil-off', { settings: small })).toEqual(['blocked', 'HW_DEMO_OVER_LIMIT', undefined])
})

test('I8: a circuit that another run holds is refused; one that a lost load holds says for how long', () => {
  const lock = { run: 'R1', by: 'wang' }
  expect(worst('boil-off', { locks: new Map([[CIRCUIT, lock]]) })).toEqual([
    ...['blocked', 'HW_DEMO_CIRCUIT_BUSY', undefined],
  ])
  const left = { names: { zh: '电陶炉', en: 'Ceramic hob' }, until: NOON + 42_000 }
  expect(worst('boil-off', { locks: new Map([[CIRCUIT, { ...lock, left }]]) })).toEqual([
    ...['waiting', 'HW_DEMO_CIRCUIT_BUSY', 42],
  ])
})

test('I9: a compressor rests for three minutes, a hot hob for ten', () => {
  expect(worst('heat-pump', { offAt: (device) => (device === 'pump' ? NOON - 60_000 : undefined) })).toEqual([
    ...['waiting', 'HW_DEMO_WAITING', 120],
  ])
  expect(worst('boil-off', { offAt: () => NOON - 1000 })).toEqual(['waiting', 'HW_DEMO_WAITING', 599])
  expect(worst('boil-off', { offAt: () => NOON - 601_000 })).toBeUndefined()
})

test('I9: within a run the capacitor bank waits out its minute, then goes on by itself', () => {
  let onAt = Number.NaN
  playShipped('missing-push', {
    meanwhile(run, now) {
      if (onIn(run).includes('capacitorBank') && Number.isNaN(onAt)) onAt = now
      return undefined
    },
    world: { offAt: (slot) => (slot === 'capacitorBank' ? NOON - 15_000 : undefined) },
  })
  expect(onAt - NOON).toBeGreaterThanOrEqual(45_000)
  expect(onAt - NOON).toBeLessThan(46_000)
})

test('I11: outside the schedule it is refused, and a lead may start all the same; a run switches nothing on after closing', () => {
  expect(worst('boil-off', { open: false })).toEqual(['blocked', 'HW_DEMO_CLOSED', undefined])
  expect(worst('boil-off', { open: false }, { override: true })).toBeUndefined()
  let wasOn = false
  playShipped('boil-off', {
    meanwhile(run) {
      wasOn ||= onIn(run).length > 0
      return undefined
    },
    world: { open: false },
  })
  expect(wasOn).toBe(false)
})

test('a device of another kind than its role takes is no device for it, and the launcher says so', () => {
  const { obstacles } = readiness(
    shipped.get('boil-off')!,
    hallNow({ device: (id) => ({ ...hallNow().device(id)!, kind: id === 'ceramic' ? 'meter' : 'cooker' }) }),
  )
  expect(obstacles[0]).toMatchObject({ kind: 'not-set-up', role: 'ceramicHob', device: 'ceramic' })
  expect(obstacles[0]?.reason.text.zh).toContain('meter')
})

test('nothing hot hangs on a relay that only the gateway takes back: the card says so', () => {
  const { obstacles } = readiness(shipped.get('boil-off')!, hallNow({ goesOffAlone: (id) => id !== 'induction' }))
  expect(obstacles[0]).toMatchObject({
    kind: 'missing',
    device: 'induction',
    reason: { code: 'HW_DEMO_NOT_COMMANDABLE' },
  })
  expect(obstacles[0]?.reason.text.zh).toContain('倒计时')
})

/* I6, for every scenario of the catalogue. */
test.each([...shipped.keys()])('I6: a device of %s is lost while it is on: off within six seconds', (id) => {
  let lostAt = Number.POSITIVE_INFINITY
  let offAt = Number.NaN
  let lost: readonly string[] = []
  let now = NOON
  const { run, view } = playShipped(id, {
    meanwhile(at, when) {
      now = when
      const on = onIn(at)
      if (lost.length === 0 && on.length > 0 && at.state === 'running') {
        lost = on
        lostAt = when
      }
      if (lost.length > 0 && Number.isNaN(offAt) && !on.some((slot) => lost.includes(slot))) offAt = when
      return undefined
    },
    world: { ageMs: (slot) => (lost.includes(slot) ? now - lostAt : 0) },
  })
  expect(onIn(run)).toEqual([])
  const switches = Object.values(shipped.get(id)!.scenario.roles).some(({ switched }) => switched)
  expect(lost.length > 0).toBe(switches)
  if (!switches) return
  expect(((Number.isNaN(offAt) ? run.endedAt! : offAt) - lostAt) / 1000).toBeLessThanOrEqual(6)
  const isNeeded = run.slots.some(({ key, required }) => required && lost.includes(key))
  if (isNeeded) expect(endOf(run)).toEqual(['aborted', 'HW_DEMO_READING_LOST'])
  // What the run can do without is named on the tablet.
  else expect(view.roles.filter(({ trouble }) => trouble).map(({ role }) => role)).not.toEqual([])
})
