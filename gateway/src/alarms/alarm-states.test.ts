import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Alarm, AlarmState } from './alarm.ts'
import { ALARM_EVENTS, type AlarmEvent, clearingOf, NEXT } from './alarm-states.ts'

/** Written out by hand, state by state; `·` is “stays as it is, and that is refused or ignored”. */
const EXPECTED: Record<AlarmState, Record<AlarmEvent, AlarmState | '·'>> = {
  normal: {
    raised: 'unacknowledged',
    cleared: '·',
    clearedUnseen: '·',
    clearedLatched: '·',
    acknowledged: '·',
    acknowledgedLatched: '·',
    releasedPresent: '·',
    releasedCleared: '·',
    expired: '·',
  },
  unacknowledged: {
    raised: '·',
    cleared: 'returnedUnacknowledged',
    clearedUnseen: 'normal',
    clearedLatched: 'returnedUnacknowledged',
    acknowledged: 'acknowledged',
    acknowledgedLatched: '·',
    releasedPresent: 'acknowledged',
    releasedCleared: '·',
    expired: '·',
  },
  acknowledged: {
    raised: 'unacknowledged',
    cleared: 'normal',
    clearedUnseen: 'normal',
    clearedLatched: 'acknowledged',
    acknowledged: '·',
    acknowledgedLatched: '·',
    releasedPresent: 'acknowledged',
    releasedCleared: 'normal',
    expired: '·',
  },
  returnedUnacknowledged: {
    raised: 'unacknowledged',
    cleared: '·',
    clearedUnseen: '·',
    clearedLatched: '·',
    acknowledged: 'normal',
    acknowledgedLatched: 'acknowledged',
    releasedPresent: '·',
    releasedCleared: 'normal',
    expired: 'normal',
  },
}

const states = Object.keys(NEXT) as AlarmState[]
const events = Object.keys(ALARM_EVENTS) as AlarmEvent[]
const pairs = states.flatMap((state) => events.map((event) => [state, event] as const))

describe('every state and every event', () => {
  test.each(pairs)('%s, %s', (state, event) => {
    expect(NEXT[state][event] ?? '·').toBe(EXPECTED[state][event])
  })
})

test('no event is called a lost link, so a lost link moves nothing', () => {
  expect(events.some((event) => /unknown|lost|stale/.test(event))).toBe(false)
})

const alarm: Alarm = {
  id: 'A20261123-0001',
  fault: { device: 'kiosk-01', code: 'cash.note_jam', part: 'cashTransport' },
  state: 'unacknowledged',
  condition: 'present',
  defaultPriority: 'P1',
  priority: 'P1',
  raisedAt: 0,
  latched: false,
  evidence: [],
  sequence: 1,
}
const shelved = { until: 1, by: 'zhang', reason: '等配件' }

test('what a cleared condition is, follows from the flags', () => {
  expect(clearingOf(alarm)).toBe('cleared')
  expect(clearingOf({ ...alarm, shelved })).toBe('clearedUnseen')
  expect(clearingOf({ ...alarm, suppressed: { by: 'parent', alarm: 'A' } })).toBe('clearedUnseen')
  expect(clearingOf({ ...alarm, suppressed: { by: 'hall-closed' } })).toBe('clearedUnseen')
  expect(clearingOf({ ...alarm, latched: true })).toBe('clearedLatched')
  expect(clearingOf({ ...alarm, latched: true, shelved })).toBe('clearedLatched')
  expect(clearingOf({ ...alarm, latched: true, suppressed: { by: 'out-of-service' } })).toBe('clearedUnseen')
  expect(clearingOf({ ...alarm, latched: true, suppressed: { by: 'maintenance' } })).toBe('clearedUnseen')
})

test('docs/alarms.md shows exactly these states and events', async () => {
  const page = await readFile(new URL('../../docs/alarms.md', import.meta.url), 'utf8')
  const header = `| Event | ${states.map((state) => `\`${state}\``).join(' | ')} |`
  expect(page).toContain(header)
  const rows = page
    .slice(page.indexOf(header))
    .split('\n')
    .slice(2, 2 + events.length)
  expect(rows).toEqual(
    events.map((event) => {
      const { zh, en } = ALARM_EVENTS[event]
      const cells = states.map((state) => NEXT[state][event]).map((next) => (next ? `\`${next}\`` : '·'))
      return `| \`${event}\` ${zh}: ${en} | ${cells.join(' | ')} |`
    }),
  )
})
