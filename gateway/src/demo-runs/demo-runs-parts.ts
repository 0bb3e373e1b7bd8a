import type { Commands } from '../commands/command.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { Frame } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Readings } from '../readings/readings.ts'
import type { Catalogue } from './catalogue.ts'
import type { LastOffs } from './last-off.ts'
import type { Records } from './records.ts'

/** What the room needs of the gateway. */
export interface DemoRunsParts {
  hall(): ResolvedHall
  readonly catalogue: Catalogue
  readonly records: Records
  readonly readings: Pick<Readings, 'device' | 'onChange'>
  readonly commands: Pick<Commands, 'request' | 'allOff' | 'available'>
  /** When devices were last switched off, kept over a restart. */
  readonly lastOffs: { load(): Promise<LastOffs>; save(value: LastOffs): Promise<void> }
  /** Devices with an open alarm of P1 or P2. */
  faulty(): ReadonlySet<string>
  /** Unix ms, and values, of the gateway’s own last 24 hours; resolves to nothing when there is none. */
  history(device: string, quantity: string): Promise<readonly (readonly [number, number])[]>
  /** To InfluxDB, once for each run that ended. */
  writeFrame(frame: Frame): void
  /** P1 负载未断开, raised or over. */
  notOff(device: string, holds: boolean): void
  /** Devices for which it is raised already. */
  readonly notOffBefore: readonly string[]
  readonly gatewayVersion: string
  readonly clock: Clock
  readonly log: Log
}
