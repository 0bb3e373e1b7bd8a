export const UPS_RATED_VA = 3000
const CAPACITY_WH = 900

/** A UPS in front of the rack. On battery the rack disappears from the mains and the charge runs down. */
export function createUps() {
  const state = {
    source: 'mains' as 'mains' | 'battery' | 'bypass',
    mains: true,
    batteryGood: true,
    overload: false,
    communication: 'ok' as 'ok' | 'lost',
    chargePercent: 100,
    runtimeS: 3600,
    loadW: 0,
    inputW: 0,
    inputV: 220,
    outputV: 220,
    batteryV: 82,
    temperatureC: 27,
  }
  return {
    state,
    /** `loadW`: what hangs on its output. Returns through `inputW` what it takes from the mains. */
    step(loadW: number, mainsV: number, seconds: number): void {
      state.loadW = state.overload ? UPS_RATED_VA * 0.9 * 1.12 : loadW
      state.inputV = state.mains ? mainsV : 0
      state.source = state.mains ? 'mains' : 'battery'
      const capacityWh = state.batteryGood ? CAPACITY_WH : CAPACITY_WH * 0.15
      if (state.mains) {
        const chargeW = state.chargePercent < 100 ? 180 : 0
        state.chargePercent = Math.min(100, state.chargePercent + (chargeW * 0.85 * seconds) / 36 / capacityWh)
        state.inputW = state.loadW / 0.94 + chargeW
      } else {
        const usedWh = ((state.loadW / 0.92) * seconds) / 3600
        state.chargePercent = Math.max(0, state.chargePercent - (100 * usedWh) / capacityWh)
        state.inputW = 0
      }
      state.runtimeS = state.loadW > 0 ? (state.chargePercent / 100) * capacityWh * 0.92 * (3600 / state.loadW) : 0
      state.outputV = state.mains ? mainsV : 220
      state.batteryV = 72 + state.chargePercent * 0.1
      state.temperatureC += ((state.mains ? 27 : 33) - state.temperatureC) * Math.min(1, seconds / 1200)
    },
  }
}

export type Ups = ReturnType<typeof createUps>
