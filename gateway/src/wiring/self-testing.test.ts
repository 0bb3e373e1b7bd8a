import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseHall } from '../config/config.ts'
import { parseProfile } from '../profiles/profiles.ts'
import type { WorkOrder } from '../work-orders/work-order.ts'
import { createSelfTesting } from './self-testing.ts'

const root = new URL('../../../device-profiles/', import.meta.url)
const ids = ['hallwatt/kiosk', 'hallwatt/ups', 'donghe/zt200']
const profiles = {
  ids: () => ids,
  get: (id: string) => {
    const file = new URL(`${id}.yaml`, root)
    return ids.includes(id) ? parseProfile(file.pathname, readFileSync(file, 'utf8')) : undefined
  },
}

const hall = (selfTest: boolean) =>
  parseHall(
    'hall.yaml',
    JSON.stringify({
      hall: { id: 'donghu', name: '东湖营业厅' },
      zones: [{ id: 'lobby', name: '大厅' }],
      devices: [
        { id: 'kiosk-01', name: '1号', profile: 'hallwatt/kiosk', zone: 'lobby' },
        { id: 'ups-01', name: 'UPS', profile: 'hallwatt/ups', zone: 'lobby' },
        { id: 'zt-01', name: '2号', profile: 'donghe/zt200', zone: 'lobby', topic: { terminal: 'zt-01' } },
      ],
      repair: { verify: { selfTest } },
    }),
    profiles,
  )

const SINCE = 1000

/** An order of this device in 设备自检中. */
function verifying(device: string, { selfTest = true, visited = true } = {}) {
  const published: string[] = []
  const notes: string[] = []
  let nowMs = 0
  const event = { order: 'W1', at: SINCE, actor: 'gateway' }
  const order: WorkOrder = {
    id: 'W1',
    state: 'verifying',
    source: 'telemetry',
    device,
    zone: 'lobby',
    priority: 'P2',
    text: '',
    openAlarms: [],
    faults: [],
    events: [
      ...(visited ? [{ ...event, type: 'finished', remark: '', noFault: false } as const] : []),
      { ...event, type: 'verificationStarted' },
    ],
  }
  const current = hall(selfTest)
  const testing = createSelfTesting({
    hall: () => current,
    orders: { open: () => [order], order: () => order },
    publish: (topic) => void published.push(topic),
    note: (_, text) => void notes.push(text),
    clock: { wallMs: () => SINCE, monotonicMs: () => nowMs, sleep: async () => {} },
  })
  const state = () => testing.health.selfTest(device, SINCE)
  return {
    published,
    notes,
    state,
    answer: (user: string, topic: string) =>
      testing.takeAnswer({
        user,
        topic,
        clientId: user,
        qos: 1,
        retain: false,
        dup: false,
        will: false,
        payload: Buffer.from('{"id":"W1","ok":true}'),
      }),
    later(ms: number) {
      nowMs += ms
      testing.tick()
    },
  }
}

const result = 'hallwatt/donghu/kiosk-01/command/self-test/result'

test('a terminal of our contract is asked once', () => {
  const { state, published } = verifying('kiosk-01')
  expect([state(), state()]).toEqual(['running', 'running'])
  expect(published).toEqual(['hallwatt/donghu/kiosk-01/command/self-test'])
})

test.each([
  ['a device that hears no commands', 'ups-01', {}],
  ['a terminal of another make', 'zt-01', {}],
  ['a terminal of a hall that did not ask for it', 'kiosk-01', { selfTest: false }],
  ['a terminal that recovered by itself', 'kiosk-01', { visited: false }],
])('%s is not asked', (_, device, how) => {
  const { state, published } = verifying(device, how)
  expect(state()).toBeUndefined()
  expect(published).toEqual([])
})

test('only the device itself answers for itself', () => {
  const { state, answer } = verifying('kiosk-01')
  state()
  answer('ups-01', result)
  expect(state()).toBe('running')
  answer('kiosk-01', result.replace('donghu', 'xihu'))
  expect(state()).toBe('running')
  answer('kiosk-01', result)
  expect(state()).toBe('passed')
})

test('a device that does not answer is proved by its readings, and the order says so once', () => {
  const { state, later, notes } = verifying('kiosk-01')
  state()
  later(59_000)
  expect([state(), notes]).toEqual(['running', []])
  later(1000)
  later(1000)
  expect(state()).toBeUndefined()
  expect(notes).toEqual(['设备没有回应自检命令,只凭读数验证'])
})
