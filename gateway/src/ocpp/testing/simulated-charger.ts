import { startChargePoint } from '../../../../simulators/ocpp/charge-point.ts'
import type { ChargerState } from '../../../../simulators/physics/charger.ts'
import type { Trouble } from '../../../../simulators/trouble.ts'

/** The simulated charge point CP-01 with a car that charges, its own code on raw WebSockets; it does not measure unless it is asked. */
export function startSimulatedCharger(
  url: string,
  how: { sampleMs?: number; fallbackMs?: number; clockMs?: () => number; state?: 'A' | 'C' } = {},
) {
  const { state: vehicle = 'C', ...more } = how
  const state: ChargerState = {
    ...{ state: vehicle, tripped: false, powerW: 6900, currentA: 31, limitA: 32, sessionWh: 0, totalWh: 5000 },
    carSoc: 0.5,
    parts: { chargerGround: 'ok', chargerHeat: 'ok', connectorLock: 'ok', vehicleLink: 'ok' },
  }
  const trouble: Trouble = {}
  const point = startChargePoint({
    ...{ url: url.replace(/\/$/, ''), identity: 'CP-01', charger: state, maxA: 32, phases: 1, trouble },
    ...{ voltage: () => 220, clockMs: () => Date.now(), reconnectMs: 200, sampleMs: 60_000, ...more },
  })
  const timer = setInterval(() => point.tick(), 50)
  return {
    point,
    state,
    trouble,
    close() {
      clearInterval(timer)
      point.close()
    },
  }
}
