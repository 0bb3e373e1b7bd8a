import { expect, test } from 'vitest'
import {
  balance,
  co2Kg,
  coefficientOfPerformance,
  currentA,
  efficiency,
  flowHeatKW,
  heatKWh,
  loadStepW,
  lossLeft,
  meterError,
  runEnergy,
  saving,
  yearKWh,
} from './formulas.ts'

/** Constant power for so many seconds, sampled every second. */
const constant = (watts: number, seconds: number) =>
  Array.from({ length: seconds + 1 }, (_, i) => ({ at: i * 1000, watts }))

test('D01: what is supplied and not metered is 2.1 %, and 31.9 % come from the roof', () => {
  const found = balance(3200, 1500, 0, 4600)
  expect(found?.restW).toBe(100)
  expect(found?.restShare).toBeCloseTo(0.021, 3)
  expect(found?.pvShare).toBeCloseTo(0.319, 3)
  expect(found?.agrees).toBe(true)
})

test('D03: a litre from 20 to 95 °C on two hobs', () => {
  const induction = runEnergy(constant(1900, 188))
  const ceramic = runEnergy(constant(1900, 223))
  expect(induction).toMatchObject({ by: 'integral', complete: true })
  expect(induction.wh).toBeCloseTo(99.2, 1)
  expect(ceramic.wh).toBeCloseTo(117.7, 1)
  expect(efficiency(1, 75, induction.wh / 1000)).toBeCloseTo(0.879, 3)
  expect(efficiency(1, 75, ceramic.wh / 1000)).toBeCloseTo(0.741, 3)
  expect(saving(induction.wh, ceramic.wh)).toBeCloseTo(0.157, 3)
})

test('D04: three litres a minute, 12 K warmer, for 690 W', () => {
  expect(flowHeatKW(3, 12)).toBeCloseTo(2.512, 3)
  expect(coefficientOfPerformance(3, 12, 0.69)).toBeCloseTo(3.64, 2)
})

test('D05: three litres a minute from 15 to 45 °C take 6.28 kW', () => expect(flowHeatKW(3, 30)).toBeCloseTo(6.28, 2))

test('D06: 8.7 against 13.5 kWh saves 35.6 %', () => expect(saving(8.7, 13.5)).toBeCloseTo(0.356, 3))

test('D07: 29 W all year are 254.0 kWh', () => expect(yearKWh(29)).toBeCloseTo(254.04, 9))

test('D11: 40 intervals of a meter with 1,200 imp/kWh against 33.10 Wh are +0.70 %', () =>
  expect(meterError(40, 1200, 33.1)).toBeCloseTo(0.007, 4))

test('D14: 5,500 kWh are 2,918 kg of CO₂ at the national factor', () =>
  expect(co2Kg(5500, 0.5306)).toBeCloseTo(2918.3, 1))

test('D16: 200 litres from 40 to 75 °C are 8.139 kWh', () => expect(heatKWh(200, 35)).toBeCloseTo(8.139, 3))

test('D18: 750 W at a power factor of 0.62 and of 0.95', () => {
  expect(currentA(750, 220, 0.62)).toBeCloseTo(5.5, 2)
  expect(currentA(750, 220, 0.95)).toBeCloseTo(3.59, 2)
  expect(lossLeft(0.62, 0.95)).toBeCloseTo(0.426, 3)
})

test('D22: a cup of 250 mL from 20 to 90 °C at 90 % takes 22.6 Wh', () =>
  expect((heatKWh(0.25, 70) / 0.9) * 1000).toBeCloseTo(22.6, 1))

test('a pause of more than three seconds makes the run incomplete, and is not silently bridged', () => {
  const samples = [...constant(1900, 10), { at: 14_001, watts: 1900 }]
  expect(runEnergy(samples).complete).toBe(false)
  expect(runEnergy([]).complete).toBe(false)
})

test('a long run takes the register of the meter, a short one the integral', () => {
  const samples = constant(2000, 180)
  expect(runEnergy(samples, { differenceWh: 100, countWh: 10 }).by).toBe('integral')
  expect(runEnergy(samples, { differenceWh: 1010, countWh: 10 })).toEqual({ wh: 1010, by: 'register', complete: true })
})

test('the step of a load is what came on top of what ran already', () => {
  const samples = constant(400, 10).concat(constant(2200, 10).map(({ at, watts }) => ({ at: at + 11_000, watts })))
  expect(loadStepW(samples, 11_000, 13_000)).toBe(1800)
  expect(loadStepW([], 0, 0)).toBeUndefined()
})

test('what cannot be known is not 0', () => {
  expect(efficiency(1, 75, 0)).toBeUndefined()
  expect(coefficientOfPerformance(3, 12, 0)).toBeUndefined()
  expect(saving(1, 0)).toBeUndefined()
  expect(balance(0, 0, 0, 0)).toBeUndefined()
  expect(meterError(40, 1200, 0)).toBeUndefined()
})
