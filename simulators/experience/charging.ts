import type { ChargerState } from '../physics/charger.ts'
import { applianceOff, draw, meterOver, plainLoad, rounded, type Stand, type Thing, taken, type Zone } from './thing.ts'

const VOLTS = 220

/** A charger of one phase with a car that takes whatever it is offered, up to `carA`. Below 6 A it pauses. */
function chargerWithCar(zone: Zone, name: string, carA: number, plugged: boolean) {
  const relay = applianceOff(zone, 1)
  const wander = zone.noise(name)
  const car = { plugged }
  const state: ChargerState = {
    state: 'A',
    tripped: false,
    parts: { chargerGround: 'ok', chargerHeat: 'ok', connectorLock: 'ok', vehicleLink: 'ok' },
    powerW: 0,
    currentA: 0,
    limitA: 32,
    sessionWh: 0,
    totalWh: 820_400,
    carSoc: 0.4,
  }
  const thing: Thing = {
    appliance: relay,
    charger: state,
    values: () => ({
      switchedOn: relay.switchedOn,
      evseState: state.state,
      activePower: rounded(state.powerW, 1),
      currentL1: rounded(state.currentA, 3),
      voltageL1: VOLTS,
      chargingCurrentLimit: state.limitA,
      sessionEnergy: rounded(state.sessionWh / 1000, 4),
      activeEnergyImport: rounded(state.totalWh / 1000, 4),
    }),
    command(command, value) {
      if (command === 'set-current') state.limitA = value
      return command === 'set-current'
    },
  }
  return {
    thing,
    car,
    relay,
    state,
    step(at: number, seconds: number): void {
      const charging = car.plugged && state.limitA >= 6 && !state.tripped
      draw(relay, charging ? Math.min(state.limitA, carA) * VOLTS * (1 + 0.0005 * wander(at)) : 0, seconds)
      state.powerW = relay.powerW
      state.currentA = relay.powerW / VOLTS
      state.state = state.tripped ? 'F' : !car.plugged ? 'A' : relay.powerW > 0 ? 'C' : 'B'
      const wh = (relay.powerW * seconds) / 3600
      state.sessionWh += wh
      state.totalWh += wh
    },
  }
}

const plugging = (car: { plugged: boolean }) => ({
  plug_car: {
    zh: '给车插枪',
    en: 'Plugs the car in',
    do: () => {
      car.plugged = true
    },
  },
  unplug_car: {
    zh: '拔枪',
    en: 'Unplugs the car',
    do: () => {
      car.plugged = false
    },
  },
})

/** D12: a car at 7.0 kW. */
export function car(zone: Zone): Stand {
  const evse = chargerWithCar(zone, 'car-evse', 7000 / VOLTS, false)
  return { things: { evse: evse.thing }, step: evse.step, happenings: plugging(evse.car) }
}

/** D13: 32 A for the car, then 600 W that are always there, kettle and heater (4.4 kW together) on the same 10 kW: 25 A are left for the car. */
export function manners(zone: Zone): Stand {
  const evse = chargerWithCar(zone, 'manners-evse', 32, true)
  const kettle = plainLoad(zone, { name: 'manners-kettle', watts: 1800 })
  const heater = plainLoad(zone, { name: 'manners-heater', watts: 2000 })
  const meter = meterOver(
    () => [
      { powerW: 600, reactiveVar: 0 },
      taken(kettle),
      taken(heater),
      { powerW: evse.relay.powerW, reactiveVar: 0 },
    ],
    {
      volts: VOLTS,
      kWh: 640.2,
    },
  )
  return {
    things: quick({ evse: evse.thing, kettle, heater, meter }),
    step(at, seconds) {
      evse.step(at, seconds)
      for (const one of [kettle, heater, meter]) one.step(at, seconds)
    },
    happenings: plugging(evse.car),
  }
}

/** The charger is steered by these readings: they come twice a second. */
const quick = (things: Readonly<Record<string, Thing>>): Record<string, Thing> =>
  Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, { ...thing, periodMs: 500 }]))
