import { expect, test } from 'vitest'
import { createPairing } from './pairing.ts'

const counting = () => {
  let next = 0
  return () => next++
}

test('the digits a screen shows lead to that screen, once', () => {
  const pairing = createPairing(counting())
  const { code } = pairing.offer('main', 'digest-a', 0)
  expect(code).toBe('000000')
  expect(pairing.take(code, 1_000)).toMatchObject({ screen: 'main', digest: 'digest-a' })
  expect(pairing.take(code, 1_000)).toBeUndefined()
})

test('digits older than ten minutes lead nowhere', () => {
  const pairing = createPairing(counting())
  const { code, until } = pairing.offer('main', 'digest-a', 0)
  expect(pairing.take(code, until)).toBeUndefined()
})

test('a screen that asks again shows new digits, and the old ones are void', () => {
  const pairing = createPairing(counting())
  const first = pairing.offer('main', 'digest-a', 0)
  const second = pairing.offer('main', 'digest-a', 1_000)
  expect(second.code).not.toBe(first.code)
  expect(pairing.take(first.code, 2_000)).toBeUndefined()
  expect(pairing.take(second.code, 2_000)).toBeDefined()
})

test('two screens never show the same digits', () => {
  const answers = [7, 7, 8]
  const pairing = createPairing(() => answers.shift() as number)
  expect(pairing.offer('main', 'digest-a', 0).code).toBe('000007')
  expect(pairing.offer('side', 'digest-b', 0).code).toBe('000008')
})

test('somebody who asks for digits without end does not fill the memory; the oldest go', () => {
  const pairing = createPairing(counting())
  for (let i = 0; i < 50; i++) pairing.offer('main', `digest-${i}`, 0)
  expect(pairing.take('000000', 1)).toBeUndefined()
  expect(pairing.take('000049', 1)).toBeDefined()
})
