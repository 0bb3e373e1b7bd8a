import { expect, test } from 'vitest'
import { createTestHall } from './faults-fixture.ts'

const KIOSK = { id: 'kiosk-01', quantities: { 'paper.receipt': 5000, 'paperPath.receipt': 5000 } }

test('a part that says its fault is at fault at once, and well again at once', () => {
  const hall = createTestHall([KIOSK])
  hall.say('kiosk-01', { 'paper.receipt': 'ok', 'paperPath.receipt': 'ok' })
  expect(hall.told()).toEqual([])
  hall.say('kiosk-01', { 'paperPath.receipt': 'jam' })
  expect(hall.events()).toEqual([
    {
      type: 'raised',
      fault: { device: 'kiosk-01', code: 'prn.paper_jam', part: 'paperPath.receipt' },
      at: hall.now(),
      evidence: [{ quantity: 'paperPath.receipt', value: 'jam', at: hall.now() }],
    },
  ])
  hall.say('kiosk-01', { 'paperPath.receipt': 'ok' })
  expect(hall.told()).toEqual(['cleared prn.paper_jam paperPath.receipt'])
})

test('one part goes from one fault to the next: the first is gone, the second is there', () => {
  const hall = createTestHall([KIOSK])
  hall.say('kiosk-01', { 'paper.receipt': 'low' })
  hall.say('kiosk-01', { 'paper.receipt': 'out' })
  expect(hall.told()).toEqual([
    'raised prn.paper_low paper.receipt',
    'cleared prn.paper_low paper.receipt',
    'raised prn.paper_out paper.receipt',
  ])
})

test('said again and again, it is told once', () => {
  const hall = createTestHall([KIOSK])
  for (let i = 0; i < 5; i++) hall.say('kiosk-01', { 'paperPath.receipt': 'jam' })
  expect(hall.told()).toEqual(['raised prn.paper_jam paperPath.receipt'])
})

test('a device that goes silent makes its faults unknown, and they never clear for lack of evidence', () => {
  const hall = createTestHall([KIOSK])
  hall.say('kiosk-01', { 'paperPath.receipt': 'jam' })
  hall.told()
  hall.presence('kiosk-01', 'offline', 'link-down')
  expect(hall.told()).toEqual(['unknown prn.paper_jam paperPath.receipt'])
  hall.pass(60)
  expect(hall.told()).toEqual(['raised agent.lost'])
  hall.presence('kiosk-01', 'online')
  expect(hall.told()).toEqual(['cleared agent.lost'])
  hall.say('kiosk-01', { 'paperPath.receipt': 'jam' })
  expect(hall.told()).toEqual(['raised prn.paper_jam paperPath.receipt'])
  hall.say('kiosk-01', { 'paperPath.receipt': 'ok' })
  expect(hall.told()).toEqual(['cleared prn.paper_jam paperPath.receipt'])
})

test('a value that turns bad makes the fault unknown', () => {
  const hall = createTestHall([KIOSK])
  hall.say('kiosk-01', { 'paperPath.receipt': 'jam' })
  hall.say('kiosk-01', {}, { 'paperPath.receipt': 'not-available' })
  expect(hall.told()).toEqual(['raised prn.paper_jam paperPath.receipt', 'unknown prn.paper_jam paperPath.receipt'])
})

test('two printers of one terminal have their own faults', () => {
  const hall = createTestHall([{ id: 'k', quantities: { 'paper.receipt': 0, 'paper.invoice': 0 } }])
  hall.say('k', { 'paper.receipt': 'out', 'paper.invoice': 'out' })
  hall.say('k', { 'paper.receipt': 'ok' })
  expect(hall.told()).toEqual([
    'raised prn.paper_out paper.receipt',
    'raised prn.paper_out paper.invoice',
    'cleared prn.paper_out paper.receipt',
  ])
  expect(hall.faults.active()).toEqual([{ device: 'k', code: 'prn.paper_out', part: 'paper.invoice' }])
})

test('several rules are evidence for one fault: the first raises it, the last to be good clears it', () => {
  const rules = [{ type: 'below', code: 'prn.paper_low', part: 'paper.*', quantity: 'paperRemaining.*', limit: 10 }]
  const hall = createTestHall([{ id: 'k', quantities: { 'paper.receipt': 0, 'paperRemaining.receipt': 0 }, rules }])
  hall.say('k', { 'paperRemaining.receipt': 8, 'paper.receipt': 'ok' })
  hall.say('k', { 'paper.receipt': 'low' })
  hall.say('k', { 'paperRemaining.receipt': 80 })
  expect(hall.told()).toEqual(['raised prn.paper_low paper.receipt'])
  hall.say('k', { 'paper.receipt': 'ok' })
  expect(hall.told()).toEqual(['cleared prn.paper_low paper.receipt'])
})

test('a device that leaves the hall takes its faults with it', () => {
  const hall = createTestHall([KIOSK])
  hall.say('kiosk-01', { 'paperPath.receipt': 'jam' })
  hall.told()
  hall.setDevices([])
  expect(hall.events()).toEqual([
    expect.objectContaining({
      type: 'cleared',
      fault: expect.objectContaining({ code: 'prn.paper_jam' }),
      evidence: [],
    }),
  ])
  expect(hall.faults.active()).toEqual([])
})

test('a device with a new profile: its faults are unknown until it speaks, and withdrawn where no rule is left', () => {
  const hall = createTestHall([KIOSK])
  hall.say('kiosk-01', { 'paperPath.receipt': 'jam', 'paper.receipt': 'out' })
  hall.told()
  hall.setDevices([{ id: 'kiosk-01', quantities: { 'paperPath.receipt': 9000 } }])
  expect(hall.told().sort()).toEqual(['cleared prn.paper_out paper.receipt', 'unknown prn.paper_jam paperPath.receipt'])
  hall.say('kiosk-01', { 'paperPath.receipt': 'ok' })
  expect(hall.told()).toEqual(['cleared prn.paper_jam paperPath.receipt'])
})

test('new rules of the hall hold for what was read before', () => {
  const device = { id: 'k', quantities: { 'temperature.cabinet': 0 } }
  const hall = createTestHall([device])
  hall.say('k', { 'temperature.cabinet': 70 })
  hall.setDevices([
    { ...device, rules: [{ type: 'above', code: 'host.hot', quantity: 'temperature.cabinet', limit: 60 }] },
  ])
  hall.say('k', { 'temperature.cabinet': 70 })
  expect(hall.told()).toEqual(['raised host.hot temperature.cabinet'])
})

test('after a restart a raised fault is unknown until there is evidence, and clears when there is', () => {
  const first = createTestHall([KIOSK])
  first.say('kiosk-01', { 'paperPath.receipt': 'jam' })
  const memory = JSON.parse(JSON.stringify(first.faults.memory()))
  const second = createTestHall([KIOSK], { memory })
  expect(second.told()).toEqual(['unknown prn.paper_jam paperPath.receipt'])
  second.say('kiosk-01', { 'paper.receipt': 'ok' })
  expect(second.told()).toEqual([])
  second.say('kiosk-01', { 'paperPath.receipt': 'ok' })
  expect(second.told()).toEqual(['cleared prn.paper_jam paperPath.receipt'])
})

test('an alarm that is open although the memory was lost still clears', () => {
  const open = [{ device: 'kiosk-01', code: 'prn.paper_jam', part: 'paperPath.receipt' } as const]
  const hall = createTestHall([KIOSK], { open })
  hall.told()
  hall.say('kiosk-01', { 'paperPath.receipt': 'ok' })
  expect(hall.told()).toEqual(['cleared prn.paper_jam paperPath.receipt'])
})

test('an open alarm of a device that is gone is withdrawn', () => {
  const hall = createTestHall([], { open: [{ device: 'old', code: 'prn.paper_jam', part: 'paperPath.receipt' }] })
  expect(hall.told()).toEqual(['cleared prn.paper_jam paperPath.receipt'])
})

test('it counts what it does', () => {
  const hall = createTestHall([KIOSK])
  hall.say('kiosk-01', { 'paperPath.receipt': 'jam', 'paper.receipt': 'out' })
  hall.say('kiosk-01', { 'paper.receipt': 'ok' })
  hall.presence('kiosk-01', 'offline')
  expect(hall.faults.stats()).toEqual({ devices: 1, rules: 4, active: 1, unknown: 1, raised: 2, cleared: 1 })
})
