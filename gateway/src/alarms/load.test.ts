import { performance } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import type { FaultCode } from '../domain/fault-codes.ts'
import type { AlarmTransition } from './alarm.ts'
import { createAlarmBook } from './alarm-book.ts'
import { hallOf, MONDAY_10, terminal } from './alarms-fixture.ts'

const CODES: readonly FaultCode[] = [
  'prn.paper_jam',
  'prn.paper_low',
  'cash.note_jam',
  'cash.box_high',
  'card.retained',
  'scan.dead',
  'id.reader_dead',
  'host.disk_full',
  'host.hot',
  'clk.skew',
]
const hundred = Array.from({ length: 100 }, (_, index) => terminal(index + 1, { id: `kiosk-${index + 1}` }))

function thousandAlarms() {
  const book = createAlarmBook()
  book.setHall(hallOf(hundred), MONDAY_10)
  const told: AlarmTransition[] = []
  const took: number[] = []
  let now = MONDAY_10
  for (const code of CODES) {
    for (const { id } of hundred) {
      now += 60
      const begun = performance.now()
      told.push(...book.take({ type: 'raised', fault: { device: id, code, part: '' }, at: now, evidence: [] }, now))
      took.push(performance.now() - begun)
    }
    told.push(...book.tick(now))
  }
  return { book, told, took, now }
}

test('a thousand alarms in a minute: every one is there, named and numbered, and it is known to be a flood', () => {
  const { book, told } = thousandAlarms()
  expect(book.open().length).toBe(1000)
  expect(new Set(told.filter(({ cause }) => cause === 'raised').map(({ alarm }) => alarm.id)).size).toBe(1000)
  expect(book.open().map(({ id }) => id)).toContain('A20261123-1000')
  expect(book.flooded()).toBe(true)
})

test('with a thousand open alarms an event takes microseconds', () => {
  thousandAlarms()
  const { took } = thousandAlarms()
  const half = took.toSorted((a, b) => a - b)[500] as number
  // 50 µs is the goal on a quiet machine; this one may be busy.
  expect(half).toBeLessThan(0.5)
})
