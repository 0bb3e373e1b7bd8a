import { expect, test } from 'vitest'
import { createClockWatch } from './clock-watch.ts'

const START = Date.UTC(2026, 10, 22)

function watched() {
  const time = { wall: START, monotonic: 5000 }
  const watch = createClockWatch({
    wallMs: () => time.wall,
    monotonicMs: () => time.monotonic,
    sleep: async () => {},
  })
  return {
    watch,
    pass(ms: number, setBy = 0) {
      time.wall += ms + setBy
      time.monotonic += ms
      watch.tick()
    },
    state: () => watch.about('Asia/Shanghai').state,
  }
}

test('a clock that runs is plausible, also when it is corrected by seconds', () => {
  const { pass, state, watch } = watched()
  for (let i = 0; i < 100; i++) pass(1000, 300)
  expect([state(), watch.health().ok]).toEqual(['plausible', true])
})

test('a clock that found its time server is told for an hour, and the gateway stays ready', () => {
  const { pass, state, watch } = watched()
  pass(1000, 90_000)
  expect([state(), watch.health().ok, watch.about('').lastJump?.byMs]).toEqual(['jumped', true, 90_000])
  pass(3_600_000)
  expect(state()).toBe('plausible')
})

test('a clock that was set back behind what has happened is wrong', () => {
  const { pass, state, watch } = watched()
  pass(600_000)
  pass(1000, -300_000)
  expect(state()).toBe('wrong')
  expect(watch.health()).toMatchObject({ ok: false, code: 'HW_CLOCK_WRONG' })
})

test('a machine that starts in 1970 knows that it is wrong', () => {
  const watch = createClockWatch({ wallMs: () => 1000, monotonicMs: () => 1, sleep: async () => {} })
  expect(watch.health().ok).toBe(false)
})
