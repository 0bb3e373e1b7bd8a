import type { SimulatedHall } from '../hall.ts'
import type { ApplianceState } from '../physics/appliances.ts'

/** What a metering plug sees of its appliance. */
export function plugReadings(appliance: ApplianceState, physics: SimulatedHall) {
  const voltage = physics.state.supply.u[0]
  const powerW = appliance.powerW
  const powerFactor = powerW > 0 ? appliance.powerFactor : 0
  const apparentVA = powerW > 0 ? powerW / appliance.powerFactor : 0
  return {
    on: appliance.switchedOn,
    powerW,
    powerFactor,
    apparentVA,
    reactiveVar: Math.sqrt(Math.max(0, apparentVA ** 2 - powerW ** 2)),
    voltage,
    currentA: apparentVA / voltage,
    hz: physics.state.supply.hz,
    energyKWh: appliance.energyKWh,
  }
}
