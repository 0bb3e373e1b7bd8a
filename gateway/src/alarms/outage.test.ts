import { expect, test } from 'vitest'
import { device, hallOf, MONDAY_10, storyOf, terminal } from './alarms-fixture.ts'

/** Reproducible numbers in [0, 1) (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const terminals = Array.from({ length: 8 }, (_, index) => terminal(index + 1))
const meters = Array.from({ length: 6 }, (_, index) => device(`meter-${index + 1}`, { link: 'bus-1' }))
const rest = Array.from({ length: 12 }, (_, index) => device(`plug-${index + 1}`, { kind: 'plug', zone: 'experience' }))
const hall = hallOf(
  [device('ups-1', { kind: 'ups' }), device('switch-1', { kind: 'network' }), ...terminals, ...meters, ...rest],
  {
    topology: [
      { parent: 'ups-1', children: ['switch-1'], kind: 'power' },
      { parent: 'switch-1', children: ['self-service'], kind: 'network' },
    ],
  },
)

/**
 * One outage: every device is found silent after two to three of its periods (1–3 s), as polling finds it. Returns how many
 * children called before any parent was shown, of how many.
 */
function outage(seed: number, kind: 'switch' | 'bus' | 'power') {
  const random = numbers(seed)
  const story = storyOf(hall)
  const found: { at: number; raise: () => void }[] = []
  const silent = (id: string, code: 'agent.lost' | 'mtr.no_read') => {
    const period = 1000 + random() * 2000
    found.push({ at: MONDAY_10 + period * (2 + random()), raise: () => story.raised(id, code) })
  }
  if (kind === 'power')
    found.push({ at: MONDAY_10 + random() * 3000, raise: () => story.raised('ups-1', 'ups.on_battery') })
  if (kind !== 'bus') {
    silent('switch-1', 'agent.lost')
    for (const { id } of terminals) silent(id, 'agent.lost')
  } else for (const { id } of meters) silent(id, 'mtr.no_read')
  found.sort((a, b) => a.at - b.at)
  for (const { at, raise } of found) {
    if (at > story.now()) story.pass(at - story.now())
    raise()
  }
  story.pass(30_000)
  const parent = { switch: 'switch-1', bus: 'gateway', power: 'ups-1' }[kind]
  const children = story.log.filter(({ cause, alarm }) => cause === 'raised' && !isParent(alarm.fault.device, parent))
  const early = children.filter(({ alarm }) => alarm.suppressed === undefined)
  const calling = story.book.open().filter(({ suppressed }) => !suppressed)
  return { early: early.length, children: children.length, calling: calling.map(({ fault }) => fault.device) }
}

/** The alarm that the gateway infers for the room is a parent too, until the switch is found to be the cause. */
const isParent = (id: string, parent: string) => id === parent || id === 'gateway'

const kinds = ['switch', 'bus', 'power'] as const

test.each(kinds)('of 200 outages (%s) at least 95 percent of the children are shown after their parent', (kind) => {
  const outages = Array.from({ length: 200 }, (_, index) => outage(index + 1, kind))
  const children = outages.reduce((sum, one) => sum + one.children, 0)
  const early = outages.reduce((sum, one) => sum + one.early, 0)
  expect(children).toBeGreaterThan(1000)
  expect(1 - early / children).toBeGreaterThanOrEqual(0.95)
  // And in the end one alarm speaks for all of them.
  expect(outages.every(({ calling }) => calling.length === 1)).toBe(true)
})
