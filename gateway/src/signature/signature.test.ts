import { describe, expect, test } from 'vitest'
import { learn, limitOf, NO_HABIT, type PowerHabit } from './learn-limit.ts'
import { judgePower, type SignatureState, UNKNOWN_SIGNATURE } from './signature.ts'

const limits = { deadBelowW: 3, holdS: 30, activeAboveW: 100 }
const through = (looks: readonly (readonly [second: number, powerW: number | undefined, on?: boolean])[]) =>
  looks.reduce<SignatureState>(
    (state, [second, powerW, switchedOn]) => judgePower(state, { atMs: second * 1000, powerW, switchedOn }, limits),
    UNKNOWN_SIGNATURE,
  ).word

describe('what the power of a plug says', () => {
  test('a terminal that draws nothing for half a minute is dead, and not before', () => {
    expect(
      through([
        [0, 60],
        [10, 0],
        [39, 0],
      ]),
    ).toBe('idle')
    expect(
      through([
        [0, 60],
        [10, 0],
        [40, 0],
      ]),
    ).toBe('dead')
  })
  test('what was dead lives again by more than the noise of the meter', () => {
    expect(
      through([
        [0, 0],
        [30, 0],
        [31, 3.2],
      ]),
    ).toBe('dead')
    expect(
      through([
        [0, 0],
        [30, 0],
        [31, 58],
      ]),
    ).toBe('idle')
  })
  test('working ends a little below where it began', () => {
    expect(
      through([
        [0, 60],
        [1, 120],
        [2, 85],
      ]),
    ).toBe('active')
    expect(
      through([
        [0, 60],
        [1, 120],
        [2, 79],
      ]),
    ).toBe('idle')
  })
  test('a meter that is away makes nothing dead, however long', () => {
    expect(
      through([
        [0, 60],
        [10, undefined],
        [500, undefined],
      ]),
    ).toBeUndefined()
    expect(
      through([
        [0, 60],
        [10, 0],
        [20, undefined],
        [45, 0],
      ]),
    ).toBeUndefined()
  })
  test('a plug that is switched off is off and not dead', () => {
    expect(
      through([
        [0, 60],
        [10, 0, false],
        [90, 0, false],
      ]),
    ).toBe('off')
  })
})

/** Looks at a device that waits at `waitW` and works at `workW` in one look of `every`, with the noise of a cheap meter. */
function habitOf(looks: number, waitW: number, workW: number, every: number, from: PowerHabit = NO_HABIT): PowerHabit {
  let habit = from
  for (let i = 0; i < looks; i++) {
    const noise = 1 + 0.06 * Math.sin(i * 7.3)
    habit = learn(habit, (i % every === 0 ? workW : waitW) * noise)
  }
  return habit
}

describe('how much working is, is learnt', () => {
  test('a limit between waiting and working, once both were seen', () => {
    const limit = limitOf(habitOf(2000, 60, 130, 20))
    expect(limit).toBeGreaterThan(68)
    expect(limit).toBeLessThan(120)
  })
  test('a laser printer: 8 W asleep, 600 W while it prints', () => {
    const limit = limitOf(habitOf(2000, 8, 600, 100))
    expect(limit).toBeGreaterThan(12)
    expect(limit).toBeLessThan(500)
  })
  test('nothing is said of a device that was only seen waiting, of one that hardly differs, and after a few looks', () => {
    expect(limitOf(habitOf(2000, 60, 60, 20))).toBeUndefined()
    expect(limitOf(habitOf(2000, 60, 75, 3))).toBeUndefined()
    expect(limitOf(habitOf(200, 60, 130, 20))).toBeUndefined()
    expect(limitOf(habitOf(2000, 60, 130, 500))).toBeUndefined()
  })
  test('another device on the same plug is learnt anew', () => {
    const before = habitOf(3000, 60, 130, 20)
    let habit = before
    for (let i = 0; i < 5; i++) habit = habitOf(10_000, 8, 600, 20, habit)
    const limit = limitOf(habit)
    expect(limit).toBeGreaterThan(10)
    expect(limit).toBeLessThan(560)
  })
})
