import { expect, test } from 'vitest'
import { QUANTITIES } from './quantity.ts'
import { qualifierName, stateWord, wordsOf } from './words.ts'

const stateQuantities = Object.entries(QUANTITIES).flatMap(([id, definition]) =>
  definition.type === 'state' && 'states' in definition ? [[id, definition.states as readonly string[]] as const] : [],
)

test.each(stateQuantities)('every word of %s has a name, and no name is left over', (id, states) => {
  expect(Object.keys(wordsOf(id) ?? {}).sort()).toEqual([...states].sort())
})

test('words and qualifiers are told in Chinese', () => {
  expect(stateWord('evseState', 'C')?.zh).toBe('充电中')
  expect(stateWord('paper.receipt', 'low')?.zh).toBe('将尽')
  expect(qualifierName('receipt')?.zh).toBe('凭条')
  expect(qualifierName('score1')?.zh).toBe('1分')
})

test('a word or qualifier nobody named stays as it is', () => {
  expect(stateWord('evseState', 'constructor')).toBeUndefined()
  expect(stateWord('toString', 'x')).toBeUndefined()
  expect(qualifierName('toString')).toBeUndefined()
})
