import { conducts } from '../physics/appliances.ts'
import {
  applianceOff,
  draw,
  plainLoad,
  relayValues,
  rounded,
  type Stand,
  type Thing,
  towards,
  type Zone,
} from './thing.ts'

/** Heat that one litre a minute carries per kelvin, W. */
const W_PER_LPM_K = 4186 / 60

/** D04: two loops of 3 L/min. Settled, the heat pump lifts its water by 12 K for 690 W (COP 3.64); the resistance heater has η 0.95. */
export function pump(zone: Zone): Stand {
  const LOOP_LPM = 3
  const IN_C = 28
  const loop = (name: string, watts: number, heatW: number, settleS: number) => {
    const state = applianceOff(zone, 0.95)
    const wander = zone.noise(name)
    let riseK = 0
    const thing: Thing = {
      appliance: state,
      values: () => ({
        ...relayValues(state, 220),
        waterFlow: LOOP_LPM,
        'temperature.in': IN_C,
        'temperature.out': rounded(IN_C + riseK, 3),
      }),
    }
    return {
      thing,
      step(at: number, seconds: number): void {
        draw(state, watts * (1 + 0.001 * wander(at)), seconds)
        riseK = towards(riseK, conducts(state) ? heatW / (LOOP_LPM * W_PER_LPM_K) : 0, seconds, settleS)
      },
    }
  }
  const heatPump = loop('pump-heat-pump', 690, 12 * LOOP_LPM * W_PER_LPM_K, 12)
  const resistance = loop('pump-resistance', 2000, 0.95 * 2000, 5)
  return {
    things: {
      'heat-pump': heatPump.thing,
      resistance: resistance.thing,
      ambient: { values: () => ({ 'temperature.ambient': 7 }) },
    },
    step(at, seconds) {
      heatPump.step(at, seconds)
      resistance.step(at, seconds)
    },
  }
}

/** D05: 3 L/min from 15 to 45 °C. The instant heater draws 6.28 kW while water flows; the tank gives stored heat and warms again at 1.5 kW. */
export function taps(zone: Zone): Stand {
  const DRAW_LPM = 3
  const COLD_C = 15
  const TAP_C = 45
  const TANK_LITRES = 50
  const instant = applianceOff(zone)
  const tank = applianceOff(zone)
  const wander = zone.noise('taps')
  const leftS = { instant: 0, tank: 0 }
  let instantW = 0
  let tankC = 55
  let heating = true
  const flowOf = (which: keyof typeof leftS) => (leftS[which] > 0 ? DRAW_LPM : 0)
  const tap = (which: keyof typeof leftS, word: string) => ({
    zh: `打开${word}龙头（秒，默认 120）`,
    en: `Opens the tap of the ${which} heater, seconds (120)`,
    do: (seconds = 120) => {
      leftS[which] = seconds
    },
  })
  return {
    things: {
      instant: {
        appliance: instant,
        values: () => ({
          ...relayValues(instant, 220),
          waterFlow: flowOf('instant'),
          'temperature.in': COLD_C,
          'temperature.out': rounded(COLD_C + instantW / (DRAW_LPM * W_PER_LPM_K), 2),
        }),
      },
      tank: {
        appliance: tank,
        values: () => ({
          ...relayValues(tank, 220),
          waterFlow: flowOf('tank'),
          'temperature.in': COLD_C,
          // A mixing valve keeps the tap at 45 °C.
          'temperature.out': flowOf('tank') > 0 ? TAP_C : rounded(Math.min(TAP_C, tankC), 2),
          'temperature.water': rounded(tankC, 2),
        }),
      },
    },
    step(at, seconds) {
      const wantedW = flowOf('instant') > 0 ? (TAP_C - COLD_C) * DRAW_LPM * W_PER_LPM_K : 0
      draw(instant, wantedW * (1 + 0.001 * wander(at)), seconds)
      instantW = towards(instantW, instant.powerW, seconds, 0.3)
      tankC -= ((TAP_C - COLD_C) * flowOf('tank') * (seconds / 60)) / TANK_LITRES
      tankC -= (1200 / 24 / 3600 / (TANK_LITRES * 4186)) * 3600 * seconds
      if (tankC < 55) heating = true
      if (tankC > 60) heating = false
      draw(tank, heating ? 1500 : 0, seconds)
      tankC += (tank.powerW * seconds) / (TANK_LITRES * 4186)
      for (const which of ['instant', 'tank'] as const) leftS[which] = Math.max(0, leftS[which] - seconds)
    },
    happenings: {
      draw_instant: tap('instant', '即热式'),
      draw_tank: tap('tank', '储水式'),
      close: {
        zh: '关上两个龙头',
        en: 'Closes both taps',
        do: () => {
          leftS.instant = 0
          leftS.tank = 0
        },
      },
    },
  }
}

/** D06: the inverter starts softly and settles; the fixed one runs at full power or not at all. */
export function cooling(zone: Zone): Stand {
  const inverter = applianceOff(zone, 0.97)
  const fixed = plainLoad(zone, { name: 'cooling-fixed', watts: 1050, powerFactor: 0.9 })
  let compressorW = 0
  let onS = 0
  let targetC = 26
  let roomC = 29.5
  return {
    things: {
      inverter: {
        appliance: inverter,
        values: () => ({ ...relayValues(inverter, 220), targetTemperature: targetC }),
        command(name, value) {
          if (name === 'set-temperature') targetC = value
          return name === 'set-temperature'
        },
      },
      fixed,
      room: { values: () => ({ 'temperature.room': rounded(roomC, 2) }) },
    },
    step(at, seconds) {
      const on = conducts(inverter)
      onS = on ? onS + seconds : 0
      compressorW = on ? towards(compressorW, onS < 60 ? 980 : 460, seconds, onS < 60 ? 12 : 25) : 0
      draw(inverter, 18 + compressorW, seconds)
      fixed.step(at, seconds)
      const cooling = (inverter.powerW + fixed.appliance.powerW) / 1000
      roomC = towards(roomC, cooling > 0 ? Math.max(targetC, 29.5 - 6 * cooling) : 29.5, seconds, 600)
    },
  }
}

/** D16: 2 kW into 200 L of store; a radiator takes a little. */
export function night(zone: Zone): Stand {
  const boiler = plainLoad(zone, { name: 'night-boiler', watts: 2000 })
  const layers = [62, 55, 48]
  const STORE_KG = 200
  return {
    things: {
      boiler: {
        ...boiler,
        values: () => ({ ...boiler.values(), 'temperature.out': rounded((layers[0] ?? 0) + 4, 2) }),
      },
      store: {
        values: () => ({
          'temperature.top': rounded(layers[0] ?? 0, 3),
          'temperature.mid': rounded(layers[1] ?? 0, 3),
          'temperature.bottom': rounded(layers[2] ?? 0, 3),
        }),
      },
      radiator: { values: () => ({ 'temperature.out': 38 }) },
    },
    step(at, seconds) {
      boiler.step(at, seconds)
      const warmerK = (boiler.appliance.powerW * seconds) / (STORE_KG * 4186)
      for (const [i, share] of [1.8, 0.9, 0.3].entries()) layers[i] = Math.min(75, (layers[i] ?? 0) + warmerK * share)
    },
  }
}
