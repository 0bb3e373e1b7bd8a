import { expect, test } from 'vitest'
import type { Link } from '../config/hall-schema.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { addressesAsWords, fakeDevice } from '../modbus/testing/fake-device.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { lineCost } from './cost-model.ts'
import { meter, meterMap, polledHall, tcpLink } from './testing/polled-hall.ts'
import { simulatedLine } from './testing/simulated-line.ts'
import { VirtualClock } from './testing/virtual-clock.ts'

const openEndpoint = (link: Link) =>
  createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0.1 })

const link = { type: 'modbus-rtu', path: 'simulated', baud: 9600, parity: 'none', dataBits: 8, stopBits: 1 } as const
const bus = { bus: { ...link, fingerprint: 'bus' } }
const cost = lineCost(link, 0)
const map = { ...meterMap, timeoutMs: 1000, periodsMs: { normal: 1000 } }
const eight = Array.from({ length: 8 }, (_, i) => meter(`meter-${i + 1}`, 'bus', i + 1, map))

/** One hour on a 9600 baud line; the first minute, in which the dead are found out, is not counted. */
async function hour(dead: readonly number[], diesAfterMs = 0) {
  const clock = new VirtualClock()
  const silent = new Set(diesAfterMs === 0 ? dead : [])
  const line = simulatedLine(clock, cost, silent)
  const hall = polledHall({ clock, openEndpoint: () => line.endpoint, random: Math.random })
  hall.setHall(bus, eight)
  await clock.pass(30_000)
  for (const unit of dead) silent.add(unit)
  await clock.pass(30_000)
  line.seen.length = 0
  const before = hall.polling.stats()
  await clock.pass(3_540_000)
  const after = hall.polling.stats()
  const closed = hall.polling.close()
  await clock.pass(2000)
  await closed
  return { seen: line.seen, probeShare: (after.probeMs - before.probeMs) / 3_540_000, hall }
}

test('one dead device among eight costs its neighbours at most 2 % of the line, and each keeps its cycle', async () => {
  const { seen, probeShare } = await hour([3])
  expect(probeShare).toBeGreaterThan(0)
  expect(probeShare).toBeLessThanOrEqual(0.02)
  const cycles = (unitId: number) => seen.filter((request) => request.unitId === unitId).length
  for (const unitId of [1, 2, 4, 5, 6, 7, 8]) expect(cycles(unitId)).toBeGreaterThanOrEqual(3540 * 0.98)
})

test('five devices that die after they were known cost the other three at most 2 % together', async () => {
  const { probeShare, hall } = await hour([1, 2, 3, 4, 5], 1)
  expect(probeShare).toBeLessThanOrEqual(0.02)
  expect(hall.presences.filter(({ presence }) => presence === 'offline')).toHaveLength(5)
})

test('a line too slow for all is shared fairly and nothing piles up', async () => {
  const clock = new VirtualClock()
  const line = simulatedLine(clock, { perRequestMs: 400, perRegisterMs: 1 }, new Set())
  const hall = polledHall({ clock, openEndpoint: () => line.endpoint })
  hall.setHall(bus, eight)
  await clock.pass(600_000)
  const counts = eight.map((_, i) => line.seen.filter(({ unitId }) => unitId === i + 1).length)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3)
  expect(hall.polling.stats().skippedPasses).toBeGreaterThan(1000)
  const closed = hall.polling.close()
  await clock.pass(2000)
  await closed
})

test('on a line too slow for all a write still waits for the one request under way, and for no other', async () => {
  const clock = new VirtualClock()
  const slow = { perRequestMs: 400, perRegisterMs: 1 }
  const line = simulatedLine(clock, slow, new Set())
  const hall = polledHall({ clock, openEndpoint: () => line.endpoint })
  hall.setHall(bus, eight)
  await clock.pass(60_000)
  const waited: number[] = []
  for (let i = 0; i < 200; i++) {
    // At 200 different moments of the requests that are under way all the time.
    await clock.pass(700 + 37 * (i % 19))
    const askedMs = clock.monotonicMs()
    const readsBefore = line.seen.length
    const written = hall.polling.write(`meter-${(i % 8) + 1}`, { address: 5, values: [i] })
    await clock.pass(slow.perRequestMs * 3)
    expect(await written).toMatchObject({ ok: true })
    const beganMs = line.writes.at(-1) ?? Number.POSITIVE_INFINITY
    waited.push(beganMs - askedMs)
    expect(line.seen.slice(readsBefore).filter(({ atMs }) => atMs < beganMs)).toEqual([])
  }
  const longestRequestMs = slow.perRequestMs + slow.perRegisterMs * 13
  expect(Math.max(...waited)).toBeLessThanOrEqual(longestRequestMs)
  // All eight would take as long as this.
  expect(Math.max(...waited)).toBeLessThan((8 * longestRequestMs) / 4)
  const closed = hall.polling.close()
  await clock.pass(2000)
  await closed
})

test('on real sockets the neighbours of a dead device go on while it is probed', async () => {
  await using device = await fakeDevice((seen) => (seen.unitId === 3 ? undefined : addressesAsWords(seen)))
  await using hall = polledHall({ openEndpoint })
  const quick = { ...meterMap, timeoutMs: 100, periodsMs: { normal: 200 } }
  const meters = Array.from({ length: 8 }, (_, i) => meter(`meter-${i + 1}`, 'bus', i + 1, quick))
  hall.setHall({ bus: tcpLink(device) }, meters)
  expect(await hall.presence('meter-3', 'offline')).toBe('timeout')
  const from = performance.now()
  const before = hall.polling.stats().probeMs
  for (let i = 0; i < 10; i++) await hall.nextReading('meter-8')
  const elapsedMs = performance.now() - from
  expect(elapsedMs).toBeLessThan(4000)
  // At most one probe of 100 ms falls into these two seconds: the credit for the next takes five.
  expect(hall.polling.stats().probeMs - before).toBeLessThan(150)
  expect(device.connections()).toBe(1)
})
