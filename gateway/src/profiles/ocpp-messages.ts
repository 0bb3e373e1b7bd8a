import { z } from 'zod'
import { OCPP_ERROR_CODES, OCPP_STATUSES } from './ocpp-words.ts'

/**
 * What a charge point says, read as generously as is safe: chargers in the field leave fields out, write numbers as text and add
 * their own. What is needed and not there makes the message unusable; it is never guessed.
 */

const integer = z.preprocess(
  (raw) => (typeof raw === 'string' && /^-?\d{1,15}$/.test(raw.trim()) ? Number(raw) : raw),
  z.number().finite().transform(Math.round),
)
const connectorId = integer.pipe(z.number().min(0).max(1000))
const wattHours = integer.pipe(z.number().min(0).max(Number.MAX_SAFE_INTEGER))
const text = z.preprocess((raw) => (typeof raw === 'number' ? String(raw) : raw), z.string().max(2000))
/** Absent where it is unreadable: a wrong ornament does not spoil the message. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined)

/** A word of a closed list, whatever its capitals. */
function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  const known = new Map(words.map((one) => [one.toLowerCase(), one as Words[number]]))
  return z.preprocess(
    (raw) => (typeof raw === 'string' ? (known.get(raw.trim().toLowerCase()) ?? raw) : raw),
    z.enum(words),
  )
}

const sampledValue = z.object({
  value: z.preprocess((raw) => (typeof raw === 'number' ? String(raw) : raw), z.string().max(4000)),
  format: optional(z.string()),
  measurand: optional(text),
  phase: optional(text),
  location: optional(text),
  unit: optional(text),
})
/** At most this many samples of one message are read; a station with every measurand on every phase has about a hundred. */
const MOST_SAMPLES = 500
const meterValue = z.object({
  timestamp: optional(z.string()),
  sampledValue: z
    .array(z.unknown())
    .transform((list) => list.slice(0, MOST_SAMPLES).flatMap((raw) => sampledValue.safeParse(raw).data ?? [])),
})
const meterValues = z
  .array(z.unknown())
  .transform((list) => list.slice(0, MOST_SAMPLES).flatMap((raw) => meterValue.safeParse(raw).data ?? []))

export const OCPP_INBOUND = {
  BootNotification: z.object({
    chargePointVendor: optional(text),
    chargePointModel: optional(text),
    chargePointSerialNumber: optional(text),
    chargeBoxSerialNumber: optional(text),
    firmwareVersion: optional(text),
    meterType: optional(text),
    meterSerialNumber: optional(text),
  }),
  StatusNotification: z.object({
    connectorId,
    errorCode: word(OCPP_ERROR_CODES).optional().catch(undefined),
    status: word(OCPP_STATUSES).optional().catch(undefined),
    timestamp: optional(z.string()),
  }),
  MeterValues: z.object({ connectorId, transactionId: optional(integer), meterValue: meterValues }),
  StartTransaction: z.object({ connectorId, meterStart: wattHours, timestamp: optional(z.string()) }),
  StopTransaction: z.object({
    transactionId: integer,
    meterStop: wattHours,
    timestamp: optional(z.string()),
    reason: optional(z.string().max(40)),
    transactionData: optional(meterValues),
  }),
} as const

export type OcppAction = keyof typeof OCPP_INBOUND
export type OcppMessage = {
  [Action in OcppAction]: { readonly action: Action } & z.infer<(typeof OCPP_INBOUND)[Action]>
}[OcppAction]
export type MeterValue = z.infer<typeof meterValue>
export type SampledValue = z.infer<typeof sampledValue>

export const isOcppAction = (action: string): action is OcppAction => Object.hasOwn(OCPP_INBOUND, action)

/** The message as we take it; undefined when what is needed of it is not there. Never throws. */
export function readOcpp(action: OcppAction, payload: unknown): OcppMessage | undefined {
  const read = OCPP_INBOUND[action].safeParse(payload)
  return read.success ? ({ action, ...read.data } as OcppMessage) : undefined
}
