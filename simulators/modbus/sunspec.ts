import type { MeterState } from '../physics/electric.ts'
import { i16, type Point, type RegisterMap, text, u16, u32 } from './registers.ts'

/** What a SunSpec device sends for a value it does not have, by type; an accumulator it does not have is 0. */
const NONE = { i16: -0x8000, u32: 0xffff_ffff } as const
const BASE = 40_000
const COMMON = BASE + 2
const METER = COMMON + 68
const END = METER + 107

/**
 * The meter behind the roof's inverter as a SunSpec device: marker, common block, three-phase meter (model 203), end. Import is
 * positive, so it is negative while the sun shines.
 */
export const sunspecMeter = (meter: MeterState): RegisterMap => ({
  wordOrder: 'high-first',
  maxRegisters: 125,
  holding: {
    blocks: [[BASE, END + 1]],
    points: [
      u32(BASE, () => 0x5375_6e53),
      u16(COMMON, () => 1),
      u16(COMMON + 1, () => 66),
      text(COMMON + 2, 16, 'Hallwatt Simulators'),
      text(COMMON + 18, 16, 'SunSpec meter 203'),
      text(COMMON + 42, 8, '1.0'),
      text(COMMON + 50, 16, 'SIM-203-0001'),
      u16(COMMON + 66, () => 1),
      u16(METER, () => 203),
      u16(METER + 1, () => 105),
      ...meterPoints(meter),
      u16(END, () => 0xffff),
      u16(END + 1, () => 0),
    ],
  },
})

function meterPoints(meter: MeterState): Point[] {
  const at = (offset: number, raw: () => number) => i16(METER + offset, raw)
  const [a, b, c] = [0, 1, 2] as const
  const phases = [a, b, c]
  return [
    at(2, () => meter.i.reduce((sum, one) => sum + one, 0) * 100),
    ...phases.map((phase) => at(3 + phase, () => meter.i[phase] * 100)),
    at(6, () => -2),
    ...phases.map((phase) => at(8 + phase, () => meter.u[phase] * 10)),
    at(7, () => ((meter.u[a] + meter.u[b] + meter.u[c]) / 3) * 10),
    at(11, () => ((meter.u[a] + meter.u[b] + meter.u[c]) / 3) * Math.sqrt(3) * 10),
    ...phases.map((phase) => at(12 + phase, () => lineVoltage(meter.u, phase) * 10)),
    at(15, () => -1),
    at(16, () => meter.hz * 100),
    at(17, () => -2),
    at(18, () => meter.totalP),
    ...phases.map((phase) => at(19 + phase, () => meter.p[phase])),
    at(22, () => 0),
    ...[23, 24, 25, 26, 27, 28, 29, 30, 31, 32].map((offset) => at(offset, () => NONE.i16)),
    at(33, () => meter.totalPf * 1000),
    ...[34, 35, 36].map((offset) => at(offset, () => NONE.i16)),
    at(37, () => -1),
    u32(METER + 38, () => meter.exportKWh * 1000),
    u32(METER + 46, () => meter.importKWh * 1000),
    at(54, () => 0),
    at(71, () => NONE.i16),
    at(104, () => NONE.i16),
    u32(METER + 105, () => 0),
  ]
}

/** Between a phase and the next one, 120° apart. */
function lineVoltage(u: MeterState['u'], phase: 0 | 1 | 2): number {
  const one = u[phase]
  const other = u[((phase + 1) % 3) as 0 | 1 | 2]
  return Math.sqrt(one * one + other * other + one * other)
}
