import { type ApplianceState, conducts, switchAppliance } from '../physics/appliances.ts'
import type { ChargerState } from '../physics/charger.ts'
import { createMeter, type MeterState, noFlow, type Phases } from '../physics/electric.ts'

/** What a sensor says; null: the sensor is out. */
export type Value = number | boolean | string | null
export type Values = Readonly<Record<string, Value>>

/** One device of the experience zone as physics sees it. */
export interface Thing {
  /** Everything it measures at this instant, by the name of its quantity. */
  readonly values: () => Values
  /** Its relay and what hangs on it. */
  readonly appliance?: ApplianceState
  /** What a Modbus meter in its place would measure. */
  readonly meter?: MeterState
  readonly charger?: ChargerState
  /** How often it reports, ms. */
  readonly periodMs?: number
  /** What happened at an instant since it was asked last: pulses, buttons. Unix ms, oldest first. */
  readonly events?: () => readonly { readonly at: number; readonly values: Values }[]
  /** Told to do something besides switching; false: it does not know how. */
  readonly command?: (name: string, value: number) => boolean
  /** Safety inputs, for faults. */
  readonly inputs?: SafetyInputs
}

/** What the safety panel reads. */
export interface SafetyInputs {
  emergencyStopPressed: boolean
  /** The contactor does not close, whatever the emergency stop says. */
  contactorStuckOpen: boolean
  rcdTripped: boolean
  breakerTripped: boolean
  smokeDetected: boolean
  gasDetected: boolean
  waterDetected: boolean
}

/** Things that belong together: what one does, the others feel. */
export interface Stand {
  readonly things: Readonly<Record<string, Thing>>
  /** Brings it to `at` (Unix ms), `seconds` later than before. */
  readonly step: (at: number, seconds: number) => void
  /** What visitors and guides do with their hands. */
  readonly happenings?: Readonly<Record<string, Happening>>
}

export interface Happening {
  readonly zh: string
  readonly en: string
  /** `n`: the number a person gave (unplug 3, tilt 45), if any. */
  readonly do: (n?: number) => void
}

/** What all stands share. */
export interface Zone {
  /** The demo contactor: without it nothing on a stand has power. */
  readonly mains: { live: boolean }
  /** Smooth wandering of ±1, of its own for every name. */
  readonly noise: (name: string) => (at: number) => number
}

/** A relay that is off, with nothing drawn yet. */
export function applianceOff(zone: Zone, powerFactor = 1): ApplianceState {
  return { powerW: 0, powerFactor, switchedOn: false, energyKWh: 0, mains: zone.mains }
}

/** Draws what it is told while it conducts; its meter wanders by a thousandth, as real ones do. */
export function draw(state: ApplianceState, watts: number, seconds: number): void {
  state.powerW = conducts(state) ? watts : 0
  state.energyKWh += (state.powerW * seconds) / 3_600_000
}

/** What a metering relay says of its load. */
export function relayValues(state: ApplianceState, volts: number): Record<string, Value> {
  const powerFactor = state.powerW > 0 ? state.powerFactor : 1
  return {
    switchedOn: state.switchedOn,
    activePower: rounded(state.powerW, 2),
    voltageL1: rounded(volts, 2),
    currentL1: rounded(state.powerW / (volts * powerFactor), 4),
    powerFactor: rounded(powerFactor, 3),
    activeEnergyImport: rounded(state.energyKWh, 6),
  }
}

export const rounded = (value: number, digits: number) => Number(value.toFixed(digits))

/** A thing that draws power, and is stepped by its stand. */
export type Load = Thing & { readonly appliance: ApplianceState; readonly step: (at: number, seconds: number) => void }

/** A plain load behind a relay: so many watts while it is on. */
export function plainLoad(
  zone: Zone,
  options: { name: string; watts: number; powerFactor?: number; volts?: number; switchedOn?: boolean },
): Load {
  const { watts, volts = 220 } = options
  const state = applianceOff(zone, options.powerFactor)
  if (options.switchedOn) switchAppliance(state, true)
  const wander = zone.noise(options.name)
  return {
    appliance: state,
    values: () => relayValues(state, volts),
    step: (at, seconds) => draw(state, watts * (1 + 0.001 * wander(at)), seconds),
  }
}

/** First-order approach: how far a quantity with this time constant gets in `seconds`. */
export const towards = (now: number, goal: number, seconds: number, timeConstantS: number): number =>
  now + (goal - now) * (1 - Math.exp(-seconds / timeConstantS))

/** A single-phase meter over some loads, with a register that starts at `kWh`. */
export function meterOver(
  loads: () => readonly { readonly powerW: number; readonly reactiveVar: number }[],
  options: { volts: number; kWh: number },
): Thing & { readonly meter: MeterState; readonly step: (at: number, seconds: number) => void } {
  const meter = createMeter(options.kWh)
  const supply = { u: [options.volts, options.volts, options.volts] as Phases, hz: 50 }
  return {
    meter: meter.state,
    values: () => {
      const { totalP, totalQ, totalS, totalPf, i, importKWh } = meter.state
      return {
        activePower: rounded(totalP, 2),
        reactivePower: rounded(totalQ, 2),
        apparentPower: rounded(totalS, 2),
        powerFactor: rounded(totalPf, 4),
        voltageL1: options.volts,
        currentL1: rounded(i[0], 4),
        frequency: 50,
        activeEnergyImport: rounded(importKWh, 4),
      }
    },
    step(_at, seconds) {
      const flow = noFlow()
      for (const { powerW, reactiveVar } of loads()) {
        flow.p[0] += powerW
        flow.q[0] += reactiveVar
      }
      meter.step(flow, supply, seconds)
    },
  }
}

/** What a load takes from its meter, reactive power from its power factor. */
export const taken = ({ appliance: { powerW, powerFactor } }: Load) => ({
  powerW,
  reactiveVar: powerW * Math.sqrt(1 / powerFactor ** 2 - 1),
})
