import { expect, test } from 'vitest'
import type { Scenario } from '../shell/demos.ts'
import { familyOf, shownScenarios } from './readiness.ts'

const scenario = (number: string, readiness: Scenario['readiness'], more: Partial<Scenario> = {}) =>
  ({
    ...{ id: number, number, readiness, family: 'saving', version: 1, lengthS: 200, audience: [], unattended: false },
    ...{ name: { zh: `演示${number}`, en: `Demo ${number}` }, story: { zh: '故事', en: 'story' } },
    ...more,
  }) as Scenario

const LIST = [
  scenario('D01', 'blocked'),
  scenario('D02', 'live', { season: 'winter' }),
  scenario('D03', 'live', { family: 'ev' }),
  scenario('D04', 'simulated'),
  scenario('D05', 'waiting'),
]
const numbers = (list: Scenario[]) => list.map(({ number }) => number)
const seen = { family: 'recommended', search: '', month: 6, language: 'zh' } as const

test('what can be played now stands first, what is out of season behind it', () => {
  expect(numbers(shownScenarios(LIST, seen))).toEqual(['D03', 'D02', 'D04', 'D05', 'D01'])
  expect(numbers(shownScenarios(LIST, { ...seen, month: 11 }))).toEqual(['D02', 'D03', 'D04', 'D05', 'D01'])
})

test('a family shows its own, a search looks everywhere', () => {
  expect(numbers(shownScenarios(LIST, { ...seen, family: 'ev' }))).toEqual(['D03'])
  expect(numbers(shownScenarios(LIST, { ...seen, family: 'ev', search: ' demo d04 ' }))).toEqual(['D04'])
  expect(shownScenarios(LIST, { ...seen, search: '没有' })).toEqual([])
})

test('an address with a family that does not exist shows what is recommended', () => {
  expect(familyOf('toString')).toBe('recommended')
  expect(familyOf('pv')).toBe('pv')
})
