import { limitCharger } from '../physics/charger.ts'
import { chargerWatchdog } from './charger-watchdog.ts'
import { type ChargerSource, currents, numberRegister } from './chargers.ts'
import { exactBank, f32, type RegisterMap, text, threePhases, u16, u32 } from './registers.ts'

/** Chargers whose limit holds only for a while after it was written, whatever else is asked of them meanwhile. */

const SAFE_A = 6
const exactly = (fallbackA: number) => fallbackA

/** The float that was written, from the bits of its two registers. */
const floatOf = (bits: number): number => {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, bits)
  return view.getFloat32(0)
}

/** Alfen Eve, one socket: only the limit itself feeds its watchdog, whose time and safe current were set up in it. */
export const alfenEve = (source: ChargerSource, lastsS = 60): RegisterMap => {
  const c = source.charger
  const watchdog = chargerWatchdog(c, { timeoutS: lastsS, fallbackA: SAFE_A }, exactly)
  let setA = c.limitA
  return {
    writable: {
      1210: {
        words: 2,
        set(bits) {
          const amperes = floatOf(bits)
          if (amperes !== 0 && !(amperes >= 6 && amperes <= 32)) return false
          setA = amperes
          limitCharger(c, amperes)
          watchdog.feed()
          return true
        },
      },
    },
    wordOrder: 'high-first',
    maxRegisters: 125,
    holding: {
      blocks: [
        [300, 425],
        [1200, 1215],
      ],
      points: [
        ...threePhases(f32, 306, 2, () => source.u),
        ...threePhases(f32, 320, 2, () => currents(source)),
        f32(336, () => 50),
        f32(344, () => c.powerW),
        u16(1200, () => (c.state === 'F' ? 0 : 1)),
        // Paused, a car that wants to charge waits in B2.
        { ...text(1201, 5, ''), raw: () => ({ A: 'A', B: 'B2', C: 'C2', F: 'F' })[c.state] },
        f32(1206, () => c.limitA),
        u32(1208, () => lastsS),
        f32(1210, () => setA),
        f32(1212, () => SAFE_A),
        u16(1215, () => source.phases.length),
      ],
    },
  }
}

/** Webasto Next: its limit holds while the alive register is written again and again. */
export const webastoNext = (source: ChargerSource, lastsS = 60): RegisterMap => {
  const c = source.charger
  const watchdog = chargerWatchdog(c, { timeoutS: lastsS, fallbackA: SAFE_A }, exactly)
  return {
    writable: {
      2000: numberRegister(6, 32, (amperes) => {
        watchdog.state.fallbackA = amperes
      }),
      2002: numberRegister(1, 600, (seconds) => {
        watchdog.state.timeoutS = seconds
      }),
      5004: numberRegister(6, 32, (amperes) => limitCharger(c, amperes)),
      6000: numberRegister(1, 1, watchdog.feed),
    },
    wordOrder: 'high-first',
    maxRegisters: 125,
    holding: exactBank([
      u16(1000, () => ({ A: 0, B: 4, C: 3, F: 7 })[c.state]),
      u16(1004, () => (c.state === 'A' ? 0 : 3)),
      u16(1006, () => 0),
      ...threePhases(u16, 1008, 2, () => currents(source), 0.001),
      u32(1020, () => c.powerW),
      ...threePhases(u32, 1024, 4, () => currents(source)),
      u32(1036, () => c.totalWh),
      u16(1100, () => 32),
      u16(1104, () => 32),
      u16(1502, () => c.sessionWh),
      u16(2000, () => watchdog.state.fallbackA),
      u16(2002, () => watchdog.state.timeoutS),
      u16(5004, () => c.limitA),
    ]),
  }
}
