import type { MeterState } from '../physics/electric.ts'
import { lineVoltages } from './eastron.ts'
import {
  type Bank,
  exactBank,
  f32,
  i16,
  i32,
  i64,
  type RegisterMap,
  text,
  threePhases,
  u16,
  u32,
  u64,
} from './registers.ts'

/** Schneider iEM3155: printed number − 1 on the wire; power in kW as float, energy in Wh as 64-bit integer; holes refused. */
export const iem3155 = (m: MeterState): RegisterMap => ({
  wordOrder: 'high-first',
  maxRegisters: 125,
  holding: exactBank([
    ...threePhases(f32, 0x0bb7, 2, () => m.i),
    f32(0x0bc1, () => (m.i[0] + m.i[1] + m.i[2]) / 3),
    ...threePhases(f32, 0x0bd3, 2, () => m.u),
    f32(0x0bdb, () => (m.u[0] + m.u[1] + m.u[2]) / 3),
    ...threePhases(f32, 0x0bed, 2, () => m.p, 1000),
    f32(0x0bf3, () => m.totalP / 1000),
    f32(0x0bfb, () => m.totalQ / 1000),
    f32(0x0c03, () => m.totalS / 1000),
    f32(0x0c25, () => m.hz),
    i64(0x0c83, () => m.importKWh * 1000),
    i64(0x0c87, () => m.exportKWh * 1000),
    i64(0x0c93, () => m.importKvarh * 1000),
    i64(0x0c97, () => m.exportKvarh * 1000),
    ...threePhases(i64, 0x0dbd, 4, () => m.importKWhByPhase, 0.001),
  ]),
})

/** Carlo Gavazzi EM340: 32-bit values low word first, 50 registers a request, function codes 3 and 4. */
export const em340 = (m: MeterState): RegisterMap => {
  const bank: Bank = {
    blocks: [[0x0000, 0x0051]],
    points: [
      ...threePhases(i32, 0x0000, 2, () => m.u, 0.1),
      ...threePhases(i32, 0x0006, 2, () => lineVoltages(m), 0.1),
      ...threePhases(i32, 0x000c, 2, () => m.i, 0.001),
      ...threePhases(i32, 0x0012, 2, () => m.p, 0.1),
      ...threePhases(i32, 0x0018, 2, () => m.s, 0.1),
      ...threePhases(i32, 0x001e, 2, () => m.q, 0.1),
      i32(0x0024, () => (m.u[0] + m.u[1] + m.u[2]) / 3 / 0.1),
      i32(0x0028, () => m.totalP / 0.1),
      i32(0x002a, () => m.totalS / 0.1),
      i32(0x002c, () => m.totalQ / 0.1),
      ...threePhases(i16, 0x002e, 1, () => m.pf, 0.001),
      i16(0x0031, () => m.totalPf / 0.001),
      i16(0x0032, () => 0),
      u16(0x0033, () => m.hz / 0.1),
      i32(0x0034, () => m.importKWh / 0.1),
      i32(0x0036, () => m.importKvarh / 0.1),
      i32(0x0038, () => m.totalP / 0.1),
      ...threePhases(i32, 0x0040, 2, () => m.importKWhByPhase, 0.1),
      i32(0x004e, () => m.exportKWh / 0.1),
      i32(0x0050, () => m.exportKvarh / 0.1),
    ],
  }
  return { wordOrder: 'low-first', maxRegisters: 50, holding: bank, input: bank }
}

/** ABB B23 in the Steel variant: what was not ordered (export, phases) reads as the not-available pattern. */
export const b23 = (m: MeterState): RegisterMap => ({
  wordOrder: 'high-first',
  maxRegisters: 125,
  holding: {
    blocks: [
      [0x5000, 0x5007],
      [0x5460, 0x5477],
      [0x5b00, 0x5b3d],
      [0x8900, 0x8901],
      [0x8908, 0x890f],
      [0x8960, 0x8961],
    ],
    points: [
      u64(0x5000, () => m.importKWh / 0.01),
      u64(0x5004, () => undefined),
      ...[0, 1, 2, 3, 4, 5].map((n) => u64(0x5460 + 4 * n, () => undefined)),
      ...threePhases(u32, 0x5b00, 2, () => m.u, 0.1),
      ...threePhases(u32, 0x5b0c, 2, () => m.i, 0.01),
      i32(0x5b14, () => m.totalP / 0.01),
      ...threePhases(i32, 0x5b16, 2, () => m.p, 0.01),
      u16(0x5b2c, () => m.hz / 0.01),
      i16(0x5b3a, () => m.totalPf / 0.001),
      ...threePhases(i16, 0x5b3b, 1, () => m.pf, 0.001),
      u32(0x8900, () => 230_771),
      text(0x8908, 8, 'B23 1.10.0'),
      text(0x8960, 2, 'B23 '),
    ],
  },
})
