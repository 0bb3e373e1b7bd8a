import type { MeterState } from '../physics/electric.ts'
import { lineVoltages } from './eastron.ts'
import { f32, i16, i32, type RegisterMap, threePhases, u16, u32 } from './registers.ts'

/** How a day's energy falls on 尖 峰 平 谷 in this meter's tariff table. */
const TARIFF = { sharp: 0.08, peak: 0.37, flat: 0.35, valley: 0.2 }

/** Acrel ADL400: secondary-side integers at 0x0000 and the same quantities on the primary side as floats at 0x0800. CT and VT ratio 1. */
export const adl400 = (m: MeterState): RegisterMap => {
  const total = () => m.importKWh + m.exportKWh
  const fourTariffs = (address: number, kWh: () => number, scale: number) => [
    u32(address, () => kWh() / scale),
    u32(address + 2, () => (kWh() * TARIFF.sharp) / scale),
    u32(address + 4, () => (kWh() * TARIFF.peak) / scale),
    u32(address + 6, () => (kWh() * TARIFF.flat) / scale),
    u32(address + 8, () => (kWh() * TARIFF.valley) / scale),
  ]
  return {
    wordOrder: 'high-first',
    maxRegisters: 125,
    holding: {
      // 0x0089 is known from one source only: this one refuses it, which a gateway has to live with.
      blocks: [
        [0x0000, 0x003b],
        [0x0061, 0x0088],
        [0x008d, 0x008e],
        [0x0164, 0x017f],
        [0x0800, 0x0835],
        [0x0842, 0x085f],
      ],
      points: [
        ...fourTariffs(0x0000, total, 0.01),
        ...fourTariffs(0x000a, () => m.importKWh, 0.01),
        u32(0x0014, () => m.exportKWh / 0.01),
        u32(0x001e, () => (m.importKvarh + m.exportKvarh) / 0.01),
        u32(0x0028, () => m.importKvarh / 0.01),
        u32(0x0032, () => m.exportKvarh / 0.01),
        ...threePhases(u16, 0x0061, 1, () => m.u, 0.1),
        ...threePhases(u16, 0x0064, 1, () => m.i, 0.01),
        u16(0x0077, () => m.hz / 0.01),
        ...threePhases(u16, 0x0078, 1, () => lineVoltages(m), 0.1),
        u16(0x008d, () => 1),
        u16(0x008e, () => 1),
        ...threePhases(i32, 0x0164, 2, () => m.p),
        i32(0x016a, () => m.totalP),
        i32(0x0172, () => m.totalQ),
        i32(0x017a, () => m.totalS),
        i16(0x017f, () => m.totalPf / 0.001),
        ...threePhases(f32, 0x0800, 2, () => m.u),
        ...threePhases(f32, 0x080c, 2, () => m.i),
        ...threePhases(f32, 0x0814, 2, () => m.p, 1000),
        f32(0x081a, () => m.totalP / 1000),
        f32(0x0822, () => m.totalQ / 1000),
        f32(0x082a, () => m.totalS / 1000),
        f32(0x0832, () => m.totalPf),
        f32(0x0834, () => m.hz),
        ...fourTariffs(0x0842, total, 0.1),
        ...fourTariffs(0x084c, () => m.importKWh, 0.1),
        ...fourTariffs(0x0856, () => m.exportKWh, 0.1),
      ],
    },
  }
}
