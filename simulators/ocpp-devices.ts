import type { SimulatedDevice } from './device.ts'
import type { SimulatedHall } from './hall.ts'
import type { HallDevice } from './hall-file.ts'
import { type ChargePoint, startChargePoint } from './ocpp/charge-point.ts'

export interface OcppDevices {
  stats(): { chargePoints: number; chargePointsUp: number }
  close(): void
}

const TICK_MS = 500

/** Starts every charge point of a hall file; a gateway that is away is waited for. */
export function startOcppDevices(options: {
  /** `ws://host:port/ocpp`. */
  readonly url: string
  readonly devices: readonly HallDevice[]
  readonly simulated: ReadonlyMap<string, SimulatedDevice>
  readonly physics: SimulatedHall
}): OcppDevices {
  const chargePoints = options.devices.flatMap(({ id, chargePoint }): ChargePoint[] => {
    const charger = options.physics.chargers.get(id)
    const trouble = options.simulated.get(id)?.trouble
    if (chargePoint === undefined || !charger || !trouble) return []
    return [
      startChargePoint({
        url: options.url,
        identity: chargePoint,
        charger: charger.state,
        maxA: charger.maxA,
        phases: charger.phases.length,
        voltage: () => options.physics.state.supply.u[charger.phases[0] ?? 0],
        trouble,
        clockMs: () => Date.now() + (trouble.clockOffsetMs ?? 0),
      }),
    ]
  })
  const timer = setInterval(() => {
    for (const chargePoint of chargePoints) chargePoint.tick()
  }, TICK_MS)
  return {
    stats: () => ({
      chargePoints: chargePoints.length,
      chargePointsUp: chargePoints.filter((one) => one.isUp()).length,
    }),
    close() {
      clearInterval(timer)
      for (const chargePoint of chargePoints) chargePoint.close()
    },
  }
}
