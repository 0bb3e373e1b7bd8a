import type { MeterState } from '../physics/electric.ts'
import { bcd, digitPairs } from './codec.ts'

/** What a meter holds: data identifier as printed → its bytes now. */
export type Items = Readonly<Record<string, () => number[]>>

/** Where a meter of the standard takes its figures from. */
export interface MeterSource {
  readonly state: MeterState
  /** Twelve digits. */
  readonly address: string
  /** Unix ms of the meter's own clock. */
  readonly clockMs: () => number
}

/** 尖 峰 平 谷: how the energy of a meter falls on its tariffs. */
const TARIFFS = [0.08, 0.37, 0.35, 0.2]
const CHINA_OFFSET_MS = 8 * 3_600_000

const kWh = (value: number) => bcd(value, 4, 2)
const volt = (value: number) => bcd(value, 2, 1)
const ampere = (value: number) => bcd(value, 3, 3)
const kilo = (watts: number) => bcd(watts / 1000, 3, 4)
const factor = (value: number) => bcd(value, 2, 3)

/** Total and each tariff one after the other, as identifiers …00, …01 and the block …FF give them. */
function energies(identifier: string, total: () => number): Items {
  const all = () => [total(), ...TARIFFS.map((share) => total() * share)]
  const one = (index: number) => () => kWh(all()[index] ?? 0)
  return {
    ...Object.fromEntries([0, 1, 2, 3, 4].map((index) => [`${identifier}0${index}00`, one(index)])),
    [`${identifier}FF00`]: () => all().flatMap(kWh),
  }
}

/** Date with the day of the week, then the time, as the meter's clock shows them in China. */
const clock = (clockMs: () => number): Items => {
  const local = () => new Date(clockMs() + CHINA_OFFSET_MS)
  const two = (value: number) => String(value).padStart(2, '0')
  return {
    '04000101': () =>
      digitPairs(
        two(local().getUTCFullYear() % 100) +
          two(local().getUTCMonth() + 1) +
          two(local().getUTCDate()) +
          two(local().getUTCDay()),
      ),
    '04000102': () =>
      digitPairs(two(local().getUTCHours()) + two(local().getUTCMinutes()) + two(local().getUTCSeconds())),
  }
}

const common = ({ state, address, clockMs }: MeterSource): Items => ({
  ...energies('0001', () => state.importKWh),
  ...clock(clockMs),
  '00020000': () => kWh(state.exportKWh),
  '00000000': () => kWh(state.importKWh + state.exportKWh),
  '02800002': () => bcd(state.hz, 2, 2),
  '04000402': () => digitPairs(address),
  '04000501': () => [0, 0],
})

/** A single-phase meter: phase A alone, and no block but that of the energies. */
export const singlePhaseItems = (source: MeterSource, phase: 0 | 1 | 2): Items => {
  const { state } = source
  return {
    ...common(source),
    '02010100': () => volt(state.u[phase]),
    '02020100': () => ampere(state.i[phase]),
    '02030000': () => kilo(state.p[phase]),
    '02030100': () => kilo(state.p[phase]),
    '02060000': () => factor(state.pf[phase]),
    '02800001': () => ampere(state.i[phase]),
  }
}

/** A three-phase meter with its blocks. */
export const threePhaseItems = (source: MeterSource): Items => {
  const { state } = source
  const phases = [0, 1, 2] as const
  const perPhase = (group: string, take: (phase: 0 | 1 | 2) => number[]): Items => ({
    ...Object.fromEntries(phases.map((phase) => [`${group}0${phase + 1}00`, () => take(phase)])),
  })
  const withTotal = (group: string, total: () => number[], take: (phase: 0 | 1 | 2) => number[]): Items => ({
    ...perPhase(group, take),
    [`${group}0000`]: total,
    [`${group}FF00`]: () => [...total(), ...phases.flatMap(take)],
  })
  const voltage = (phase: 0 | 1 | 2) => volt(state.u[phase])
  const current = (phase: 0 | 1 | 2) => ampere(state.i[phase])
  return {
    ...common(source),
    ...energies('0002', () => state.exportKWh),
    ...perPhase('0201', voltage),
    '0201FF00': () => phases.flatMap(voltage),
    ...perPhase('0202', current),
    '0202FF00': () => phases.flatMap(current),
    ...withTotal(
      '0203',
      () => kilo(state.totalP),
      (phase) => kilo(state.p[phase]),
    ),
    ...withTotal(
      '0204',
      () => kilo(state.totalQ),
      (phase) => kilo(state.q[phase]),
    ),
    ...withTotal(
      '0206',
      () => factor(state.totalPf),
      (phase) => factor(state.pf[phase]),
    ),
    '02050000': () => kilo(state.totalS),
    '00050000': () => kWh(state.importKvarh),
    '00060000': () => kWh(0),
    '00070000': () => kWh(0),
    '00080000': () => kWh(state.exportKvarh),
    '02800004': () => kilo(state.totalP),
    '01010000': () => [...kilo(Math.max(0, state.totalP)), 0, 0, 9, 1, 0x26],
    '04000504': () => [0, 0],
    '04000505': () => [0, 0],
    '04000506': () => [0, 0],
    '04000507': () => [0, 0],
  }
}
