import { expect, test } from 'vitest'
import type { Frame } from '../domain/frame.ts'
import { createReadings, type StateChange } from './readings.ts'

const meter = { id: 'meter-1', periodsMs: { activePower: 1000, activeEnergyImport: 10_000 }, fingerprint: 'a' }
const frame = (values: Frame['values'], at: number, bad?: Frame['bad']): Frame =>
  bad ? { device: 'meter-1', stream: 'reading', at, values, bad } : { device: 'meter-1', stream: 'reading', at, values }

function hall() {
  const readings = createReadings()
  readings.setDevices([meter], 0)
  return readings
}

test('a device nobody has heard of yet is unknown, not offline and not 0', () => {
  const state = hall().device('meter-1')
  expect(state).toMatchObject({ presence: 'unknown', since: 0 })
  expect(state?.readings.size).toBe(0)
  expect(state?.lastFrameAt).toBeUndefined()
})

test('a value older than three of its own periods is stale and keeps what it was', () => {
  const readings = hall()
  readings.accept(frame({ activePower: 812, activeEnergyImport: 5 }, 1000), 1000)
  readings.tick(4000)
  expect(readings.device('meter-1')?.readings.get('activePower')?.quality).toBe('good')
  readings.tick(4001)
  expect(readings.device('meter-1')?.readings.get('activePower')).toMatchObject({
    value: 812,
    at: 1000,
    quality: 'stale',
  })
  expect(readings.device('meter-1')?.readings.get('activeEnergyImport')?.quality).toBe('good')
})

test('a lost link makes every value stale, clears none, and says since when', () => {
  const readings = hall()
  readings.setPresence('meter-1', 'online', 500)
  readings.accept(frame({ activePower: 812 }, 1000), 1000)
  readings.setPresence('meter-1', 'offline', 2000, 'timeout')
  const state = readings.device('meter-1')
  expect(state).toMatchObject({ presence: 'offline', since: 2000, reason: 'timeout' })
  expect(state?.readings.get('activePower')).toMatchObject({ value: 812, quality: 'stale', reason: 'link-down' })
})

test('a register the device refuses is bad with its reason while its neighbours stay good', () => {
  const readings = hall()
  readings.accept(frame({ activePower: 812 }, 1000, { activeEnergyImport: 'exception' }), 1000)
  const state = readings.device('meter-1')
  expect(state?.readings.get('activePower')?.quality).toBe('good')
  expect(state?.readings.get('activeEnergyImport')).toMatchObject({
    value: undefined,
    quality: 'bad',
    reason: 'exception',
  })
})

test('a terminal emptying its offline queue does not turn the present back', () => {
  const readings = hall()
  readings.accept(frame({ activePower: 900 }, 5000), 5000)
  readings.accept(frame({ activePower: 100 }, 2000), 5100)
  expect(readings.device('meter-1')?.readings.get('activePower')).toMatchObject({ value: 900, at: 5000 })
})

test('a device whose clock is an hour behind is not taken for dead', () => {
  const readings = hall()
  const hour = 3_600_000
  readings.accept(frame({ activePower: 812 }, 1000), 1000 + hour)
  readings.tick(2000 + hour)
  expect(readings.device('meter-1')?.readings.get('activePower')?.quality).toBe('good')
})

const HOUR = 3_600_000

test.each([
  ['back', -HOUR],
  ['forward', HOUR],
])('a clock that is set %s an hour makes nothing stale, and hides nothing that falls silent', (_way, byMs) => {
  const readings = hall()
  const before = 10 * HOUR
  readings.accept(frame({ activePower: 812, activeEnergyImport: 5 }, before), before)
  const now = before + byMs + 1000
  // Heard before anybody noticed that the clock was set.
  readings.accept(frame({ activePower: 640 }, now), now)
  expect(readings.device('meter-1')?.readings.get('activePower')).toMatchObject({ value: 640, at: now })
  readings.clockSet(byMs, now + 500)
  readings.tick(now + 500)
  const qualities = () => [...readings.device('meter-1')!.readings.values()].map(({ quality }) => quality)
  expect([qualities(), readings.device('meter-1')?.presence]).toEqual([['good', 'good'], 'online'])
  // The register comes as late as it did, with the clock's new time.
  readings.accept(frame({ activeEnergyImport: 6 }, now + 2000), now + 2000)
  expect(readings.device('meter-1')?.readings.get('activeEnergyImport')).toMatchObject({ value: 6, at: now + 2000 })
  readings.tick(now + 3001)
  expect(qualities()).toEqual(['stale', 'good'])
})

test.each([-HOUR, -15_000, 15_000, HOUR])(
  'after a clock was set by %i ms an age is counted on from what it was',
  (byMs) => {
    const readings = hall()
    const heard = 10 * HOUR
    readings.accept(frame({ activeEnergyImport: 5 }, heard), heard)
    readings.clockSet(byMs, heard + 20_000 + byMs)
    readings.tick(heard + 30_000 + byMs)
    expect(readings.device('meter-1')?.readings.get('activeEnergyImport')).toMatchObject({
      quality: 'good',
      at: heard + Math.min(0, byMs),
    })
    readings.tick(heard + 30_001 + byMs)
    expect(readings.device('meter-1')?.readings.get('activeEnergyImport')?.quality).toBe('stale')
  },
)

test('an online device that says nothing for three of its longest periods becomes unknown', () => {
  const readings = hall()
  readings.setPresence('meter-1', 'online', 1000)
  readings.accept(frame({ activePower: 812 }, 1000), 1000)
  readings.tick(31_000)
  expect(readings.device('meter-1')?.presence).toBe('online')
  readings.tick(31_001)
  expect(readings.device('meter-1')).toMatchObject({ presence: 'unknown', reason: 'timeout' })
})

test('a device that speaks is online, but one that was said to be offline is not by a late message', () => {
  const readings = hall()
  readings.accept(frame({ activePower: 812 }, 1000), 1000)
  expect(readings.device('meter-1')).toMatchObject({ presence: 'online', since: 1000 })
  readings.setPresence('meter-1', 'offline', 2000)
  readings.accept(frame({ activePower: 813 }, 2001), 2001)
  expect(readings.device('meter-1')).toMatchObject({ presence: 'offline', since: 2000 })
})

test('a changed device starts anew, an unchanged one keeps its values, a removed one is forgotten', () => {
  const readings = createReadings()
  const lamp = { id: 'lamp-1', periodsMs: {}, fingerprint: 'x' }
  readings.setDevices([meter, lamp], 0)
  readings.accept(frame({ activePower: 812 }, 1000), 1000)
  const changes: StateChange[] = []
  readings.onChange((change) => changes.push(change))
  readings.setDevices([meter, { ...lamp, fingerprint: 'y' }], 2000)
  expect(changes.map((c) => (c.type === 'state' ? c.state.device : ''))).toEqual(['lamp-1'])
  readings.setDevices([lamp], 3000)
  expect(readings.device('meter-1')).toBeUndefined()
  expect(readings.accept(frame({ activePower: 1 }, 3000), 3000)).toBe(false)
})
