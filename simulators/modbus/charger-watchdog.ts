import { type ChargerState, limitCharger } from '../physics/charger.ts'

/** A charger that falls back to a safe current when nobody has asked it anything for a while. */
export function chargerWatchdog(charger: ChargerState, initial: { timeoutS: number; fallbackA: number }) {
  const state = { ...initial }
  let timer: NodeJS.Timeout | undefined

  function feed(): void {
    clearTimeout(timer)
    if (state.timeoutS > 0)
      timer = setTimeout(
        () => limitCharger(charger, Math.min(charger.limitA, state.fallbackA)),
        state.timeoutS * 1000,
      ).unref()
  }

  return { state, feed }
}
