import type { MeterState } from '../physics/electric.ts'
import { f32, type Point, type RegisterMap, threePhases, u16, u32 } from './registers.ts'

const average = (v: readonly [number, number, number]) => (v[0] + v[1] + v[2]) / 3
const degrees = (pf: number) => (Math.acos(Math.min(1, pf)) * 180) / Math.PI

const identity = (serial: number, code: number): Point[] => [u32(0xfc00, () => serial), u16(0xfc02, () => code)]
const IDENTITY_BLOCK = [0xfc00, 0xfc03] as const

/** Eastron SDM630-Modbus: floats in input registers, 80 registers a request, even addresses and counts only. */
export const sdm630 = (m: MeterState): RegisterMap => ({
  wordOrder: 'high-first',
  maxRegisters: 80,
  evenOnly: true,
  input: {
    blocks: [
      [0x0000, 0x006b],
      [0x00c8, 0x010d],
      [0x014e, 0x017d],
    ],
    points: [
      ...threePhases(f32, 0x0000, 2, () => m.u),
      ...threePhases(f32, 0x0006, 2, () => m.i),
      ...threePhases(f32, 0x000c, 2, () => m.p),
      ...threePhases(f32, 0x0012, 2, () => m.s),
      ...threePhases(f32, 0x0018, 2, () => m.q),
      ...threePhases(f32, 0x001e, 2, () => m.pf),
      ...threePhases(f32, 0x0024, 2, () => [degrees(m.pf[0]), degrees(m.pf[1]), degrees(m.pf[2])]),
      f32(0x002a, () => average(m.u)),
      f32(0x002e, () => average(m.i)),
      f32(0x0030, () => m.i[0] + m.i[1] + m.i[2]),
      f32(0x0034, () => m.totalP),
      f32(0x0038, () => m.totalS),
      f32(0x003c, () => m.totalQ),
      f32(0x003e, () => m.totalPf),
      f32(0x0042, () => degrees(m.totalPf)),
      f32(0x0046, () => m.hz),
      f32(0x0048, () => m.importKWh),
      f32(0x004a, () => m.exportKWh),
      f32(0x004c, () => m.importKvarh),
      f32(0x004e, () => m.exportKvarh),
      f32(0x0050, () => Math.hypot(m.importKWh + m.exportKWh, m.importKvarh)),
      ...threePhases(f32, 0x00c8, 2, () => lineVoltages(m)),
      f32(0x00ce, () => average(lineVoltages(m))),
      f32(0x0156, () => m.importKWh + m.exportKWh),
      f32(0x0158, () => m.importKvarh + m.exportKvarh),
      ...threePhases(f32, 0x015a, 2, () => m.importKWhByPhase),
      ...threePhases(f32, 0x0160, 2, () => m.exportKWhByPhase),
    ],
  },
  holding: { points: identity(63_001_207, 0x0070), blocks: [IDENTITY_BLOCK] },
})

/** Eastron SDM120: the same numbers as the SDM630 for its one phase. `phase` says which phase of the hall it sits on. */
export const sdm120 = (m: MeterState, phase: 0 | 1 | 2): RegisterMap => ({
  wordOrder: 'high-first',
  maxRegisters: 80,
  evenOnly: true,
  input: {
    blocks: [
      [0x0000, 0x005f],
      [0x0102, 0x0109],
      [0x0156, 0x0159],
    ],
    points: [
      f32(0x0000, () => m.u[phase]),
      f32(0x0006, () => m.i[phase]),
      f32(0x000c, () => m.p[phase]),
      f32(0x0012, () => m.s[phase]),
      f32(0x0018, () => m.q[phase]),
      f32(0x001e, () => m.pf[phase]),
      f32(0x0046, () => m.hz),
      f32(0x0048, () => m.importKWh),
      f32(0x004a, () => m.exportKWh),
      f32(0x004c, () => m.importKvarh),
      f32(0x004e, () => m.exportKvarh),
      f32(0x0156, () => m.importKWh + m.exportKWh),
      f32(0x0158, () => m.importKvarh + m.exportKvarh),
    ],
  },
  holding: { points: identity(12_004_511, 0x0020), blocks: [IDENTITY_BLOCK] },
})

/** Phase to phase, 120° apart. */
export function lineVoltages({ u }: MeterState): [number, number, number] {
  const between = (a: number, b: number) => Math.sqrt(a * a + b * b + a * b)
  return [between(u[0], u[1]), between(u[1], u[2]), between(u[2], u[0])]
}
