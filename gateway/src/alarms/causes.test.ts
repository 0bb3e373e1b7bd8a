import { expect, test } from 'vitest'
import { device, hallOf, storyOf, terminal, told } from './alarms-fixture.ts'

const eight = Array.from({ length: 8 }, (_, index) => terminal(index + 1))
const bus = [1, 2, 3, 4, 5].map((n) => device(`meter-${n}`, { link: 'bus-1' }))
const others = [6, 7, 8, 9].map((n) => device(`meter-${n}`, { zone: `room-${n}`, kind: 'env' }))
const ups = device('ups-1', { kind: 'ups', zone: 'server-room' })
const switch1 = device('switch-1', { kind: 'network', zone: 'server-room' })
const chain = hallOf(
  [ups, switch1, terminal(1), terminal(2), terminal(3, { zone: 'entrance' }), terminal(4, { zone: 'entrance' })],
  {
    topology: [
      { parent: 'ups-1', children: ['switch-1'], kind: 'power' },
      { parent: 'switch-1', children: ['kiosk-01', 'kiosk-02'], kind: 'network' },
    ],
  },
)

test('power that feeds the switch explains the terminals behind it', () => {
  const story = storyOf(chain)
  story.raised('kiosk-01', 'agent.lost')
  story.pass(1000)
  story.raised('switch-1', 'agent.lost')
  story.pass(1000)
  expect(told(story.raised('ups-1', 'ups.on_battery', 'upsSource'))).toEqual([
    'raised ups-1 ups.on_battery',
    'raised switch-1 agent.lost (parent)',
    'raised kiosk-01 agent.lost (parent)',
  ])
  expect(story.alarm('kiosk-01', 'agent.lost')?.suppressed).toEqual({ by: 'parent', alarm: 'A20261123-0001' })
})

test('a switch that waits for its own parent still goes before its terminals', () => {
  const story = storyOf(chain)
  story.raised('kiosk-01', 'agent.lost')
  story.pass(3000)
  story.raised('switch-1', 'agent.lost')
  expect(told(story.pass(2000))).toEqual(['raised switch-1 agent.lost', 'raised kiosk-01 agent.lost (parent)'])
})

test('a parent that comes late still takes its children, and gives them back when they stay', () => {
  const story = storyOf(chain)
  story.raised('kiosk-01', 'agent.lost')
  expect(told(story.pass(5000))).toEqual(['raised kiosk-01 agent.lost'])
  story.raised('switch-1', 'agent.lost')
  expect(told(story.pass(5000))).toEqual(['raised switch-1 agent.lost', 'suppressed kiosk-01 agent.lost (parent)'])
  expect(told(story.raised('ups-1', 'ups.on_battery', 'upsSource'))).toEqual([
    'raised ups-1 ups.on_battery',
    'suppressed switch-1 agent.lost (parent)',
    'suppressed kiosk-01 agent.lost (parent)',
  ])
  expect(story.book.explainedBy('A20261123-0003').length).toBe(2)
  // The power is back, the switch has started; one terminal does not come back.
  expect(told(story.cleared('ups-1', 'ups.on_battery', 'upsSource'))).toEqual([
    'cleared ups-1 ups.on_battery',
    'suppressed kiosk-01 agent.lost (parent)',
  ])
  expect(told(story.cleared('switch-1', 'agent.lost'))).toEqual(['cleared switch-1 agent.lost (parent)'])
  expect(told(story.pass(29_000))).toEqual([])
  expect(told(story.pass(1_000))).toEqual(['unsuppressed kiosk-01 agent.lost'])
})

test('a child that recovers with its parent was never anybody’s call', () => {
  const story = storyOf(chain)
  story.raised('ups-1', 'ups.on_battery', 'upsSource')
  story.raised('switch-1', 'agent.lost')
  story.cleared('ups-1', 'ups.on_battery', 'upsSource')
  story.pass(10_000)
  expect(told(story.cleared('switch-1', 'agent.lost'))).toEqual(['cleared switch-1 agent.lost (parent)'])
  expect(story.book.open().map(({ fault }) => fault.device)).toEqual(['ups-1'])
})

test('a parent of which nothing is known any more still explains its children', () => {
  const story = storyOf(chain)
  story.raised('ups-1', 'ups.on_battery', 'upsSource')
  story.raised('switch-1', 'agent.lost')
  story.unknown('ups-1', 'ups.on_battery', 'upsSource')
  expect(told(story.pass(3_600_000))).toEqual([])
  expect(story.alarm('switch-1', 'agent.lost')?.suppressed).toMatchObject({ by: 'parent' })
})

test('a fault seen before the device fell silent stays a fault of its own', () => {
  const story = storyOf(chain)
  story.raised('kiosk-03', 'prn.paper_jam', 'paperPath.receipt')
  story.pass(60_000)
  story.unknown('kiosk-03', 'prn.paper_jam', 'paperPath.receipt')
  story.raised('kiosk-03', 'agent.lost')
  story.pass(10_000)
  expect(story.alarm('kiosk-03', 'prn.paper_jam')).not.toHaveProperty('suppressed')
  expect(story.alarm('kiosk-03', 'agent.lost')).not.toHaveProperty('suppressed')
})

test('a fault that silence makes is explained by the silence, and calls at once when the device is heard again', () => {
  const story = storyOf(chain)
  story.raised('kiosk-03', 'agent.lost')
  story.pass(10_000)
  expect(told(story.raised('kiosk-03', 'touch.dead', 'touch'))).toContain('raised kiosk-03 touch.dead (parent)')
  expect(told(story.cleared('kiosk-03', 'agent.lost'))).toContain('unsuppressed kiosk-03 touch.dead')
})

test('the out-of-service screen is explained by the jam behind it', () => {
  const story = storyOf(chain)
  story.raised('kiosk-01', 'app.oos', 'app')
  story.pass(2000)
  expect(told(story.raised('kiosk-01', 'prn.paper_jam', 'paperPath.invoice'))).toEqual([
    'raised kiosk-01 prn.paper_jam',
    'raised kiosk-01 app.oos (parent)',
  ])
})

test('an out-of-service screen with no reason calls after the hold-off', () => {
  const story = storyOf(chain)
  story.raised('kiosk-01', 'app.oos', 'app')
  expect(told(story.pass(4000))).toEqual([])
  expect(told(story.pass(1000))).toEqual(['raised kiosk-01 app.oos'])
})

test('what is gone before its hold-off ends calls nobody', () => {
  const story = storyOf(chain)
  story.raised('kiosk-01', 'agent.lost')
  story.pass(3000)
  story.cleared('kiosk-01', 'agent.lost')
  expect(told(story.pass(60_000))).toEqual([])
  expect(story.book.open()).toEqual([])
})

test('a whole bus that falls silent is one alarm of the line', () => {
  const story = storyOf(hallOf([...bus, ...others]))
  for (const { id } of bus) {
    story.raised(id, 'mtr.no_read')
    story.pass(500)
  }
  expect(told(story.pass(3000))).toEqual([
    'raised link:bus-1 net.down',
    ...bus.map(({ id }) => `raised ${id} mtr.no_read (parent)`),
  ])
  // As urgent as the meters it speaks for, not as a hall without network.
  expect(story.alarm('gateway', 'net.down')?.priority).toBe('P3')
})

test('the alarm of a line ends when the line is back; a meter that stays away calls for itself', () => {
  const story = storyOf(hallOf([...bus, ...others]))
  for (const { id } of bus) story.raised(id, 'mtr.no_read')
  story.pass(10_000)
  for (const { id } of bus.slice(1)) story.cleared(id, 'mtr.no_read')
  expect(told(story.pass(1000))).toEqual(['cleared link:bus-1 net.down'])
  expect(told(story.pass(40_000))).toEqual(['unsuppressed meter-1 mtr.no_read'])
})

test('two meters of five that fall silent are two alarms', () => {
  const story = storyOf(hallOf([...bus, ...others]))
  story.raised('meter-1', 'mtr.no_read')
  story.raised('meter-2', 'mtr.no_read')
  expect(told(story.pass(10_000))).toEqual(['raised meter-1 mtr.no_read', 'raised meter-2 mtr.no_read'])
})

test('meters that fail hours apart are not one event', () => {
  const story = storyOf(hallOf([...bus, ...others]))
  for (const { id } of bus.slice(0, 4)) {
    story.raised(id, 'mtr.no_read')
    story.pass(3_600_000)
  }
  expect(story.alarm('gateway', 'net.down')).toBeUndefined()
})

test('when half of the hall is silent the network is down, in one P1 alarm', () => {
  const story = storyOf(hallOf([...bus, ...others, ...eight]))
  for (const { id } of [...bus, ...eight]) story.raised(id, 'agent.lost')
  const shown = told(story.pass(6000))
  expect(shown[0]).toBe('raised hall net.down')
  expect(shown.filter((line) => line.startsWith('raised') && !line.includes('(parent)'))).toEqual([
    'raised hall net.down',
  ])
  expect(story.alarm('gateway', 'net.down')?.priority).toBe('P1')
  expect(story.book.explainedBy('A20261123-0001').length).toBe(13)
})

test('when all that are silent stand in one room, the room is named and not the hall', () => {
  const story = storyOf(hallOf([...others, ...eight]))
  for (const { id } of eight) story.raised(id, 'agent.lost')
  expect(told(story.pass(5000))[0]).toBe('raised zone:self-service net.down')
})

test('a clock that jumps back ten hours keeps no child waiting for ten hours', () => {
  const story = storyOf(
    hallOf([switch1, ...eight.slice(0, 2)], {
      alwaysOpen: ['self-service', 'server-room'],
      topology: [{ parent: 'switch-1', children: ['self-service'], kind: 'network' }],
    }),
  )
  story.raised('switch-1', 'net.down', 'network')
  story.raised('kiosk-01', 'agent.lost')
  story.cleared('switch-1', 'net.down', 'network')
  story.raised('kiosk-02', 'agent.lost')
  story.jumpTo(story.now() - 10 * 3_600_000)
  expect(told(story.pass(31_000))).toEqual([
    'raised kiosk-02 agent.lost',
    'priority-changed kiosk-01 agent.lost (parent)',
    'unsuppressed kiosk-01 agent.lost',
  ])
})

test('a silence inferred in a room is explained by the switch when that is found to be the cause', () => {
  const hall = hallOf([switch1, ...eight.slice(0, 4), ...others], {
    topology: [{ parent: 'switch-1', children: ['self-service'], kind: 'network' }],
  })
  const story = storyOf(hall)
  for (const { id } of eight.slice(0, 4)) story.raised(id, 'agent.lost')
  expect(told(story.pass(5000))[0]).toBe('raised zone:self-service net.down')
  const shown = told(story.raised('switch-1', 'net.down', 'network'))
  expect(shown[0]).toBe('raised switch-1 net.down')
  expect(shown).toContain('suppressed zone:self-service net.down (parent)')
  expect(story.book.explainedBy('A20261123-0006').length).toBe(5)
})

test('a backend that two terminals miss is one alarm of the hall, with what it does to pay and app below it', () => {
  const story = storyOf(hallOf(eight))
  story.raised('kiosk-01', 'sys.backend_down', 'backend')
  story.raised('kiosk-01', 'app.oos', 'app')
  story.pass(1000)
  story.raised('kiosk-02', 'sys.backend_down', 'backend')
  const shown = told(story.pass(4000))
  expect(shown[0]).toBe('raised hall sys.backend_down')
  expect(shown.slice(1).every((line) => line.endsWith('(parent)'))).toBe(true)
  expect(told(story.raised('kiosk-05', 'pay.channel_down', 'payment.wechat'))).toEqual([
    'raised kiosk-05 pay.channel_down (parent)',
  ])
})

test('the uplink explains the backend', () => {
  const story = storyOf(hallOf([...eight, device('router', { kind: 'network' })]))
  story.raised('kiosk-01', 'sys.backend_down', 'backend')
  story.raised('kiosk-02', 'sys.backend_down', 'backend')
  expect(told(story.raised('router', 'net.down', 'network'))).toEqual([
    'raised router net.down',
    'raised kiosk-01 sys.backend_down (parent)',
    'raised kiosk-02 sys.backend_down (parent)',
  ])
  expect(told(story.pass(20_000)).filter((line) => line.startsWith('raised'))).toEqual([])
})

test('power behind the uplink is the top of what the uplink explains, and hands it back', () => {
  const hall = hallOf([ups, device('router', { kind: 'network' }), ...eight], {
    topology: [{ parent: 'ups-1', children: ['router'], kind: 'power' }],
  })
  const story = storyOf(hall)
  story.raised('router', 'net.down', 'network')
  story.pass(5000)
  story.raised('kiosk-01', 'pay.channel_down', 'payment.wechat')
  expect(told(story.raised('ups-1', 'ups.on_battery', 'upsSource'))).toEqual([
    'raised ups-1 ups.on_battery',
    'suppressed router net.down (parent)',
    'suppressed kiosk-01 pay.channel_down (parent)',
  ])
  expect(story.book.explainedBy('A20261123-0003').length).toBe(2)
  expect(told(story.cleared('ups-1', 'ups.on_battery', 'upsSource'))).toEqual([
    'cleared ups-1 ups.on_battery',
    'suppressed kiosk-01 pay.channel_down (parent)',
  ])
  expect(story.alarm('kiosk-01', 'pay.channel_down')?.suppressed).toEqual({ by: 'parent', alarm: 'A20261123-0001' })
  expect(told(story.pass(30_000))).toEqual(['unsuppressed router net.down'])
})

test('a circle in the topology explains nothing away', () => {
  const hall = hallOf([ups, switch1], {
    topology: [
      { parent: 'ups-1', children: ['switch-1'], kind: 'power' },
      { parent: 'switch-1', children: ['ups-1'], kind: 'network' },
    ],
  })
  const story = storyOf(hall)
  story.raised('ups-1', 'ups.comm_lost', 'upsLink')
  story.raised('switch-1', 'agent.lost')
  story.pass(20_000)
  const open = story.book.open()
  expect(open.length).toBe(2)
  expect(open.filter(({ suppressed }) => suppressed === undefined).length).toBeGreaterThan(0)
})

test('a hall without the switch any more lets its terminals speak', () => {
  const story = storyOf(chain)
  story.raised('switch-1', 'net.down', 'network')
  story.pass(5000)
  story.raised('kiosk-01', 'agent.lost')
  expect(story.alarm('kiosk-01', 'agent.lost')?.suppressed?.by).toBe('parent')
  story.setHall(hallOf([ups, terminal(1), terminal(2), terminal(3)]))
  expect(told(story.pass(31_000))).toEqual(['unsuppressed kiosk-01 agent.lost'])
})

test('after a restart children stay below their parent', () => {
  const before = storyOf(chain)
  before.raised('switch-1', 'net.down', 'network')
  before.pass(5000)
  before.raised('kiosk-01', 'agent.lost')
  const after = storyOf(chain, { initial: { alarms: JSON.parse(JSON.stringify(before.book.open())) } })
  expect(after.log).toEqual([])
  expect(after.pass(60_000)).toEqual([])
  expect(after.book.explainedBy('A20261123-0001').length).toBe(1)
})
