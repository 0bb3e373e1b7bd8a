import { conducts } from '../physics/appliances.ts'
import { applianceOff, draw, plainLoad, relayValues, rounded, type Stand, type Thing, type Zone } from './thing.ts'

/** J/(kg·K) */
const WATER = 4186
const COLD_C = 20
const RATED_W = 1900

/** One hob with one litre of water on it. `plateS`: how long a cold plate takes to pass its heat on. */
function hob(zone: Zone, name: string, efficiency: number, plateS: number) {
  const state = applianceOff(zone, 0.98)
  const wander = zone.noise(name)
  let waterC = COLD_C
  let waterKg = 1
  let plateW = 0
  const thing: Thing = {
    appliance: state,
    periodMs: 500,
    values: () => ({ ...relayValues(state, 220), 'temperature.water': rounded(waterC, 2) }),
  }
  return {
    thing,
    fill(kg = 1) {
      waterC = COLD_C
      waterKg = kg
    },
    step(at: number, seconds: number): void {
      const heating = conducts(state)
      draw(state, RATED_W * (1 + 0.001 * wander(at)), seconds)
      const share = 1 - Math.exp(-seconds / plateS)
      const before = plateW
      plateW += (state.powerW - plateW) * share
      // What comes in, less what the plate keeps.
      const passedOnW = state.powerW + ((before - plateW) * plateS) / seconds
      waterC = Math.min(100, waterC + (passedOnW * efficiency * seconds) / (waterKg * WATER))
      if (!heating) waterC -= (waterC - COLD_C) * (1 - Math.exp(-seconds / 5400))
    },
  }
}

/**
 * D03: two hobs, the same litre. From 20 to 95 °C at 1900 W the induction hob takes 188 s (η 0.879), the ceramic one 223 s (0.741);
 * its plate keeps some of the heat for the next seconds.
 */
export function pots(zone: Zone): Stand {
  const induction = hob(zone, 'pots-induction', 0.8817, 0.6)
  const ceramic = hob(zone, 'pots-ceramic', 0.7511, 3)
  const kettle = plainLoad(zone, { name: 'pots-kettle', watts: 1800 })
  return {
    things: { induction: induction.thing, ceramic: ceramic.thing, kettle },
    step(at, seconds) {
      for (const one of [induction, ceramic, kettle]) one.step(at, seconds)
    },
    happenings: {
      fill: {
        zh: '两口锅各倒冷水（千克）',
        en: 'Cold water into both pots, kg',
        do: (kg) => {
          induction.fill(kg)
          ceramic.fill(kg)
        },
      },
    },
  }
}
