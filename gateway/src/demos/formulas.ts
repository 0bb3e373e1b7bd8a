import type { PowerSample } from '../tariff/tariff.ts'

/** What the demonstrations compute, as pure functions. Units stand in the names; a figure that cannot be had is undefined, never 0. */

/** Specific heat of water, kJ/(kg·K); one litre counts as one kilogram. */
const WATER_KJ = 4.186
const KJ_PER_KWH = 3600
/** A longer pause between two samples, and the energy of the run is not known. */
const LONGEST_GAP_MS = 3_000
/** From so many counts on the meter’s own register is the better figure. */
const ENOUGH_COUNTS = 100

export interface RunEnergy {
  readonly wh: number
  /** Where it comes from: integrated samples (积分值), or the difference of the meter’s register. */
  readonly by: 'integral' | 'register'
  /** False when samples were missing (数据不完整): the figure is shown, and said to be incomplete. */
  readonly complete: boolean
}

/** F1: energy of a run by trapezoids over the samples; by the register once it counted enough. */
export function runEnergy(
  samples: readonly PowerSample[],
  register?: { readonly differenceWh: number; readonly countWh: number },
): RunEnergy {
  let wh = 0
  let complete = samples.length > 1
  for (const [i, next] of samples.entries()) {
    const last = samples[i - 1]
    if (!last) continue
    const ms = next.at - last.at
    if (ms > LONGEST_GAP_MS || ms < 0) complete = false
    wh += (((last.watts + next.watts) / 2) * Math.max(0, ms)) / 3.6e6
  }
  if (register && register.differenceWh > ENOUGH_COUNTS * register.countWh)
    return { wh: register.differenceWh, by: 'register', complete: true }
  return { wh, by: 'integral', complete }
}

/** F3: kg of CO₂. */
export const co2Kg = (kWh: number, factorKgPerKWh: number): number => kWh * factorKgPerKWh

/** Heat that warms water, kWh. */
export const heatKWh = (waterKg: number, riseK: number): number => (WATER_KJ * waterKg * riseK) / KJ_PER_KWH

/** F4: share of the energy that arrived in the water, 0 to 1; undefined before any was used. */
export const efficiency = (waterKg: number, riseK: number, usedKWh: number): number | undefined =>
  usedKWh > 0 ? heatKWh(waterKg, riseK) / usedKWh : undefined

/** Heat that a stream of water carries away, kW. */
export const flowHeatKW = (flowLpm: number, riseK: number): number => (WATER_KJ * flowLpm * riseK) / 60

/** F5: heat out per electricity in; undefined while nothing is drawn. */
export const coefficientOfPerformance = (flowLpm: number, riseK: number, kW: number): number | undefined =>
  kW > 0 ? flowHeatKW(flowLpm, riseK) / kW : undefined

/** F6: what the better one saves of the other’s energy for the same job, 0 to 1; undefined when the other used nothing. */
export const saving = (betterWh: number, otherWh: number): number | undefined =>
  otherWh > 0 ? 1 - betterWh / otherWh : undefined

const mean = (samples: readonly PowerSample[]): number | undefined =>
  samples.length === 0 ? undefined : samples.reduce((sum, { watts }) => sum + watts, 0) / samples.length

/** F7: by how much the power rose when a load was switched at `at`: three seconds after it settled, less three seconds before. */
export function loadStepW(samples: readonly PowerSample[], at: number, settledAt: number): number | undefined {
  const before = mean(samples.filter((sample) => sample.at >= at - 3_000 && sample.at < at))
  const after = mean(samples.filter((sample) => sample.at >= settledAt && sample.at <= settledAt + 3_000))
  return before === undefined || after === undefined ? undefined : after - before
}

export interface Balance {
  /** Supply less loads, W: what no meter sees (未计量). */
  readonly restW: number
  /** The same as a share of the supply, 0 to 1. */
  readonly restShare: number
  /** Share of the loads that the roof covers, of all that is supplied, 0 to 1. */
  readonly pvShare: number
  /** False above 5 %: 数据核对中. */
  readonly agrees: boolean
}

/** F8: whether supply and loads of one instant agree. Import, generation and discharge are positive. */
export function balance(gridW: number, pvW: number, batteryW: number, loadsW: number): Balance | undefined {
  const supplyW = gridW + pvW + batteryW
  if (supplyW <= 0) return undefined
  const restW = supplyW - loadsW
  return {
    restW,
    restShare: restW / supplyW,
    pvShare: Math.min(pvW, loadsW) / supplyW,
    agrees: Math.abs(restW / supplyW) <= 0.05,
  }
}

/** F9: kWh in a year of something that draws so many watts all the time (8,760 hours). */
export const yearKWh = (watts: number): number => watts * 8.76

/** F10: error of a meter from its pulses against a reference, as a share: +0.007 is 0.7 % too much. */
export const meterError = (intervals: number, pulsesPerKWh: number, referenceWh: number): number | undefined =>
  referenceWh > 0 ? ((intervals / pulsesPerKWh) * 1000 - referenceWh) / referenceWh : undefined

/** Current of a load, A. */
export const currentA = (watts: number, volts: number, powerFactor: number): number => watts / (volts * powerFactor)

/** What is left of the line loss when the power factor is corrected, 0 to 1. */
export const lossLeft = (before: number, after: number): number => (before / after) ** 2
