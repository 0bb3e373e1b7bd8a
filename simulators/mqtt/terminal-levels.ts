import type { SimulatedDevice } from '../device.ts'
import { CASH_HIGH_PERCENT, PAPER_LOW_PERCENT, type TerminalState } from '../physics/terminal.ts'

export type Level = 'ok' | 'low' | 'out'

/** What the sensor of a roll says. */
export const paperLevel = (percent: number): Level =>
  percent <= 0 ? 'out' : percent <= PAPER_LOW_PERCENT ? 'low' : 'ok'

export const cashLevel = ({ cashBoxPercent }: TerminalState): 'ok' | 'high' | 'full' =>
  cashBoxPercent >= 100 ? 'full' : cashBoxPercent >= CASH_HIGH_PERCENT ? 'high' : 'ok'

/** The terminal behind a device; a wrong wiring of the simulators themselves is a mistake worth stopping for. */
export function terminalOf(device: SimulatedDevice): TerminalState {
  if (!device.terminal) throw new Error(`${device.id} is not a terminal.`)
  return device.terminal
}
