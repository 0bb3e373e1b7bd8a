import { type ApplianceState, switchAppliance } from '../physics/appliances.ts'

/** The relay of a plug, with the countdown that a real one has: it goes off by itself even when nobody tells it. */
export function plugRelay(appliance: ApplianceState) {
  let countdown: NodeJS.Timeout | undefined
  let told = appliance.switchedOn
  return {
    /** @param seconds until it goes back by itself; none: it stays */
    set(on: boolean, seconds?: number): void {
      clearTimeout(countdown)
      switchAppliance(appliance, on)
      told = on
      if (seconds !== undefined && seconds > 0)
        countdown = setTimeout(() => switchAppliance(appliance, !on), seconds * 1000).unref()
    },
    /** True once after it changed without having been told to. */
    changed(): boolean {
      const news = told !== appliance.switchedOn
      told = appliance.switchedOn
      return news
    },
  }
}
