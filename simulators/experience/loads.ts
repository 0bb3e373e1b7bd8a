import { type Load, meterOver, plainLoad, rounded, type Stand, type Thing, taken, towards, type Zone } from './thing.ts'

/** Stands whose things only draw power. */

const stepAll = (loads: readonly Load[]) => (at: number, seconds: number) => {
  for (const load of loads) load.step(at, seconds)
}

/** D02: who eats the power? One meter over all of them serves what a smart meter sees (D10) and how full a strip is (D20), too. */
export function eaters(zone: Zone): Stand {
  const load = (name: string, watts: number, powerFactor = 1) =>
    plainLoad(zone, { name: `eaters-${name}`, watts, powerFactor })
  const things = {
    kettle: load('kettle', 1800),
    dryer: load('dryer', 1000),
    television: load('television', 120, 0.9),
    lamp: load('lamp', 6, 0.9),
    fridge: load('fridge', 90, 0.85),
    charger: load('charger', 12, 0.6),
    cooker: load('cooker', 772),
  }
  const all = Object.values(things)
  const meter = meterOver(() => all.map(taken), { volts: 220, kWh: 4127.36 })
  return {
    things: { ...things, meter },
    step(at, seconds) {
      for (const one of [...all, meter]) one.step(at, seconds)
    },
  }
}

/** D09: the kettle whose watt-hours fall onto the stairs. */
export function stairs(zone: Zone): Stand {
  const kettle = plainLoad(zone, { name: 'stairs-kettle', watts: 1800 })
  return { things: { kettle }, step: kettle.step }
}

const SLEEPERS_W = [11, 7, 5, 4, 2]

/** D07: set-top box, television, printer, microwave, charger: five things that are “off” and draw 29.0 W together. The guide unplugs them one by one; the master switch ends it for all. */
export function hunt(zone: Zone): Stand {
  const plugged = SLEEPERS_W.map(() => true)
  let watts = 0
  const master = plainLoad(zone, { name: 'hunt-master', watts: 0 })
  const strip = meterOver(() => [{ powerW: watts, reactiveVar: watts * 0.9 }], { volts: 220, kWh: 310 })
  return {
    things: {
      master: { ...master, values: () => ({ ...master.values(), activePower: rounded(watts, 1) }) },
      strip: { ...strip, values: () => ({ ...strip.values(), activePower: rounded(watts, 1) }) },
    },
    step(at, seconds) {
      master.step(at, seconds)
      const live = master.appliance.switchedOn
      watts = live ? SLEEPERS_W.reduce((sum, one, i) => sum + (plugged[i] ? one : 0), 0) : 0
      master.appliance.powerW = watts
      strip.step(at, seconds)
    },
    happenings: {
      unplug: {
        zh: '拔掉第几样（1–5），不说就拔下一样',
        en: 'Unplugs one of the five (1–5), or the next one',
        do: (n) => {
          const which = n === undefined ? plugged.indexOf(true) : n - 1
          if (which >= 0) plugged[which] = false
        },
      },
      plug_in: { zh: '五样都插上', en: 'Plugs all five in again', do: () => void plugged.fill(true) },
    },
  }
}

const TALK_V = 221.4

/** D10: a smart meter over three loads. All on: 221.4 V × 8.26 A × 0.997 = 1823 W. */
export function talk(zone: Zone): Stand {
  const load = (name: string, watts: number, powerFactor: number) =>
    plainLoad(zone, { name: `talk-${name}`, watts, powerFactor, volts: TALK_V })
  const things = {
    kettle: load('kettle', 1697, 1),
    television: load('television', 120, 0.6595),
    lamp: load('lamp', 6, 0.85),
  }
  const all = Object.values(things)
  const meter = meterOver(() => all.map(taken), { volts: TALK_V, kWh: 2310.42 })
  return {
    things: { ...things, meter },
    step(at, seconds) {
      for (const one of [...all, meter]) one.step(at, seconds)
    },
  }
}

/** D18: 750 W at a power factor of 0.62; the capacitor takes over 703 var of its 949 and leaves 0.95. */
export function motor(zone: Zone): Stand {
  const machine = plainLoad(zone, { name: 'motor', watts: 750, powerFactor: 0.62 })
  const capacitor = plainLoad(zone, { name: 'motor-capacitor', watts: 1.5 })
  const capacitorVar = 750 * (Math.sqrt(1 / 0.62 ** 2 - 1) - Math.sqrt(1 / 0.95 ** 2 - 1))
  const analyser = meterOver(
    () => [taken(machine), { powerW: 0, reactiveVar: capacitor.appliance.powerW > 0 ? -capacitorVar : 0 }],
    { volts: 220, kWh: 77 },
  )
  return {
    things: { machine, capacitor, analyser },
    step(at, seconds) {
      for (const one of [machine, capacitor, analyser]) one.step(at, seconds)
    },
  }
}

/** D19: three lamps of the same light. */
export function lamps(zone: Zone): Stand {
  const load = (name: string, watts: number, powerFactor: number) =>
    plainLoad(zone, { name: `lamps-${name}`, watts, powerFactor })
  const things = { incandescent: load('incandescent', 60, 1), cfl: load('cfl', 13, 0.6), led: load('led', 6, 0.9) }
  const all = Object.values(things)
  const lux: Thing = {
    values: () => ({ illuminance: rounded(18 + 480 * all.filter(({ appliance }) => appliance.powerW > 0).length, 0) }),
  }
  return { things: { ...things, lux }, step: stepAll(all) }
}

const ROOM_C = 24

/** D20: a 10 A strip. Television, rice cooker and dryer draw 8.6 A; a training board with an RCD hangs beside it. */
export function strip(zone: Zone): Stand {
  const load = (name: string, watts: number, powerFactor = 1) =>
    plainLoad(zone, { name: `strip-${name}`, watts, powerFactor })
  const things = {
    television: load('television', 120),
    cooker: load('cooker', 772),
    dryer: load('dryer', 1000),
    kettle: load('kettle', 1800),
  }
  const all = Object.values(things)
  const board = meterOver(() => all.map(taken), { volts: 220, kWh: 12 })
  let plugC = ROOM_C
  let tripped = false
  return {
    things: {
      ...things,
      board,
      rcd: { values: () => ({ rcdTripped: tripped, activePower: tripped ? 0 : 5 }) },
      plug: { values: () => ({ 'temperature.plug': rounded(plugC, 1) }) },
    },
    step(at, seconds) {
      for (const one of [...all, board]) one.step(at, seconds)
      plugC = towards(plugC, ROOM_C + 0.25 * board.meter.i[0] ** 2, seconds, 120)
    },
    happenings: {
      press_test: {
        zh: '按漏电保护器的试验按钮',
        en: 'Presses the test button of the RCD',
        do: () => {
          tripped = true
        },
      },
      reset: {
        zh: '漏电保护器合闸',
        en: 'Closes the RCD again',
        do: () => {
          tripped = false
        },
      },
    },
  }
}
