import { sum } from '../physics/electric.ts'
import { hallwattAgent } from './hallwatt-agent.ts'
import { type Make, type MakeContext, round } from './make.ts'

/** A charger with an agent that tells each protection by its own word. */
export function hallwattCharger(context: MakeContext): Make {
  const { charger } = context.device
  if (!charger) throw new Error(`There is no charger for ${context.device.id}.`)
  return hallwattAgent(context, 5000, () => ({
    ...charger.parts,
    evseState: charger.state,
    activePower: round(charger.powerW, 0),
    currentL1: round(charger.currentA, 2),
    sessionEnergy: round(charger.sessionWh / 1000, 3),
    activeEnergyImport: round(charger.totalWh / 1000, 3),
    'temperature.connector': charger.parts.chargerHeat === 'hot' ? 96 : round(28 + charger.currentA * 0.9, 1),
    softwareVersion: '1.8.0',
  }))
}

/** The grid company's own meter at the main, read by a collecting terminal that compares the meter's clock with its own. */
export function hallwattMeter(context: MakeContext): Make {
  const { meterClock } = context.device
  const meter = context.physics.meters.main.state
  return hallwattAgent(context, 10_000, () => ({
    activePower: round(sum(meter.p), 0),
    voltageL1: round(meter.u[0], 1),
    voltageL2: round(meter.u[1], 1),
    voltageL3: round(meter.u[2], 1),
    currentL1: round(meter.i[0], 3),
    currentL2: round(meter.i[1], 3),
    currentL3: round(meter.i[2], 3),
    activeEnergyImport: round(meter.importKWh, 2),
    activeEnergyExport: round(meter.exportKWh, 2),
    clockOffset: meterClock?.offsetS ?? 0,
  }))
}
