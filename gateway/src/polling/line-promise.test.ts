import { expect, onTestFinished, test } from 'vitest'
import { type Items, singlePhaseItems, threePhaseItems } from '../../../simulators/dlt645/items.ts'
import { createMeter } from '../../../simulators/physics/electric.ts'
import type { ItemRequest, ReadRequest, ReadResult } from '../modbus/modbus.ts'
import { identifierAt, itemWords } from '../profiles/item-words.ts'
import { lineCost } from './cost-model.ts'
import { bookingText, promisedPeriodMs } from './line-promise.ts'
import { METERS, meterAddress, meterBus, meterName } from './testing/meter-bus.ts'
import { polledHall } from './testing/polled-hall.ts'
import { simulatedLine } from './testing/simulated-line.ts'
import { VirtualClock } from './testing/virtual-clock.ts'

const DEAD = 2
const NOISY = 6
const NOISE_SHARE = 0.3
const HOUR_MS = 3_600_000
/** Every meter is checked, read for everything at once, and the dead one is found out: that is not how it goes on. */
const WARM_UP_MS = 600_000

/** The same numbers in every run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** A half-duplex line on which every character takes its time, 11 bits each, whoever sends it. */
function pacedLine(clock: VirtualClock, baud: number, random: () => number) {
  const { state } = createMeter(220.57)
  state.u = [231.5, 230.7, 229.9]
  const items = new Map<string, Items>(
    Array.from({ length: METERS.single + METERS.three }, (_, i) => {
      const source = { state, address: meterAddress(i), clockMs: () => clock.wallMs() }
      return [source.address, i < METERS.single ? singlePhaseItems(source, 0) : threePhaseItems(source)]
    }),
  )
  const charactersMs = (count: number) => (count * 11_000) / baud
  const GAP_MS = 30
  const BROKEN_MS = 250
  async function readItem({ meter, address, count }: ItemRequest, timeoutMs: number): Promise<ReadResult> {
    const bytes = items.get(meter)?.[identifierAt(address)]?.()
    const dead = meter === meterAddress(DEAD)
    const askedMs = charactersMs(20)
    if (dead) {
      await clock.sleep(timeoutMs + GAP_MS)
      return { ok: false, failure: 'timeout' }
    }
    const elapsedMs = askedMs + 30 + 60 * random() + charactersMs(bytes ? 20 + bytes.length : 17)
    const broken = meter === meterAddress(NOISY) && random() < NOISE_SHARE
    await clock.sleep(elapsedMs + (broken ? BROKEN_MS : 0) + GAP_MS)
    if (broken) return { ok: false, failure: 'garbled' }
    if (!bytes) return { ok: false, failure: 'exception', exceptionCode: 2 }
    return { ok: true, words: itemWords(Uint8Array.from(bytes), clock.wallMs(), count), elapsedMs, meter }
  }
  async function readWords({ count }: ReadRequest): Promise<ReadResult> {
    const elapsedMs = charactersMs(8 + 5 + 7 + 2 * count) + 10 + 20 * random()
    await clock.sleep(elapsedMs + GAP_MS)
    // 231.5 as float32, wherever one looks.
    return { ok: true, words: Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 0x4367 : 0x8000)), elapsedMs }
  }
  const { endpoint } = simulatedLine(clock, lineCost({ type: 'modbus-tcp', host: '', port: 1 }, 0), new Set())
  return {
    ...endpoint,
    read: (request: ReadRequest | ItemRequest, timeoutMs: number) =>
      'meter' in request ? readItem(request, timeoutMs) : readWords(request),
  }
}

/** Plans of the bus at a speed, before anything was measured, and a hall that polls it on a virtual clock. */
function busAt(baud: number) {
  const clock = new VirtualClock()
  const random = randomOf(baud)
  const hall = polledHall({ clock, random, openEndpoint: () => pacedLine(clock, baud, random) })
  const links = { bus: { type: 'modbus-rtu-over-tcp', host: '-', port: 1, baud, fingerprint: 'bus' } } as const
  const planned = meterBus(HOUR_MS)
  hall.setHall(links, planned)
  const plans = planned.map(({ id }) => hall.polling.planOf(id)!)
  hall.setHall({}, [])
  onTestFinished(async () => {
    const closed = hall.polling.close()
    await clock.pass(5000)
    await closed
  })
  return { clock, hall, plans, setPeriod: (periodMs: number) => hall.setHall(links, meterBus(periodMs)) }
}

test.each([2400, 9600])(
  '32 meters at %i Bd keep the period the line promises, beside a dead and a noisy one',
  async (baud) => {
    const { clock, hall, plans, setPeriod } = busAt(baud)
    const promiseMs = Math.ceil(promisedPeriodMs(plans))
    setPeriod(promiseMs)
    await clock.pass(WARM_UP_MS)
    const healthy = meterBus(promiseMs).flatMap(({ id }) =>
      id === meterName(DEAD) || id === meterName(NOISY) ? [] : [id],
    )
    const skips = () => healthy.reduce((sum, id) => sum + (hall.polling.inside(id)?.counts.skipped ?? 0), 0)
    const [from, skippedBefore] = [clock.wallMs(), skips()]
    await clock.pass(HOUR_MS)
    const frames = hall.frames.filter(({ at, values }) => at >= from && values.voltageL1 !== undefined)
    const distances = healthy.flatMap((id) => {
      const times = frames.filter(({ device }) => device === id).map(({ at }) => at)
      expect(times.length).toBeGreaterThanOrEqual(Math.floor(HOUR_MS / promiseMs) - 1)
      return times.slice(1).map((time, i) => time - times[i]!)
    })
    expect(skips() - skippedBefore).toBe(0)
    expect(percentile(distances, 0.5)).toBeCloseTo(promiseMs, -3)
    expect(percentile(distances, 0.95)).toBeLessThanOrEqual(1.08 * promiseMs)
    expect(Math.max(...distances)).toBeLessThanOrEqual(1.25 * promiseMs)
  },
)

const percentile = (all: readonly number[], share: number): number =>
  all.toSorted((a, b) => a - b)[Math.floor(share * (all.length - 1))]!

test('a line whose devices want more of it than there is says so once, and the period at which all fit', async () => {
  const { clock, hall, setPeriod } = busAt(2400)
  setPeriod(30_000)
  const plans = meterBus(30_000).map(({ id }) => hall.polling.planOf(id)!)
  expect(bookingText(plans)).toMatch(/^its devices want 185 % of its time, .*; all fit at a period of 93 s$/)
  setPeriod(30_500)
  expect(hall.codes).toEqual(['HW_LINK_OVERBOOKED'])
  setPeriod(93_000)
  setPeriod(30_000)
  expect(hall.codes).toEqual(['HW_LINK_OVERBOOKED', 'HW_LINK_OVERBOOKED'])
  await clock.pass(1000)
})
