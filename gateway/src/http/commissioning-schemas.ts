import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { deviceKinds } from '../domain/device-kind.ts'
import { tableSchema, wordsSchema } from './inside-schemas.ts'
import { bilingual, count, unixMs, valueSchema } from './schemas.ts'

/** The shapes of commissioning: which line, what was found, what a profile makes of it. */

const bauds = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] as const
const baud = z.union(bauds.map((one) => z.literal(one)) as [z.ZodLiteral<1200>, ...z.ZodLiteral<number>[]])
const parity = z.enum(['none', 'even', 'odd'])
const host = z
  .string()
  .min(1)
  .max(253)
  .describe('A loopback or private address, or a name that stands for one; others are refused (HW_TARGET_REFUSED).')
const port = z.int().min(1).max(65_535)

export const targetSchema = z.union([
  z.strictObject({ link: idSchema.describe('A link of hall.yaml; its own settings hold.') }),
  z.strictObject({ type: z.literal('modbus-tcp'), host, port: port.default(502) }),
  z.strictObject({ type: z.literal('modbus-rtu-over-tcp'), host, port, baud: baud.default(9600) }),
  z.strictObject({
    type: z.literal('modbus-rtu'),
    path: z
      .string()
      .regex(/^(\/dev\/[\w./-]+|COM\d{1,3})$/, 'A serial port such as /dev/ttyUSB0.')
      .max(200),
    baud: baud.default(9600),
    parity: parity.default('none'),
    stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
  }),
])

const meterAddress = z
  .string()
  .regex(/^(AA)*(\d\d)*$/)
  .length(12)
  .describe('DL/T 645: address of the meter, 12 digits; AAAAAAAAAAAA for the only one on the line.')

const unitId = z.int().min(0).max(255)

export const scanRequestSchema = z.strictObject({
  target: targetSchema,
  unitIds: z.strictObject({ from: unitId, to: unitId }).default({ from: 1, to: 247 }),
  bauds: z
    .array(baud)
    .min(1)
    .max(8)
    .optional()
    .describe('Serial lines that nobody reads yet: tried in this order. Default: the target’s.'),
  parities: z.array(parity).min(1).max(3).optional(),
  budgetS: z
    .number()
    .min(1)
    .max(300)
    .default(30)
    .describe(
      'After that the scan ends with what it has. Several DL/T 645 meters on one line take 50 s to be told apart.',
    ),
  timeoutMs: z.int().min(50).max(2000).default(250).describe('How long one unit id may take to answer.'),
  identify: z.boolean().default(true).describe('Ask what answers who it is, and which profiles fit.'),
})

export const suggestionSchema = z
  .object({
    profile: z.string(),
    variant: z.string().nullable(),
    title: bilingual,
    kind: z.enum(deviceKinds),
    level: z.enum(['draft', 'bench', 'field']),
    score: z.number().min(0).max(1).describe('Share of what was looked at that fits; ties by how much was looked at.'),
    reasons: z.array(
      bilingual.extend({ quantity: z.string().optional(), verdict: z.enum(['fits', 'misfits', 'missing', 'says-so']) }),
    ),
  })
  .meta({ id: 'ProfileSuggestion' })

const foundSchema = z
  .object({
    unitId: z.int(),
    settings: z.string().nullable().describe('9600 8N1, where several were tried.'),
    baud: z.int().nullable(),
    parity: parity.nullable(),
    answer: z.enum(['words', 'exception']),
    exceptionCode: z.int().optional(),
    latencyMs: z.number(),
    device: z.string().nullable().describe('Device of the hall that has this place already.'),
    identification: z
      .record(z.string(), z.string())
      .nullable()
      .describe('Function code 43/14: vendor, product, revision … Untrusted text.'),
    sunspec: z.object({ base: z.int(), models: z.array(z.int()) }).nullable(),
    suggestions: z.array(suggestionSchema),
  })
  .meta({ id: 'ScanFound' })

export const scanSchema = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'done', 'out-of-time', 'cancelled', 'failed']),
    target: z.string().describe('In words.'),
    by: z.string(),
    startedAt: unixMs,
    endedAt: unixMs.nullable(),
    progress: z.object({
      asked: count,
      total: count,
      percent: z.number(),
      settings: z.string().nullable(),
      elapsedMs: z.number(),
      budgetMs: z.number(),
    }),
    found: z.array(foundSchema),
    meters: z
      .array(
        z
          .object({
            address: z
              .string()
              .describe('Twelve digits; AAAAAAAAAAAA of a meter that answers the wildcard with the wildcard.'),
            settings: z.string().nullable(),
            baud: z.int().nullable(),
            parity: parity.nullable(),
            latencyMs: z.number(),
            device: z.string().nullable().describe('Device of the hall that has this address already.'),
            suggestions: z.array(suggestionSchema),
          })
          .meta({ id: 'ScanMeter' }),
      )
      .describe('DL/T 645 meters, found by wildcard.'),
    skipped: z
      .array(z.object({ unitId: z.int(), device: z.string() }))
      .describe('Not asked: devices of the hall that answer anyway.'),
    notes: z.array(bilingual),
  })
  .meta({ id: 'Scan' })

export const tryRequestSchema = z.strictObject({
  target: targetSchema,
  unitId: unitId.default(1),
  meter: meterAddress.optional(),
  profile: z.string().min(1).max(120),
  variant: z.string().max(80).optional(),
})

const plausible = z.enum(['yes', 'no', 'unknown']).describe('unknown: there is no range for it.')
const rangeSchema = z.object({
  min: z.number(),
  max: z.number(),
  unit: z.string(),
  from: z.enum(['profile', 'quantity']),
})

export const tryAnswerSchema = z
  .object({
    at: unixMs,
    profile: z.string(),
    variant: z.string().nullable(),
    elapsedMs: z.number(),
    points: z.array(
      z.object({
        quantity: z.string(),
        zh: z.string(),
        en: z.string(),
        value: valueSchema,
        unit: z.string(),
        words: wordsSchema,
        functionCode: z.int(),
        table: tableSchema,
        address: z.int(),
        reference: z.string(),
        type: z.string(),
        bad: z.string().optional().describe('Why there is no value.'),
        exceptionCode: z.int().optional(),
        plausible,
        range: rangeSchema.nullable(),
      }),
    ),
    summary: z.object({ points: count, answered: count, plausible: count, implausible: count }),
    verdict: bilingual.extend({ fits: z.enum(['yes', 'no', 'partly', 'silent']) }),
  })
  .meta({ id: 'TryAnswer' })

export const alternativesRequestSchema = tryRequestSchema.extend({
  quantity: z.string().min(1).max(80).describe('A point of the profile.'),
})

export const alternativesSchema = z
  .object({
    at: unixMs,
    quantity: z.string(),
    type: z.string(),
    unit: z.string(),
    range: rangeSchema.nullable(),
    options: z
      .array(
        z.object({
          shift: z.int().describe('-1, 0 or +1: added to the address of the profile.'),
          table: tableSchema,
          address: z.int(),
          reference: z.string(),
          order: z
            .enum(['AB', 'BA', 'ABCD', 'CDAB', 'BADC', 'DCBA', 'ABCDEFGH', 'GHEFCDAB', 'BADCFEHG', 'HGFEDCBA'])
            .describe('Which byte goes where; ABCD and its kin are wordOrder high-first, CDAB low-first.'),
          wordOrder: z
            .enum(['high-first', 'low-first'])
            .nullable()
            .describe('What to write in the profile; null when a profile cannot say it.'),
          words: wordsSchema,
          value: valueSchema,
          bad: z.string().optional(),
          plausible,
          current: z.boolean().describe('As the profile has it.'),
        }),
      )
      .describe('The plausible ones first.'),
  })
  .meta({ id: 'Alternatives' })

export const listenAnswerSchema = z
  .object({
    at: unixMs,
    since: unixMs.describe('Since when the gateway listens.'),
    credentials: z.boolean().describe('The broker asks for passwords: a new device needs one before it can publish.'),
    strangers: z
      .array(
        z.object({
          user: z.string().nullable(),
          clientId: z.string(),
          address: z.string(),
          why: z.enum(['login-refused', 'may-not-publish', 'not-read']),
          reason: z.string(),
          firstAt: unixMs,
          lastAt: unixMs,
          count,
          topics: z.array(z.string()).describe('At most 20; of a refused client its Will topic.'),
          suggestions: z.array(
            z.object({
              profile: z.string(),
              title: bilingual,
              kind: z.enum(deviceKinds),
              topic: z.string().describe('Topic of the profile that has this shape.'),
              parameters: z.record(z.string(), z.string()).describe('For `topic` of the device.'),
            }),
          ),
        }),
      )
      .describe('Latest first, at most 50. Names and topics are untrusted text.'),
  })
  .meta({ id: 'Strangers' })
