import type { Thing } from './experience/thing.ts'
import type { FaultTarget } from './faults.ts'
import type { ApplianceState } from './physics/appliances.ts'
import type { ChargerState } from './physics/charger.ts'
import type { Counters } from './physics/counter-desk.ts'
import type { TerminalState } from './physics/terminal.ts'
import type { Ups } from './physics/ups.ts'
import type { Trouble } from './trouble.ts'

/** One simulated device: what it is, the part of the hall it shows, and its line. */
export interface SimulatedDevice {
  readonly id: string
  readonly name: string
  readonly profile: string
  readonly targets: readonly FaultTarget[]
  readonly trouble: Trouble
  readonly terminal?: TerminalState
  readonly counters?: Counters['state']
  /** Evaluators: the index of their counter. */
  readonly counter?: number
  readonly ups?: Ups['state']
  readonly appliance?: ApplianceState
  readonly charger?: ChargerState
  /** What stands in the experience zone. */
  readonly thing?: Thing
  /** A meter with a clock of its own, behind an agent: how far that clock is off, seconds. */
  readonly meterClock?: { offsetS: number }
}
