import { meterOver, plainLoad, rounded, type Stand, taken, type Zone } from './thing.ts'

/** D15: at home 412 W; away only the fridge with 58 W. The curtain takes ten seconds from end to end. */
export function home(zone: Zone): Stand {
  const load = (name: string, watts: number, powerFactor = 0.95, switchedOn = false) =>
    plainLoad(zone, { name: `home-${name}`, watts, powerFactor, switchedOn })
  const loads = {
    living: load('living', 30),
    bedroom: load('bedroom', 24),
    television: load('television', 120, 0.9),
    ac: load('ac', 180, 0.97),
    fridge: load('fridge', 58, 0.85, true),
  }
  let wanted = 100
  let position = 100
  let presses = 0
  return {
    things: {
      ...loads,
      curtain: {
        values: () => ({ curtainPosition: rounded(position, 0) }),
        command(name, value) {
          if (name === 'set-position') wanted = value
          return name === 'set-position'
        },
      },
      button: { values: () => ({ buttonPresses: presses }) },
    },
    step(at, seconds) {
      for (const one of Object.values(loads)) one.step(at, seconds)
      const way = 10 * seconds
      position += Math.max(-way, Math.min(way, wanted - position))
    },
    happenings: {
      press: {
        zh: '按离家场景键',
        en: 'Presses the scene button',
        do: () => {
          presses++
        },
      },
    },
  }
}

/** D17: three meters. Ten litres run in 40 s. The gas model is turned by hand and moves air. */
export function three(zone: Zone): Stand {
  const kettle = plainLoad(zone, { name: 'three-kettle', watts: 1800 })
  const lamp = plainLoad(zone, { name: 'three-lamp', watts: 6 })
  const meter = meterOver(() => [taken(kettle), taken(lamp)], { volts: 220, kWh: 1844.2 })
  const drawn = { waterM3: 87.315, gasM3: 240.118 }
  const leftS = { water: 0, gas: 0 }
  return {
    things: {
      kettle,
      lamp,
      electricity: meter,
      water: {
        values: () => ({ waterVolume: rounded(drawn.waterM3, 5), waterFlow: leftS.water > 0 ? 15 : 0 }),
      },
      gas: { values: () => ({ gasVolume: rounded(drawn.gasM3, 5) }) },
    },
    step(at, seconds) {
      for (const one of [kettle, lamp, meter]) one.step(at, seconds)
      drawn.waterM3 += (Math.min(leftS.water, seconds) * 15) / 60_000
      drawn.gasM3 += Math.min(leftS.gas, seconds) * 0.0004
      leftS.water = Math.max(0, leftS.water - seconds)
      leftS.gas = Math.max(0, leftS.gas - seconds)
    },
    happenings: {
      draw: {
        zh: '放 10 升水（秒，默认 41）',
        en: 'Draws water at 15 L/min, seconds (41: a little over ten litres)',
        do: (seconds = 41) => {
          leftS.water = seconds
        },
      },
      turn_gas: {
        zh: '手摇燃气表模型（秒，默认 12）',
        en: 'Turns the gas model by hand, seconds (12)',
        do: (seconds = 12) => {
          leftS.gas = seconds
        },
      },
    },
  }
}
