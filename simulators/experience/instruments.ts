import {
  applianceOff,
  draw,
  plainLoad,
  relayValues,
  rounded,
  type Stand,
  type Thing,
  towards,
  type Values,
  type Zone,
} from './thing.ts'

/** Imp/kWh on the plate of the meter under test. */
const CONSTANT = 1200
/** It counts so much too much. */
const ERROR = 0.00705

/** D11: 2 kW through a meter with a pulse output and a reference meter. Forty pulses take 33.10 Wh: +0.70 %. */
export function proof(zone: Zone): Stand {
  const WH_PER_PULSE = 1000 / CONSTANT / (1 + ERROR)
  const load = plainLoad(zone, { name: 'proof-load', watts: 2000 })
  const events: { at: number; values: Values }[] = []
  let wh = 0
  let count = 4711
  let told = count
  const meter: Thing = {
    periodMs: 500,
    // A count is told first with the time of its edge, then repeated.
    values: () => ({ pulseCount: told, activePower: rounded(load.appliance.powerW, 1) }),
    events: () => {
      told = count
      return events.splice(0)
    },
  }
  const reference: Thing = {
    periodMs: 500,
    values: () => ({
      activePower: rounded(load.appliance.powerW, 2),
      activeEnergyImport: rounded(load.appliance.energyKWh, 7),
      voltageL1: 220,
      currentL1: rounded(load.appliance.powerW / 220, 4),
    }),
  }
  return {
    things: { load, meter, reference },
    step(at, seconds) {
      load.step(at, seconds)
      const gained = (load.appliance.powerW * seconds) / 3600
      for (let edge = WH_PER_PULSE - wh; edge <= gained; edge += WH_PER_PULSE) {
        count++
        events.push({ at: at - ((gained - edge) / gained) * seconds * 1000, values: { pulseCount: count } })
      }
      wh = (wh + gained) % WH_PER_PULSE
      if (events.length > 100) events.shift()
    },
  }
}

/** D14: a panel under a lamp that gives 60 W. A third in the shade costs more than half: a string of cells is as good as its worst one. */
export function roof(zone: Zone): Stand {
  const PEAK_W = 93.75
  const lamp = plainLoad(zone, { name: 'roof-lamp', watts: 800 })
  const wander = zone.noise('roof')
  let irradiance = 20
  let tiltDeg = 30
  let shaded = false
  let watts = 0
  let dayKWh = 1.84
  return {
    things: {
      lamp,
      pv: {
        values: () => ({
          generatedPower: rounded(watts, 2),
          yieldEnergyDay: rounded(dayKWh, 5),
          panelTilt: tiltDeg,
        }),
      },
      sensor: { values: () => ({ irradiance: rounded(irradiance, 1) }) },
    },
    step(at, seconds) {
      lamp.step(at, seconds)
      irradiance = towards(irradiance, lamp.appliance.powerW > 0 ? 640 : 20, seconds, 1) * (1 + 0.0002 * wander(at))
      const aim = Math.cos(((tiltDeg - 30) * Math.PI) / 180)
      watts = PEAK_W * (irradiance / 1000) * aim * (shaded ? 0.35 : 1)
      dayKWh += (watts * seconds) / 3_600_000
    },
    happenings: {
      shade: {
        zh: '遮住三分之一',
        en: 'Shades a third of the panel',
        do: () => {
          shaded = true
        },
      },
      unshade: {
        zh: '不遮了',
        en: 'Takes the shade away',
        do: () => {
          shaded = false
        },
      },
      tilt: {
        zh: '把板转到这个角度',
        en: 'Tilts the panel, degrees (60)',
        do: (degrees = 60) => {
          tiltDeg = Math.max(0, Math.min(90, degrees))
        },
      },
    },
  }
}

/** D21: a battery of 5 kWh at 80 % behind a demo island; while the grid is off it carries the loads. */
export function dark(zone: Zone): Stand {
  const essential = plainLoad(zone, { name: 'dark-essential', watts: 300, powerFactor: 0.95 })
  const other = plainLoad(zone, { name: 'dark-other', watts: 200, powerFactor: 0.95 })
  const grid = applianceOff(zone)
  const CAPACITY_KWH = 5
  let socPercent = 80
  let backupW = 0
  return {
    things: {
      essential,
      other,
      contactor: { appliance: grid, values: () => ({ ...relayValues(grid, 220), contactorClosed: grid.switchedOn }) },
      storage: {
        values: () => ({
          socPercent: rounded(socPercent, 2),
          batteryCapacity: CAPACITY_KWH,
          backupPower: rounded(backupW, 1),
          batteryPower: rounded(-backupW, 1),
        }),
      },
    },
    step(at, seconds) {
      essential.step(at, seconds)
      other.step(at, seconds)
      const loadsW = essential.appliance.powerW + other.appliance.powerW
      draw(grid, loadsW, seconds)
      backupW = grid.switchedOn ? 0 : loadsW
      // The shown battery is topped up between the shows.
      socPercent -= (backupW * seconds) / 3_600_000 / CAPACITY_KWH
    },
  }
}

/** D22: somebody rides: up to 80 W, and a ladder of lamps that light one by one. */
export function pedal(zone: Zone): Stand {
  const LAMP_W = 6
  const wander = zone.noise('pedal')
  let leftS = 0
  let watts = 0
  let kWh = 0
  return {
    things: {
      generator: {
        periodMs: 500,
        values: () => ({ activePower: rounded(watts, 2), activeEnergyImport: rounded(kWh, 6) }),
      },
      lamps: { values: () => ({ lampsLit: Math.floor(watts / LAMP_W) }) },
    },
    step(at, seconds) {
      leftS = Math.max(0, leftS - seconds)
      watts = leftS > 0 ? towards(watts, 80, seconds, 2) * (1 + 0.0005 * wander(at)) : 0
      kWh += (watts * seconds) / 3_600_000
    },
    happenings: {
      ride: {
        zh: '骑车（秒，默认 60）',
        en: 'Rides the bike, seconds (60)',
        do: (seconds = 60) => {
          leftS = seconds
        },
      },
    },
  }
}
