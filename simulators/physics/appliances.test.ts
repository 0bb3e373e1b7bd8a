import { expect, test } from 'vitest'
import { type Appliance, heatingKWh, inductionHob, radiantHob } from './appliances.ts'
import { localTime } from './local-time.ts'

const start = Date.parse('2026-06-15T09:59:00+08:00')

/** Boils one pot from its start (10:00) until the hob goes off; returns kWh and seconds. */
function boil(hob: Appliance) {
  let kWh = 0
  let seconds = 0
  for (let second = 0; second < 700; second++) {
    const at = start + second * 1000
    hob.step({ at, time: localTime(at), seconds: 1, outdoorC: 25, indoorC: 24 })
    if (hob.state.powerW > 100) {
      kWh += hob.state.powerW / 3_600_000
      seconds++
    }
  }
  return { kWh, seconds }
}

test('one litre from 20 to 100 °C takes 93 Wh of heat', () => {
  expect(heatingKWh(1, 20, 100)).toBeCloseTo(0.093, 4)
})

test('the induction hob boils its litre with m·c·ΔT / 0.88', () => {
  const { kWh, seconds } = boil(inductionHob())
  expect(kWh).toBeCloseTo(heatingKWh(1, 20, 95, 0.88), 3)
  expect(seconds).toBeGreaterThan(170)
  expect(seconds).toBeLessThan(200)
})

test('the radiant hob needs more time and more energy for the same litre', () => {
  const induction = boil(inductionHob())
  const radiant = boil(radiantHob())
  expect(radiant.kWh).toBeGreaterThan(induction.kWh * 1.15)
  expect(radiant.seconds).toBeGreaterThan(induction.seconds + 20)
})

test('a hob that is switched off at its plug heats nothing', () => {
  const hob = inductionHob()
  hob.state.switchedOn = false
  expect(boil(hob).kWh).toBe(0)
})
