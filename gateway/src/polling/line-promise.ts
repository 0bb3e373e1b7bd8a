import type { DevicePlan } from './plan-text.ts'

/** So much of a line is planned: the rest is for devices that do not answer, repeats, people and commands. */
const PLANNED_SHARE = 0.8

/** Share of a line's time that its devices take, each rate class at its own period. Above 1 it cannot be. */
export function lineShare(plans: readonly DevicePlan[]): number {
  return sumOf(plans, ({ rate, cycleMs, periodMs }) => (rate === 'once' ? 0 : cycleMs / periodMs))
}

/**
 * The period a line promises its devices: at which everything but the slow values, which keep theirs, takes what is planned of it.
 * Infinite where the slow values alone take as much.
 */
export function promisedPeriodMs(plans: readonly DevicePlan[]): number {
  const cycleMs = sumOf(plans, (one) => (one.rate === 'normal' || one.rate === 'fast' ? one.cycleMs : 0))
  const slowShare = sumOf(plans, (one) => (one.rate === 'slow' ? one.cycleMs / one.periodMs : 0))
  return slowShare < PLANNED_SHARE ? cycleMs / (PLANNED_SHARE - slowShare) : Number.POSITIVE_INFINITY
}

/** What a person is told of a line that is asked for more than it has. */
export function bookingText(plans: readonly DevicePlan[]): string {
  const wanted = `its devices want ${Math.round(100 * lineShare(plans))} % of its time, so values come later than asked for`
  const periodMs = promisedPeriodMs(plans)
  return Number.isFinite(periodMs) ? `${wanted}; all fit at a period of ${Math.ceil(periodMs / 1000)} s` : wanted
}

const sumOf = (plans: readonly DevicePlan[], of: (rate: DevicePlan['rates'][number]) => number): number =>
  plans.reduce((sum, { rates }) => rates.reduce((part, rate) => part + of(rate), sum), 0)
