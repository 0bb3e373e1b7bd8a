import type { MeterState } from '../physics/electric.ts'
import { lineVoltages } from './eastron.ts'
import { type Bank, f32, type Point, type RegisterMap, threePhases, u16 } from './registers.ts'

/** CHINT DTSU666: floats that hold scaled numbers (230 V is 2300.0). Where energy lies differs by edition of the meter. */
export const dtsu666 = (m: MeterState, edition: 'energy-101e' | 'energy-401e'): RegisterMap => {
  const newer = edition === 'energy-101e'
  const energy: Point[] = newer
    ? [
        f32(0x101e, () => m.importKWh),
        ...threePhases(f32, 0x1020, 2, () => m.importKWhByPhase),
        f32(0x1028, () => m.exportKWh),
        ...threePhases(f32, 0x102a, 2, () => m.exportKWhByPhase),
      ]
    : [f32(0x401e, () => m.importKWh), f32(0x4028, () => m.exportKWh)]
  return {
    wordOrder: 'high-first',
    maxRegisters: 70,
    holding: {
      blocks: [[0x0000, 0x0007], [0x2000, 0x2051], newer ? [0x101e, 0x102f] : [0x401e, 0x4051]],
      points: [
        u16(0x0006, () => 1),
        u16(0x0007, () => 10),
        ...threePhases(f32, 0x2000, 2, () => lineVoltages(m), 0.1),
        ...threePhases(f32, 0x2006, 2, () => m.u, 0.1),
        ...threePhases(f32, 0x200c, 2, () => m.i, 0.001),
        f32(0x2012, () => m.totalP / 0.1),
        ...threePhases(f32, 0x2014, 2, () => m.p, 0.1),
        f32(0x201a, () => m.totalQ / 0.1),
        ...threePhases(f32, 0x201c, 2, () => m.q, 0.1),
        f32(0x202a, () => m.totalPf / 0.001),
        ...threePhases(f32, 0x202c, 2, () => m.pf, 0.001),
        f32(0x2044, () => m.hz / 0.01),
        f32(0x2050, () => m.totalP / 0.1),
        ...energy,
      ],
    },
  }
}

/** 尖 峰 平 谷 of the tariff versions: how a day's energy falls on them. */
const TARIFF_SHARES = [0.08, 0.37, 0.35, 0.2]

/** CHINT DDSU666 in a tariff version, one phase: floats in plain units, only power is in kW. Answers function codes 3 and 4 alike. */
export const ddsu666 = (m: MeterState, phase: 0 | 1 | 2): RegisterMap => {
  const bank: Bank = {
    blocks: [
      [0x2000, 0x200f],
      [0x4000, 0x400b],
    ],
    points: [
      f32(0x2000, () => m.u[phase]),
      f32(0x2002, () => m.i[phase]),
      f32(0x2004, () => m.p[phase] / 1000),
      f32(0x2006, () => m.q[phase] / 1000),
      f32(0x2008, () => m.s[phase] / 1000),
      f32(0x200a, () => m.pf[phase]),
      f32(0x200e, () => m.hz),
      f32(0x4000, () => m.importKWh),
      ...TARIFF_SHARES.map((share, index) => f32(0x4002 + 2 * index, () => m.importKWh * share)),
      f32(0x400a, () => m.exportKWh),
    ],
  }
  return { wordOrder: 'high-first', maxRegisters: 24, holding: bank, input: bank }
}
