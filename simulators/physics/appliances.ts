import { isOpen, type LocalTime } from './local-time.ts'
import type { Random } from './random.ts'

/** What an appliance may look at. */
export interface Surroundings {
  readonly at: number
  readonly time: LocalTime
  readonly seconds: number
  readonly outdoorC: number
  readonly indoorC: number
}

export interface ApplianceState {
  powerW: number
  powerFactor: number
  /** What its relay says; off means not even standby. */
  switchedOn: boolean
  /** dead: says on and lets nothing through. welded: says off and lets everything through. */
  relay?: 'dead' | 'welded'
  /** The feed it hangs on, where an emergency stop can cut it. */
  mains?: { readonly live: boolean }
  /** Water or air it works on, °C. */
  temperatureC?: number
  /** kWh since the plug was installed. */
  energyKWh: number
}

/** Whether current flows, whatever the relay says. */
export const conducts = ({ switchedOn, relay, mains }: ApplianceState): boolean =>
  mains?.live !== false && (relay === 'welded' || (switchedOn && relay !== 'dead'))

/** Somebody or something switches it; what no longer conducts draws nothing at once. */
export function switchAppliance(state: ApplianceState, on: boolean): void {
  state.switchedOn = on
  if (!conducts(state)) state.powerW = 0
}

export interface Appliance {
  readonly state: ApplianceState
  step(around: Surroundings): void
}

/** Heat capacity of water, J/(kg·K). */
const WATER = 4186

/** kWh to warm water: m·c·ΔT / η. 1 kg from 20 to 100 °C at η = 1 is 0.0930 kWh. */
export const heatingKWh = (kg: number, fromC: number, toC: number, efficiency = 1) =>
  (kg * WATER * (toC - fromC)) / 3_600_000 / efficiency

function appliance(powerFactor: number, run: (state: ApplianceState, around: Surroundings) => number): Appliance {
  const state: ApplianceState = { powerW: 0, powerFactor, switchedOn: true, energyKWh: 0 }
  return {
    state,
    step(around) {
      const wanted = run(state, around)
      state.powerW = conducts(state) ? wanted : 0
      state.energyKWh += (state.powerW * around.seconds) / 3_600_000
    },
  }
}

interface BoilOptions {
  readonly powerW: number
  readonly standbyW: number
  /** Share of the electricity that ends in the water. */
  readonly efficiency: number
  /** Seconds until a cold plate passes its heat on; 0 for induction and kettles. */
  readonly lagS: number
  readonly waterKg: number
  readonly stopC: number
  /** A new pot of cold water is put on every so many minutes while the hall is open. */
  readonly everyMin: number
  readonly offsetMin: number
}

/**
 * A pot of water: switched on by the guide at fixed minutes, off at `stopC`, refilled cold for the next time.
 * The lag stores heat in the plate first, so a radiant hob is slower and warms on a little after it is off.
 */
function createPot(options: BoilOptions): Appliance {
  const { efficiency, waterKg, lagS, stopC } = options
  let heating = false
  let plateW = 0
  let round = -1
  const pot = appliance(0.98, (state, { at, time, seconds, indoorC }) => {
    const now = Math.floor((at / 60_000 - options.offsetMin) / options.everyMin)
    if (now !== round) {
      if (round !== -1 && isOpen(time)) {
        heating = true
        plateW = 0
        state.temperatureC = 20
      }
      round = now
    }
    const electricW = heating && conducts(state) ? options.powerW : 0
    plateW += (electricW - plateW) * (lagS === 0 ? 1 : Math.min(1, seconds / lagS))
    const water = state.temperatureC ?? indoorC
    const warmed = water + (plateW * efficiency * seconds) / (waterKg * WATER)
    const cooled = warmed - (warmed - indoorC) * Math.min(1, seconds / 3600) * (heating ? 0 : 1)
    state.temperatureC = Math.min(100, cooled)
    if (state.temperatureC >= stopC) heating = false
    return electricW > 0 ? electricW : options.standbyW
  })
  pot.state.temperatureC = 22
  return pot
}

export const inductionHob = () =>
  createPot({
    powerW: 1900,
    standbyW: 1.8,
    efficiency: 0.88,
    lagS: 0,
    waterKg: 1,
    stopC: 95,
    everyMin: 12,
    offsetMin: 0,
  })
export const radiantHob = () =>
  createPot({
    powerW: 1900,
    standbyW: 1.2,
    efficiency: 0.74,
    lagS: 25,
    waterKg: 1,
    stopC: 95,
    everyMin: 12,
    offsetMin: 0,
  })
const kettle = () =>
  createPot({
    powerW: 1800,
    standbyW: 0,
    efficiency: 0.92,
    lagS: 0,
    waterKg: 1.2,
    stopC: 99,
    everyMin: 15,
    offsetMin: 6,
  })

/** Storage heater: 50 L between 55 and 60 °C, standing loss 1.2 kWh a day, a tap that is opened now and then. */
function storageWaterHeater(random: Random): Appliance {
  let heating = false
  const heater = appliance(1, (state, { time, seconds, indoorC }) => {
    const litres = 50
    let water = state.temperatureC ?? 58
    water -= ((water - indoorC) / 37) * ((1200 / 24 / 3600 / (litres * WATER)) * 3600 * seconds)
    if (isOpen(time) && random() < seconds / 900) water -= ((water - 15) * 3) / litres
    if (water < 55) heating = true
    if (water > 60) heating = false
    if (heating && conducts(state)) water += (2000 * seconds) / (litres * WATER)
    state.temperatureC = water
    return heating ? 2000 : 1
  })
  heater.state.temperatureC = 55 + 5 * random()
  return heater
}

/** Heat pump on a 150 L tank, 45–50 °C. Warm air makes it cheaper: it runs shorter, at about the same power. */
function heatPump(random: Random): Appliance {
  let running = false
  const pump = appliance(0.93, (state, { seconds, indoorC, outdoorC, time }) => {
    const litres = 150
    let water = state.temperatureC ?? 47
    water -= ((water - indoorC) * seconds) / 400_000
    if (isOpen(time) && random() < seconds / 600) water -= ((water - 15) * 4) / litres
    if (water < 45) running = true
    if (water > 50) running = false
    const electricW = 690 + 2 * Math.max(0, 20 - outdoorC)
    if (running && conducts(state)) water += (electricW * heatPumpCop(outdoorC) * seconds) / (litres * WATER)
    state.temperatureC = water
    return running ? electricW : 4
  })
  pump.state.temperatureC = 45 + 5 * random()
  return pump
}

/** COP at 50 °C water: about 3.6 in mild air, falling in cold. */
const heatPumpCop = (outdoorC: number) => Math.min(4.5, Math.max(2, 2.9 + 0.045 * outdoorC))

/** Fixed-speed air conditioner: the compressor runs a share of each quarter of an hour that grows with the distance to 24 °C. */
export function airConditioner(ratedW: number): Appliance {
  return appliance(0.92, (_state, { at, time, outdoorC }) => {
    if (!isOpen(time)) return 1.5
    const duty = Math.min(1, 0.12 + Math.abs(outdoorC - 24) * 0.055)
    const place = (at / 900_000) % 1
    return place < duty ? ratedW : 45
  })
}

/** On while the hall is open, `standbyW` otherwise. */
export const openingHoursLoad = (onW: number, standbyW: number, powerFactor: number): Appliance =>
  appliance(powerFactor, (_state, { time }) => (isOpen(time) ? onW : standbyW))

/** A load that wanders by ±`share` around its mean. */
export const steadyLoad = (
  meanW: number,
  powerFactor: number,
  wander: (at: number) => number,
  share = 0.05,
): Appliance => appliance(powerFactor, (_state, { at }) => meanW * (1 + share * wander(at)))

/** Television: picture brightness moves its power. */
const television = (wander: (at: number) => number): Appliance =>
  appliance(0.9, (_state, { at, time }) => (isOpen(time) ? 118 + 22 * wander(at) : 0.5))

export const APPLIANCE_MODELS = [
  'induction',
  'radiant',
  'kettle',
  'water-heater',
  'heat-pump',
  'air-conditioner',
  'lamp-incandescent',
  'lamp-led',
  'television',
  'water-dispenser',
  'terminal',
] as const
export type ApplianceModel = (typeof APPLIANCE_MODELS)[number]

export function createAppliance(model: ApplianceModel, random: Random, wander: (at: number) => number): Appliance {
  switch (model) {
    case 'induction':
      return inductionHob()
    case 'radiant':
      return radiantHob()
    case 'kettle':
      return kettle()
    case 'water-heater':
      return storageWaterHeater(random)
    case 'heat-pump':
      return heatPump(random)
    case 'air-conditioner':
      return airConditioner(1050)
    case 'lamp-incandescent':
      return openingHoursLoad(60, 0, 1)
    case 'lamp-led':
      return openingHoursLoad(6, 0, 0.9)
    case 'television':
      return television(wander)
    case 'water-dispenser':
      return thermostatLoad(420, 60, random)
    case 'terminal':
      return plainTerminal()
  }
}

/** A terminal that says nothing of itself: it prints for 8 of every 24 seconds, and waits in between. */
const plainTerminal = (): Appliance => appliance(0.94, (_state, { at }) => (Math.floor(at / 1000) % 24 < 8 ? 131 : 62))

/** A thermostat load that is on for `onS` seconds about every ten minutes. */
function thermostatLoad(onW: number, onS: number, random: Random): Appliance {
  let left = 0
  return appliance(1, (_state, { seconds }) => {
    left = Math.max(0, left - seconds)
    if (left === 0 && random() < seconds / 600) left = onS
    return left > 0 ? onW : 2
  })
}
