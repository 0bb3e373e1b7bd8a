import { expect, test } from 'vitest'
import { numberText, shownNumber } from './number.ts'
import { agoText, durationText, fullTime, runningText, shortTime } from './time.ts'

/** 2026-05-12 14:05:09 in Shanghai. */
const AT = Date.UTC(2026, 4, 12, 6, 5, 9)

test.each([
  [950, 'W', '950\u2009W'],
  [1912, 'W', '1.91\u2009kW'],
  [-1912, 'W', '-1.91\u2009kW'],
  [118.4, 'Wh', '118\u2009Wh'],
  [1234.5, 'kWh', '1,234.50\u2009kWh'],
  [97.44, '%', '97.4\u2009%'],
  [100, '%', '100\u2009%'],
  [0, 'W', '0\u2009W'],
  [12345, '', '12,345'],
])('%d %s is shown as %s', (value, unit, text) => expect(numberText(value, unit)).toBe(text))

test('what is not known is a dash, never 0', () => {
  for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
    expect(shownNumber(value, 'W')).toEqual({ digits: '—', unit: '' })
})

test('times are those of the hall, whatever zone the PC is in', () => {
  expect(fullTime(AT)).toMatch(/2026年5月12日.*周二.*14:05:09/)
  expect(shortTime(AT, AT + 3_600_000)).toBe('14:05')
  expect(shortTime(AT, AT + 86_400_000)).toBe('5月12日 14:05')
})

test.each([
  [12_000, '12 秒'],
  [5 * 60_000, '5 分钟'],
  [65 * 60_000, '1 小时 05 分'],
  [26 * 3_600_000, '1 天 2 小时'],
  [-1, '0 秒'],
])('%d ms last %s', (ms, text) => expect(durationText(ms)).toBe(text))

test('an age says how long ago, and what just came is just now', () => {
  expect(agoText(AT, AT + 12_000)).toBe('12 秒前')
  expect(agoText(AT, AT + 900)).toBe('刚刚')
})

test('a running clock has two digits each, and hours when there are some', () => {
  expect(runningText(134_000)).toBe('02:14')
  expect(runningText(3_734_000)).toBe('1:02:14')
})
