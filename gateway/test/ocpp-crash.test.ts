import { expect, test } from 'vitest'
import { chargerRounds } from './support/charger-rounds.ts'

/** 1 in every test run; `npm run soak` sets more. */
const ROUNDS = Number(process.env.ROUNDS ?? 1)

test('200 chargers with passwords come back after kill -9, and no transaction that one was told of is lost or doubled', {
  timeout: 120_000 + ROUNDS * 30_000,
}, async () => {
  const figures = await chargerRounds(200, ROUNDS, Math.random, true)
  expect(figures.begun).toBeGreaterThan(200)
  expect(figures.ended).toBeGreaterThan(100)
  expect(figures).toMatchObject({ lost: 0, doubled: 0 })
  // From the moment the gateway runs: how long its start takes is a figure of its own.
  expect(Math.max(...figures.backAfterReadyMs)).toBeLessThan(10_000)
})
