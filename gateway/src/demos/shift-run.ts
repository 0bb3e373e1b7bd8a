import type { Run } from './run.ts'

/**
 * The clock was set by so much while a run was under way: all its instants move with it, so that whatever lasts goes on lasting as long
 * as it should. Without it a run that is leaving would wait for an hour that comes twice.
 */
export function shiftRun(run: Run, byMs: number): Run {
  const { at, startedAt, endedAt, stepAt, pausedAt, leavingAt, heardAt, loads, marks, during, tripped } = run
  return {
    ...run,
    at: at + byMs,
    ...(startedAt !== undefined && { startedAt: startedAt + byMs }),
    ...(endedAt !== undefined && { endedAt: endedAt + byMs }),
    stepAt: stepAt + byMs,
    ...(pausedAt !== undefined && { pausedAt: pausedAt + byMs }),
    ...(leavingAt !== undefined && { leavingAt: leavingAt + byMs }),
    heardAt: heardAt + byMs,
    loads: mapped(loads, (load) => ({ ...load, since: load.since + byMs })),
    marks: mapped(marks, (mark) => mark + byMs),
    during: mapped(during, (since) => since + byMs),
    tripped: mapped(tripped, (since) => since + byMs),
  }
}

const mapped = <T>(of: Readonly<Record<string, T>>, each: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, each(value)]))
