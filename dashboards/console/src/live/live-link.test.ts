import { expect, test } from 'vitest'
import { streamRig } from '../../test/stream-rig.ts'
import { asSnapshot, EMPTY_MIRROR, type LiveDevice, type LiveEvent, reflected } from './hall-mirror.ts'
import { createLiveLink, type LinkMessage, retryDelayMs } from './live-link.ts'

const OVERVIEW = {
  hall: { id: 'donghu', name: '东湖厅' },
  devices: { total: 1, online: 1, offline: 0, unknown: 0 },
  framesPerSecond: 1,
  committedFrames: 1,
  backlogFrames: null,
  forwardLagS: null,
}
const METER: LiveDevice = {
  id: 'meter-1',
  name: '总表',
  kind: 'meter',
  zone: 'power',
  profile: 'eastron/sdm630',
  presence: 'online',
  since: 0,
  lastFrameAt: 1,
  quality: 'good',
  headline: [],
  readings: { activePower: { value: 1, unit: 'W', at: 1, quality: 'good' } },
}
const snapshot: LiveEvent = { type: 'snapshot', sequence: 7, at: 1000, overview: OVERVIEW, devices: [METER] }

/** A link whose time and streams a test moves by hand. */
function rig() {
  const told: LinkMessage[] = []
  const { world, sources, pass } = streamRig()
  const link = createLiveLink({ ...world, tell: (message) => told.push(message) })
  return {
    ...{ link, told, sources, pass },
    states: () => told.flatMap((message) => (message.type === 'link' ? [message.state] : [])),
    send: (event: { readonly type: string }) => sources.at(-1)!.events.get(event.type)?.(JSON.stringify(event)),
  }
}

test('two missed heartbeats mean that the link is lost, although the connection still seems open', () => {
  const { send, pass, states, sources } = rig()
  send(snapshot)
  pass(10_000)
  expect(states()).toEqual(['live'])
  pass(1_000)
  expect(states()).toEqual(['live', 'lost'])
  expect(sources[0]?.closed).toBe(true)
})

test('a heartbeat keeps a quiet hall live', () => {
  const { send, pass, states } = rig()
  send(snapshot)
  for (let i = 0; i < 5; i++) {
    pass(5_000)
    send({ type: 'heartbeat', sequence: 8, at: 2000, overview: OVERVIEW } as LiveEvent)
  }
  expect(states()).toEqual(['live'])
})

test('it comes back with growing pauses, and at once when the network returns', () => {
  const { link, sources, pass } = rig()
  sources[0]!.fail()
  pass(1_000)
  expect(sources.length).toBe(2)
  sources[1]!.fail()
  pass(1_000)
  expect(sources.length).toBe(2)
  pass(1_000)
  expect(sources.length).toBe(3)
  sources[2]!.fail()
  link.renew()
  expect(sources.length).toBe(4)
})

test('what an old stream still says after a new one was opened is not listened to', () => {
  const { link, sources, told } = rig()
  link.renew()
  sources[0]!.events.get('snapshot')?.(JSON.stringify(snapshot))
  expect(told).toEqual([])
})

test('pauses grow to half a minute, and chance takes up to half of each', () => {
  expect([0, 1, 2, 3, 4, 5, 6].map((attempt) => retryDelayMs(attempt, 0))).toEqual([
    1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
  ])
  expect(retryDelayMs(5, 0.999)).toBeGreaterThanOrEqual(15_000)
})

test('a delta changes only what it names, a new snapshot replaces everything', () => {
  const before = reflected(EMPTY_MIRROR, snapshot)
  const voltage = { voltageL1: { value: 231.5, unit: 'V', at: 2, quality: 'good' } } as const
  const after = reflected(before, {
    type: 'delta',
    sequence: 8,
    at: 1500,
    removed: [],
    devices: [{ ...METER, readings: voltage }],
  })
  expect(Object.keys(after.devices.get('meter-1')!.readings)).toEqual(['activePower', 'voltageL1'])
  expect(reflected(after, { ...snapshot, devices: [] }).devices.size).toBe(0)
})

test('a tab that joins late is given the whole hall', () => {
  expect(asSnapshot(EMPTY_MIRROR)).toBeUndefined()
  expect(asSnapshot(reflected(EMPTY_MIRROR, snapshot))).toEqual(snapshot)
})
