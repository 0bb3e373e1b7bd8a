import { type ChargerState, limitCharger } from '../physics/charger.ts'
import type { Phases } from '../physics/electric.ts'
import { chargerWatchdog } from './charger-watchdog.ts'
import { exactBank, type RegisterMap, threePhases, u16, u32, type WritablePoint } from './registers.ts'

export interface ChargerSource {
  readonly charger: ChargerState
  readonly phases: readonly number[]
  readonly u: Phases
}

export const currents = ({ charger, phases }: ChargerSource): Phases => [
  phases.includes(0) ? charger.currentA : 0,
  phases.includes(1) ? charger.currentA : 0,
  phases.includes(2) ? charger.currentA : 0,
]

/** 0 pauses; else 6 A and above. Milliamperes. */
const currentRegister = (words: number, mostA: number, set: (amperes: number) => void): WritablePoint => ({
  words,
  set(raw) {
    if (raw !== 0 && (raw < 6000 || raw > mostA * 1000)) return false
    set(raw / 1000)
    return true
  },
})

/** 0, or between these. */
export const numberRegister = (least: number, most: number, set: (raw: number) => void): WritablePoint => ({
  words: 1,
  set(raw) {
    if (raw !== 0 && (raw < least || raw > most)) return false
    set(raw)
    return true
  },
})

/** KEBA P30 c-series: 32-bit values, one per request, mA and mW and tenths of a Wh. */
export const kebaP30 = (source: ChargerSource): RegisterMap => {
  const c = source.charger
  const hardwareA = 16
  const watchdog = chargerWatchdog(c, { timeoutS: 0, fallbackA: 0 })
  return {
    heard: watchdog.feed,
    writable: {
      5004: currentRegister(1, 32, (amperes) => limitCharger(c, Math.min(amperes, hardwareA))),
      5016: currentRegister(1, 32, (amperes) => {
        watchdog.state.fallbackA = amperes
      }),
      5018: numberRegister(5, 600, (seconds) => {
        watchdog.state.timeoutS = seconds
      }),
    },
    wordOrder: 'high-first',
    maxRegisters: 2,
    oneValuePerRequest: true,
    holding: exactBank([
      u32(1000, () => ({ A: 2, B: 5, C: 3, F: 4 })[c.state]),
      u32(1004, () => (c.state === 'A' ? 1 : 7)),
      u32(1006, () => (c.state === 'F' ? 0x10027 : 0)),
      ...threePhases(u32, 1008, 2, () => currents(source), 0.001),
      u32(1014, () => 17_619_333),
      u32(1016, () => 311_211),
      u32(1018, () => 31_042),
      u32(1020, () => c.powerW / 0.001),
      u32(1036, () => c.totalWh / 0.1),
      ...threePhases(u32, 1040, 2, () => source.u),
      u32(1046, () => (c.powerW > 0 ? 990 : 1000)),
      u32(1100, () => c.limitA * 1000),
      u32(1110, () => hardwareA * 1000),
      u32(1500, () => 0),
      u32(1502, () => c.sessionWh / 0.1),
      u32(1550, () => 0),
      u32(1552, () => (source.phases.length === 3 ? 1 : 0)),
      u32(1600, () => watchdog.state.fallbackA * 1000),
      u32(1602, () => watchdog.state.timeoutS),
    ]),
  }
}

/** The session would stop on loss; left out here as long as nobody has asked for a fallback. */
const NO_FALLBACK = 255

/** ABB Terra AC: one block from 0x4000; the state sits in the second byte from the right of its 32 bits. Session energy only. */
export const terraAc = (source: ChargerSource): RegisterMap => {
  const c = source.charger
  const userA = 32
  const watchdog = chargerWatchdog(c, { timeoutS: 60, fallbackA: NO_FALLBACK })
  return {
    heard: () => {
      if (watchdog.state.fallbackA !== NO_FALLBACK) watchdog.feed()
    },
    writable: {
      16640: currentRegister(2, userA, (amperes) => limitCharger(c, amperes)),
      16646: numberRegister(10, 65_535, (seconds) => {
        watchdog.state.timeoutS = seconds
      }),
      16649: numberRegister(6, NO_FALLBACK, (amperes) => {
        watchdog.state.fallbackA = amperes
      }),
    },
    wordOrder: 'high-first',
    maxRegisters: 125,
    holding: {
      blocks: [[0x4000, 0x4024]],
      points: [
        u32(0x4000, () => 0x47070101),
        u32(0x4002, () => 0x2a260512),
        u32(0x4004, () => 0x01060500),
        u32(0x4006, () => 32_000),
        u32(0x4008, () => (c.state === 'F' ? 0x04 : 0)),
        u32(0x400a, () => (c.state === 'A' ? 1 : 273)),
        u32(0x400c, () => ({ A: 0, B: 2, C: 4, F: 5 })[c.state] << 8),
        u32(0x400e, () => c.limitA * 1000),
        ...threePhases(u32, 0x4010, 2, () => currents(source), 0.001),
        ...threePhases(u32, 0x4016, 2, () => source.u, 0.1),
        u32(0x401c, () => c.powerW),
        u32(0x401e, () => c.sessionWh),
        u16(0x4020, () => watchdog.state.timeoutS),
        u32(0x4022, () => c.limitA * 1000),
        u16(0x4024, () => watchdog.state.fallbackA),
      ],
    },
  }
}
