import { expect, test } from 'vitest'
import { byteLength, cutBytes, fitLines } from './split-bytes.ts'

const more = (left: number) => `另有 ${left} 行`

test('a text that fits is left alone', () => {
  expect(cutBytes('卡纸', 6)).toBe('卡纸')
})
test('a Chinese character is never cut in half', () => {
  expect(cutBytes('卡纸', 5)).toBe('卡')
})
test('what a reader takes for one character stays whole', () => {
  expect(cutBytes('a👨‍🔧b', 8)).toBe('a')
})
test('nothing fits into nothing', () => {
  expect(cutBytes('卡', 0)).toBe('')
})
test('lines that fit are all there', () => {
  expect(fitLines(['一', '二'], 100, more)).toEqual(['一', '二'])
})
test('the last line says how many did not fit, and it fits too', () => {
  const lines = fitLines(
    Array.from({ length: 50 }, (_, index) => `第 ${index} 行`),
    100,
    more,
  )
  expect(lines.at(-1)).toBe(`另有 ${50 - (lines.length - 1)} 行`)
  expect(byteLength(lines.join('\n'))).toBeLessThanOrEqual(100)
})
test('a first line that is too long by itself is cut', () => {
  expect(fitLines(['缴费机'.repeat(20), '二'], 40, more)).toEqual(['缴费机缴费机缴费', '另有 1 行'])
})
