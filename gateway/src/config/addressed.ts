import type { ItemRequest, ReadRequest } from '../modbus/modbus.ts'
import type { PointTable } from '../profiles/decode-registers.ts'
import type { SerialSettings } from './hall-schema.ts'
import type { Connection } from './resolved-hall.ts'

/** How a device that is read by asking is reached. */
export type PolledConnection = Extract<Connection, { via: 'modbus' | 'dlt645' }>

/** The same on a line that is known: a Modbus unit or a DL/T 645 meter. */
type OnLine = ({ readonly unitId: number } | { readonly meter: string }) & { readonly serial?: SerialSettings }

/** Words that stand side by side in one table of a device. */
export interface WordsAt {
  readonly table: PointTable
  readonly address: number
  readonly count: number
}

/** Undefined for a device that is not read over a line. */
export const polledConnection = (connection: Connection | undefined): PolledConnection | undefined =>
  connection?.via === 'modbus' || connection?.via === 'dlt645' ? connection : undefined

/** A request for words, addressed to its device. */
export function addressed(device: OnLine, { table, address, count }: WordsAt): ReadRequest | ItemRequest {
  const serial = device.serial && { serial: device.serial }
  if ('meter' in device) return { meter: device.meter, table: 'item', address, count, ...serial }
  // The plan of a register map asks for registers alone.
  return { unitId: device.unitId, table: table as ReadRequest['table'], address, count, ...serial }
}
