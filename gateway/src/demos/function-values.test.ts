import { expect, test } from 'vitest'
import { TWO_HOBS, testHall } from './demos-fixture.ts'
import { look, valueIn } from './look.ts'
import { readScenario } from './read-scenarios.ts'
import type { Run } from './run.ts'

/** The value of an expression of the two hobs, `ms` after the mark t0. */
function found(expression: string, prepare: (hall: ReturnType<typeof testHall>, t0: number) => void, ms: number) {
  const read = readScenario(
    TWO_HOBS.replace("is: 'energy(hob, t0)'", `is: '${expression}'`).replace(
      'points: [activePower, activeEnergyImport, temperature.water]',
      'points: [activePower, temperature.water], alsoPoints: [activeEnergyImport]',
    ),
  )
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const hall = testHall()
  const t0 = hall.run.at + 60_000
  prepare(hall, t0)
  const run: Run = { ...hall.run, read, startedAt: hall.run.at, marks: { t0 } }
  return valueIn(run, look(run, hall.situation, t0 + ms), expression)?.value
}

/** 6 W from `onAfterMs` on, read twice a second; its relay with it. */
const lamp =
  (onAfterMs: number) =>
  ({ say }: ReturnType<typeof testHall>, t0: number) => {
    for (let ms = -7000; ms <= 12_000; ms += 500) {
      say('hob', 'activePower', t0 + ms, ms >= onAfterMs ? 6 : 0)
      say('hob', 'switchedOn', t0 + ms, ms >= onAfterMs)
    }
  }

test('F7: a lamp of 6 W has 6 W; one whose relay was eight seconds late has none that could be told, not 0', () => {
  expect(found('step(hob, t0)', lamp(500), 10_000)).toBe(6)
  expect(found('step(hob, t0)', lamp(8000), 10_000)).toBeUndefined()
})

test('today is what a register counted since midnight in China; without a reading of that night it is not known', () => {
  // 12:46 in the afternoon.
  const counted = (history: readonly (readonly [number, number])[]) =>
    found(
      'today(hob.activeEnergyImport)',
      ({ say, situation }, t0) => {
        say('hob', 'activeEnergyImport', t0, 512.5)
        Object.assign(situation, { history: () => history })
      },
      0,
    )
  const midnight = -(12 + 46 / 60)
  expect(
    counted([
      [midnight - 0.1, 499],
      [midnight + 0.1, 501],
      [-1, 511],
    ]),
  ).toBeCloseTo(12.5, 6)
  expect(
    counted([
      [midnight + 0.4, 501],
      [-1, 511],
    ]),
  ).toBeUndefined()
  expect(counted([])).toBeUndefined()
})
