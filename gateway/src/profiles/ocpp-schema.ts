import { z } from 'zod'
import { OCPP_ERROR_CODES, OCPP_STATUSES } from './ocpp-words.ts'

const valueSchema = z.union([z.string(), z.boolean(), z.number()])
const confidenceSchema = z.enum(['single-source', 'conflict', 'unverified'])

/** One or several words that are taken alike. */
const oneOrMore = <Word extends z.ZodType>(word: Word) => z.union([word, z.array(word).min(1)])

const statusSchema = z.strictObject({
  quantity: z.string(),
  states: z
    .partialRecord(z.enum(OCPP_STATUSES), z.union([valueSchema, z.null()]))
    .describe('Status of the connector → value; null, or left out: it says nothing about this quantity.'),
  confidence: confidenceSchema.optional(),
  note: z.string().optional(),
})

const errorSchema = z.strictObject({
  quantity: z.string().describe('A part, or faultActive with the name of the error.'),
  value: valueSchema.default(true).describe('Its value from this error on.'),
  well: valueSchema.default(false).describe('Its value once the charger says NoError.'),
  note: z.string().optional(),
})

const sampleSchema = z.strictObject({
  measurand: z.string().describe('As the specification writes it: Power.Active.Import.'),
  quantity: z.string(),
  phase: oneOrMore(z.string())
    .optional()
    .describe('L1, L1-N, L1-L2 …; "" is none. Default: only a sample without phase.'),
  location: oneOrMore(z.string())
    .default('Outlet')
    .describe('Outlet (the default of the specification), EV, Body, Cable, Inlet.'),
  unit: z
    .string()
    .optional()
    .describe('As OCPP writes it: what a sample without unit is in. Default: that of the specification.'),
  scale: z.number().optional().describe('For a charger whose figures are off by a factor.'),
  min: z.number().optional().describe('Below this (canonical unit) the value is bad: out-of-range.'),
  max: z.number().optional(),
  confidence: confidenceSchema.optional(),
  note: z.string().optional(),
})

/** What a charge point says over OCPP 1.6, and what it means. One hall device is one connector. */
export const ocppSchema = z.strictObject({
  status: z.array(statusSchema).default([]).describe('From StatusNotification of the connector.'),
  errors: z
    .partialRecord(z.enum(OCPP_ERROR_CODES), errorSchema)
    .default({})
    .describe(
      'From errorCode of StatusNotification, of the connector and of the station (connector 0). An error holds until NoError.',
    ),
  meterValues: z
    .array(sampleSchema)
    .default([])
    .describe('From MeterValues and the readings of a transaction; the first line that fits wins.'),
  boot: z
    .record(z.string(), z.string())
    .default({})
    .describe('Quantity → field of BootNotification: firmwareVersion, chargePointSerialNumber …'),
  sessionEnergy: z.string().optional().describe('Quantity that gets what the transaction under way has taken so far.'),
  limit: z
    .string()
    .optional()
    .describe('Quantity that gets the current limit in force, A, where the charger tells it (GetCompositeSchedule).'),
  everyMs: z
    .int()
    .min(1000)
    .default(60_000)
    .describe(
      'How often meter values are expected; three times as long without and they are stale. A silent charger is asked.',
    ),
  configuration: z
    .record(z.string(), z.string())
    .default({})
    .describe('Keys a hall that says `configure: true` sets after every boot: which values are sent, and how often.'),
})

export type OcppProfile = z.infer<typeof ocppSchema>
export type OcppSampleRule = z.infer<typeof sampleSchema>
