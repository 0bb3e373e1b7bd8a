import { expect, test } from 'vitest'
import { follow, handClock, liveHall } from './hall-fixture.ts'
import { SLOW_READER_MS } from './live.ts'

const hallWithMeter = () => {
  const hall = liveHall(handClock())
  hall.add({ id: 'meter-1', name: '总表' })
  return hall
}

test('who looks gets the whole hall first, then only what changed', async () => {
  const hall = hallWithMeter()
  hall.read('meter-1', { activePower: 1200, voltageL1: 231.5 })
  const { sink } = follow(hall.live)
  expect(sink.events[0]).toMatchObject({
    type: 'snapshot',
    overview: { hall: { name: '东湖厅' }, devices: { total: 1, online: 1 }, committedFrames: 1 },
    devices: [
      { id: 'meter-1', name: '总表', presence: 'online', readings: { activePower: { value: 1200, unit: 'W' } } },
    ],
  })
  hall.read('meter-1', { activePower: 1300 })
  await hall.clock.advance(500)
  const [delta] = sink.of('delta')
  expect(delta?.devices).toHaveLength(1)
  expect(Object.keys(delta!.devices[0]!.readings)).toEqual(['activePower'])
  expect(delta!.devices[0]!.readings.activePower?.value).toBe(1300)
})

test('a hundred changes within a second are two deltas, and the last value wins', async () => {
  const hall = hallWithMeter()
  const { sink } = follow(hall.live)
  for (let i = 1; i <= 100; i++) {
    hall.read('meter-1', { activePower: i })
    await hall.clock.advance(10)
  }
  expect(sink.of('delta').length).toBeLessThanOrEqual(2)
  expect(sink.of('delta').at(-1)?.devices[0]?.readings.activePower?.value).toBe(100)
})

test('sequence numbers only grow', async () => {
  const hall = hallWithMeter()
  const { sink } = follow(hall.live)
  for (let i = 0; i < 5; i++) {
    hall.read('meter-1', { activePower: i })
    await hall.clock.advance(500)
  }
  const sequences = sink.of('delta').map(({ sequence }) => sequence)
  expect(sequences).toEqual([1, 2, 3, 4, 5])
})

test('a quiet hall still says every five seconds that it is alive', async () => {
  const hall = hallWithMeter()
  const { sink } = follow(hall.live)
  await hall.clock.advance(15_000)
  expect(sink.of('delta')).toHaveLength(0)
  expect(sink.of('heartbeat')).toHaveLength(3)
  expect(sink.of('heartbeat')[0]?.overview.devices.total).toBe(1)
})

test('a value that grows stale is told though no frame came', async () => {
  const hall = hallWithMeter()
  hall.read('meter-1', { activePower: 1200 })
  const { sink } = follow(hall.live)
  await hall.clock.advance(10_000)
  hall.readings.tick(hall.clock.wallMs())
  await hall.clock.advance(500)
  expect(sink.of('delta').at(-1)?.devices[0]).toMatchObject({
    presence: 'unknown',
    quality: 'stale',
    readings: { activePower: { value: 1200, quality: 'stale', reason: 'timeout' } },
  })
})

test('a device taken out of the hall disappears from the screen', async () => {
  const hall = hallWithMeter()
  hall.add({ id: 'meter-2' })
  const { sink } = follow(hall.live)
  hall.remove('meter-2')
  await hall.clock.advance(500)
  expect(sink.of('delta')[0]).toMatchObject({ removed: ['meter-2'], devices: [] })
})

test('a device under a new profile starts without the values of its old one', async () => {
  const hall = hallWithMeter()
  hall.read('meter-1', { activePower: 1200 })
  const { sink } = follow(hall.live)
  hall.add({ id: 'meter-1', profileId: 'chint/dtsu666' })
  await hall.clock.advance(500)
  expect(sink.of('delta')[0]).toMatchObject({
    removed: ['meter-1'],
    devices: [{ id: 'meter-1', profile: 'chint/dtsu666', readings: {} }],
  })
})

test('who asks for one zone hears of no other', async () => {
  const hall = hallWithMeter()
  hall.add({ id: 'kiosk-01', kind: 'kiosk', zone: 'self-service' })
  const { sink } = follow(hall.live, { zones: ['self-service'] })
  expect(sink.of('snapshot')[0]?.devices.map(({ id }) => id)).toEqual(['kiosk-01'])
  hall.read('meter-1', { activePower: 1 })
  await hall.clock.advance(500)
  expect(sink.of('delta')).toHaveLength(0)
  hall.read('kiosk-01', { activePower: 2 })
  await hall.clock.advance(500)
  expect(sink.of('delta')[0]?.devices.map(({ id }) => id)).toEqual(['kiosk-01'])
})

test('a slow reader is not sent a queue but the newest values when it can take them again', async () => {
  const hall = hallWithMeter()
  const { sink, subscription } = follow(hall.live)
  sink.taking = false
  hall.read('meter-1', { activePower: 1 })
  await hall.clock.advance(500)
  for (let i = 2; i <= 20; i++) {
    hall.read('meter-1', { activePower: i, voltageL1: 230 + i })
    await hall.clock.advance(500)
  }
  expect(sink.of('delta')).toHaveLength(1)
  expect(hall.live.stats().pendingChanges).toBe(2)
  sink.taking = true
  subscription.resume()
  await hall.clock.advance(500)
  expect(sink.of('delta')[1]?.devices[0]?.readings).toMatchObject({
    activePower: { value: 20 },
    voltageL1: { value: 250 },
  })
  expect(hall.live.stats().pendingChanges).toBe(0)
})

test('a reader that takes nothing for fifteen seconds is told to start over and dropped', async () => {
  const hall = hallWithMeter()
  const { sink } = follow(hall.live)
  sink.taking = false
  hall.read('meter-1', { activePower: 1 })
  await hall.clock.advance(SLOW_READER_MS + 1000)
  expect(sink.events.at(-1)).toMatchObject({ type: 'resnapshot', reason: 'slow-reader' })
  expect(sink.ended).toBe(true)
  expect(hall.live.stats()).toMatchObject({ subscribers: 0, droppedSlowReaders: 1 })
})

test('when nobody looks nothing is collected', async () => {
  const hall = hallWithMeter()
  const { sink, subscription } = follow(hall.live)
  subscription.close()
  hall.read('meter-1', { activePower: 1 })
  await hall.clock.advance(10_000)
  expect(sink.events).toHaveLength(1)
  expect(hall.live.stats()).toMatchObject({ subscribers: 0, sequence: 0, pendingChanges: 0 })
})

test('closing tells every reader to come back', () => {
  const hall = hallWithMeter()
  const { sink } = follow(hall.live)
  hall.live.close()
  expect(sink.events.at(-1)).toMatchObject({ type: 'resnapshot', reason: 'closing' })
  expect(sink.ended).toBe(true)
})

test('frames per second follow the last ten seconds', async () => {
  const hall = hallWithMeter()
  for (let i = 0; i < 30; i++) {
    await hall.clock.advance(500)
    hall.read('meter-1', { activePower: i })
  }
  expect(hall.live.overview().framesPerSecond).toBeCloseTo(2, 1)
  for (let i = 0; i < 12; i++) {
    await hall.clock.advance(1000)
    hall.live.overview()
  }
  expect(hall.live.overview().framesPerSecond).toBe(0)
})

test('a broken part is the first thing a list says about a terminal', () => {
  const hall = hallWithMeter()
  hall.add({ id: 'kiosk-01', kind: 'kiosk' })
  hall.read('kiosk-01', { activePower: 80, 'paper.receipt': 'ok', 'paperPath.invoice': 'jam', 'paper.invoice': 'ok' })
  expect(hall.live.device('kiosk-01')?.headline[0]).toBe('paperPath.invoice')
})
