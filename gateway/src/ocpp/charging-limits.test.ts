import { afterEach, expect, test } from 'vitest'
import { type CentralSystem, connectorOf, startCentralSystem } from './testing/central-system.ts'
import { startSimulatedCharger } from './testing/simulated-charger.ts'

/** Against the simulated charge point, which counts a Relative schedule from the start of the transaction, as the standard says. */

let hall: CentralSystem
let charger: ReturnType<typeof startSimulatedCharger>
afterEach(async () => {
  charger?.close()
  await hall?.close()
})

const HOUR_MS = 3_600_000

/** A charger whose clock is set by the test. */
async function start(how: { state: 'A' | 'C'; ahead: number }) {
  hall = await startCentralSystem()
  const clock = { ahead: how.ahead }
  charger = startSimulatedCharger(hall.url, { state: how.state, clockMs: () => Date.now() + clock.ahead })
  await hall.until(() => hall.latest('cp-01').chargerState !== undefined)
  if (how.state === 'C') await begun()
  return clock
}

const { commands } = connectorOf('CP-01').profile
const give = (name: string, value: number, seconds?: number) =>
  hall.ocpp.call('cp-01', { rule: commands[name]!.ocpp!, value, ...(seconds && { seconds }) }, 'command')
/** The charger knows the number of its transaction. */
const begun = (count = 1) => expect.poll(() => charger.point.transactions().length).toBe(count)
const obeys = (amperes: number) => expect.poll(() => charger.state.limitA).toBe(amperes)

test('a car that has charged for two hours obeys a limit of ten minutes, and is free again after them', async () => {
  const clock = await start({ state: 'C', ahead: -2 * HOUR_MS })
  clock.ahead = 0
  expect(await give('set-current', 10, 600)).toBeUndefined()
  await obeys(10)
  clock.ahead = 598_000
  charger.point.tick()
  expect(charger.state.limitA).toBe(10)
  clock.ahead = 601_000
  await obeys(32)
})

test('a limit of ten minutes that is set while nobody charges holds for who comes meanwhile, and not for who comes later', async () => {
  const clock = await start({ state: 'A', ahead: 0 })
  expect(await give('set-current', 10, 600)).toBeUndefined()
  charger.state.state = 'C'
  await begun()
  await obeys(10)
  charger.state.state = 'A'
  await hall.until(() => hall.ocpp.stats().transactionsEnded === 1)
  clock.ahead = 601_000
  charger.state.state = 'C'
  await begun(2)
  charger.point.tick()
  expect(charger.state.limitA).toBe(32)
})

test('a charger whose clock is half a minute behind obeys at once', async () => {
  await start({ state: 'C', ahead: -30_000 })
  expect(await give('set-current', 10, 600)).toBeUndefined()
  await obeys(10)
})

test('a limit without an end, and a pause, hold whatever the clock of the charger says', async () => {
  await start({ state: 'C', ahead: -30 * 365 * 24 * HOUR_MS })
  expect(await give('set-current', 10)).toBeUndefined()
  await obeys(10)
  expect(await give('pause-charging', 0)).toBeUndefined()
  await obeys(0)
})
