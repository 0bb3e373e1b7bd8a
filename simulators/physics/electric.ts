/** One number per phase, L1 to L3. */
export type Phases = [number, number, number]
export type Phase = 0 | 1 | 2

export const PHASES: readonly Phase[] = [0, 1, 2]

export const sum = (phases: Readonly<Phases>) => phases[0] + phases[1] + phases[2]

/** What flows through one point: active power W and reactive power var by phase. Positive is towards the load. */
export interface Flow {
  readonly p: Phases
  readonly q: Phases
}

export interface Supply {
  /** Phase to neutral, V. */
  readonly u: Phases
  readonly hz: number
}

export const noFlow = (): Flow => ({ p: [0, 0, 0], q: [0, 0, 0] })

/** Adds a load of `powerW` at `powerFactor` (inductive), shared evenly over its phases. */
export function addLoad(flow: Flow, powerW: number, powerFactor: number, phases: readonly Phase[]): void {
  const part = powerW / phases.length
  // tan φ of the power factor; a generator's reactive power has the sign of a load's
  const reactive = Math.abs(part) * Math.sqrt(Math.max(0, 1 / powerFactor ** 2 - 1))
  for (const phase of phases) {
    flow.p[phase] += part
    flow.q[phase] += reactive
  }
}

export function addFlow(flow: Flow, other: Flow): void {
  for (const phase of PHASES) {
    flow.p[phase] += other.p[phase]
    flow.q[phase] += other.q[phase]
  }
}

export interface MeterState {
  /** W by phase, import positive. */
  p: Phases
  /** var by phase. */
  q: Phases
  /** VA by phase. */
  s: Phases
  u: Phases
  /** A by phase: S / U, always positive. */
  i: Phases
  /** By phase, 0–1; 1 without load. */
  pf: Phases
  hz: number
  totalP: number
  totalQ: number
  totalS: number
  totalPf: number
  /** kWh by the sum of the phases: while one phase exports what another imports, only the difference counts. */
  importKWh: number
  exportKWh: number
  importKWhByPhase: Phases
  exportKWhByPhase: Phases
  importKvarh: number
  exportKvarh: number
}

/** A meter that starts its life with `importKWh` on the register. */
export function createMeter(importKWh: number, exportKWh = 0) {
  const state: MeterState = {
    p: [0, 0, 0],
    q: [0, 0, 0],
    s: [0, 0, 0],
    u: [220, 220, 220],
    i: [0, 0, 0],
    pf: [1, 1, 1],
    hz: 50,
    totalP: 0,
    totalQ: 0,
    totalS: 0,
    totalPf: 1,
    importKWh,
    exportKWh,
    importKWhByPhase: [importKWh / 3, importKWh / 3, importKWh / 3],
    exportKWhByPhase: [exportKWh / 3, exportKWh / 3, exportKWh / 3],
    importKvarh: importKWh * 0.18,
    exportKvarh: 0,
  }
  return {
    state,
    step(flow: Flow, supply: Supply, seconds: number): void {
      const kilohours = seconds / 3_600_000
      for (const phase of PHASES) {
        const p = flow.p[phase]
        const q = flow.q[phase]
        const s = Math.hypot(p, q)
        state.p[phase] = p
        state.q[phase] = q
        state.s[phase] = s
        state.u[phase] = supply.u[phase]
        state.i[phase] = s / supply.u[phase]
        state.pf[phase] = s > 0 ? Math.abs(p) / s : 1
        if (p >= 0) state.importKWhByPhase[phase] += p * kilohours
        else state.exportKWhByPhase[phase] -= p * kilohours
      }
      state.hz = supply.hz
      state.totalP = sum(flow.p)
      state.totalQ = sum(flow.q)
      state.totalS = Math.hypot(state.totalP, state.totalQ)
      state.totalPf = state.totalS > 0 ? Math.abs(state.totalP) / state.totalS : 1
      if (state.totalP >= 0) state.importKWh += state.totalP * kilohours
      else state.exportKWh -= state.totalP * kilohours
      if (state.totalQ >= 0) state.importKvarh += state.totalQ * kilohours
      else state.exportKvarh -= state.totalQ * kilohours
    },
  }
}
