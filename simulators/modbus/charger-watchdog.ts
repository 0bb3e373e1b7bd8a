import { type ChargerState, limitCharger } from '../physics/charger.ts'

/**
 * A charger that falls back to a safe current when nobody has fed it for a while.
 * @param fallsTo  the limit from then on; default: the safe current, or less where less was commanded
 */
export function chargerWatchdog(
  charger: ChargerState,
  initial: { timeoutS: number; fallbackA: number },
  fallsTo = (fallbackA: number) => Math.min(charger.limitA, fallbackA),
) {
  const state = { ...initial }
  let timer: NodeJS.Timeout | undefined

  function feed(): void {
    clearTimeout(timer)
    if (state.timeoutS > 0)
      timer = setTimeout(() => limitCharger(charger, fallsTo(state.fallbackA)), state.timeoutS * 1000).unref()
  }

  return { state, feed }
}
