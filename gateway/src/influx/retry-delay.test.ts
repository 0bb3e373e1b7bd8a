import { expect, test } from 'vitest'
import { LONGEST_RETRY_AFTER_MS, retryAfterMs, retryDelayMs } from './retry-delay.ts'

test('the back-off doubles its reach with every attempt and never passes 60 s', () => {
  expect([1, 2, 3, 6, 7, 1000].map((attempt) => retryDelayMs(attempt, 0.9999999))).toEqual([
    1999, 3999, 7999, 59999, 59999, 59999,
  ])
})

test('the back-off may be anything down to nothing, so that many gateways do not come at once', () => {
  expect(retryDelayMs(10, 0)).toBe(0)
  expect(retryDelayMs(10, 0.5)).toBe(30_000)
})

const NOW = Date.UTC(2026, 10, 22, 12)
test.each([
  ['seconds', '120', undefined, 120_000],
  ['no header', undefined, undefined, 0],
  ['nonsense', 'soon', undefined, 0],
  ['a date by our clock', 'Sun, 22 Nov 2026 12:00:30 GMT', undefined, 30_000],
  ['a date by the server’s clock', 'Sun, 22 Nov 2026 15:00:30 GMT', 'Sun, 22 Nov 2026 15:00:00 GMT', 30_000],
  ['a date that has passed', 'Sun, 22 Nov 2026 11:00:00 GMT', undefined, 0],
  ['more than an hour', '86400', undefined, LONGEST_RETRY_AFTER_MS],
  ['a date in the far future', 'Sun, 22 Nov 2099 12:00:00 GMT', undefined, LONGEST_RETRY_AFTER_MS],
])('Retry-After: %s', (_, header, date, expected) => {
  expect(retryAfterMs(header, date, NOW)).toBe(expected)
})
