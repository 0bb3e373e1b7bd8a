import { isRecord, itemsOf, type Loose, textOf } from './loose.ts'
import type { OcppProfile, OcppSampleRule } from './ocpp-schema.ts'

/** Quantities the OCPP part of a profile measures, as far as it can be read. */
export function ocppQuantities(ocpp: Loose): string[] {
  const lines = [...itemsOf(ocpp.status, []), ...itemsOf(ocpp.meterValues, [])].map(({ item }) => item)
  const errors = isRecord(ocpp.errors) ? Object.values(ocpp.errors).filter(isRecord) : []
  const single = [ocpp.sessionEnergy, ocpp.limit, ...(isRecord(ocpp.boot) ? Object.keys(ocpp.boot) : [])]
  const all = [...[...lines, ...errors].map(({ quantity }) => quantity), ...single].flatMap((id) => textOf(id) ?? [])
  return [...new Set([...all, PING_QUANTITY])]
}

/** How long the charger takes to answer the ping of its connection: the one thing the gateway itself measures. */
export const PING_QUANTITY = 'roundTrip'

/** The connection is tried this often unless the hall says otherwise. */
const PING_EVERY_MS = 30_000

/** Milliseconds in which each quantity is expected anew: what is measured, not what is told when it changes. */
export const ocppPeriods = ({ meterValues, everyMs }: OcppProfile, normalMs = everyMs): Record<string, number> => ({
  ...Object.fromEntries(meterValues.map(({ quantity }) => [quantity, normalMs])),
  [PING_QUANTITY]: PING_EVERY_MS,
})

/** One quantity and where in the messages it stands, for lists of points. */
export interface OcppLine {
  readonly quantity: string
  readonly place: string
  readonly confidence?: OcppSampleRule['confidence']
  readonly note?: string | undefined
}

/** Everything such a profile can measure, in its order. */
export const ocppLines = ({ status, errors, meterValues, boot, sessionEnergy, limit }: OcppProfile): OcppLine[] => [
  ...status.map(({ quantity, confidence, note }) => ({
    quantity,
    place: 'StatusNotification status',
    confidence,
    note,
  })),
  ...Object.entries(errors).flatMap(([code, rule]) =>
    rule ? [{ quantity: rule.quantity, place: `StatusNotification ${code}`, note: rule.note }] : [],
  ),
  ...meterValues.map(({ quantity, measurand, phase, confidence, note }) => ({
    quantity,
    place: ['MeterValues', measurand, ...[phase ?? []].flat()].join(' ').trim(),
    confidence,
    note,
  })),
  ...Object.entries(boot).map(([quantity, field]) => ({ quantity, place: `BootNotification ${field}` })),
  ...(sessionEnergy === undefined ? [] : [{ quantity: sessionEnergy, place: 'StartTransaction, StopTransaction' }]),
  ...(limit === undefined ? [] : [{ quantity: limit, place: 'GetCompositeSchedule' }]),
  { quantity: PING_QUANTITY, place: 'WebSocket ping' },
]
