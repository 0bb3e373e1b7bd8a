export const BATTERY = {
  capacityWh: 9600,
  ratedW: 5000,
  minSoc: 0.1,
  /** One way; both ways together 92 %. */
  efficiency: 0.96,
}

/** A house battery that keeps the grid connection near zero: charges from surplus, discharges into demand. */
export function createBattery(soc = 0.55) {
  const state = {
    soc,
    /** W at its terminals to the hall, charging positive. */
    powerW: 0,
    chargedKWh: 1843.2,
    dischargedKWh: 1689.7,
    temperatureC: 24,
  }
  return {
    state,
    /** `demandW`: what the hall would draw from the grid without the battery; negative is surplus. */
    step(demandW: number, seconds: number): void {
      const headroomWh = (1 - state.soc) * BATTERY.capacityWh
      const storedWh = Math.max(0, state.soc - BATTERY.minSoc) * BATTERY.capacityWh
      const hours = seconds / 3600
      const wanted = Math.abs(demandW) < 60 ? 0 : -demandW
      // Above 95 % the cells take less and less.
      const chargeLimit = Math.min(BATTERY.ratedW, BATTERY.ratedW * Math.max(0.04, (1 - state.soc) / 0.05))
      const target =
        wanted >= 0
          ? Math.min(wanted, chargeLimit, headroomWh / BATTERY.efficiency / hours)
          : -Math.min(-wanted, BATTERY.ratedW, (storedWh * BATTERY.efficiency) / hours)
      // It follows with a lag of some seconds, but never past what the cells can give or take.
      const lagged = state.powerW + (target - state.powerW) * Math.min(1, seconds / 4)
      state.powerW = target >= 0 ? Math.max(0, Math.min(lagged, target)) : Math.min(0, Math.max(lagged, target))
      const wh = state.powerW * hours
      if (wh >= 0) {
        state.soc += (wh * BATTERY.efficiency) / BATTERY.capacityWh
        state.chargedKWh += wh / 1000
      } else {
        state.soc += wh / BATTERY.efficiency / BATTERY.capacityWh
        state.dischargedKWh -= wh / 1000
      }
      state.soc = Math.min(1, Math.max(BATTERY.minSoc, state.soc))
      const warm = 22 + (Math.abs(state.powerW) / BATTERY.ratedW) * 12
      state.temperatureC += (warm - state.temperatureC) * Math.min(1, seconds / 1800)
    },
  }
}
