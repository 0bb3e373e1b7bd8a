import { z } from 'zod'
import { deviceKinds } from '../domain/device-kind.ts'
import { rateClasses } from '../profiles/line-words.ts'

/** The shapes that travel over HTTP. OpenAPI is generated from them, answers are checked against them. */

export const unixMs = z.number().describe('Unix milliseconds.')
export const valueSchema = z
  .union([z.number(), z.string(), z.boolean()])
  .nullable()
  .describe('Null when none ever came.')
const qualitySchema = z
  .enum(['good', 'stale', 'bad'])
  .describe('good: as the device said it, in time. stale: true once, too old now. bad: nothing usable came.')
const reasonSchema = z.enum(['timeout', 'exception', 'not-available', 'out-of-range', 'wrong-type', 'link-down'])
const presenceSchema = z.enum(['online', 'offline', 'unknown'])
export const bilingual = z.object({ zh: z.string(), en: z.string() })
export const count = z.int().min(0)

export const failureSchema = z
  .object({
    code: z
      .string()
      .regex(/^HW_[A-Z0-9_]+$/)
      .describe('Stable; listed in gateway/docs/errors.md.'),
    message: z.string(),
    remedy: z.string(),
    fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Failure', description: 'Every answer that is not a success.' })

export const readingSchema = z
  .object({
    quantity: z.string().describe('Id of the vocabulary: activePower, temperature.water.'),
    zh: z.string(),
    en: z.string(),
    value: valueSchema,
    word: bilingual.optional().describe('What a state means, where the vocabulary has words for it: 卡纸, Jam.'),
    unit: z.string().describe('Canonical unit; empty for states, counts and ratios.'),
    at: unixMs.nullable().describe('When the value was read; null when none ever came.'),
    ageS: z.number().nullable().describe('Seconds since then; null when none ever came.'),
    quality: qualitySchema,
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'Reading' })

const deviceFields = {
  id: z.string(),
  name: z.string(),
  kind: z.enum(deviceKinds),
  kindName: bilingual,
  zone: z.string(),
  profile: z.string().describe('vendor/model'),
  presence: presenceSchema,
  since: unixMs.describe('Since when the presence holds, Unix milliseconds.'),
  reason: z.string().optional().describe('Why it is offline or unknown.'),
  lastFrameAt: unixMs.nullable(),
  quality: qualitySchema.nullable().describe('The worst of all its readings; null when it has none.'),
}

export const deviceSummarySchema = z
  .object({ ...deviceFields, headline: z.array(readingSchema).max(3) })
  .meta({ id: 'DeviceSummary' })

export const deviceListSchema = z
  .object({
    at: unixMs,
    total: count.describe('Devices of the hall, before the filter.'),
    devices: z.array(deviceSummarySchema),
  })
  .meta({ id: 'DeviceList' })

const planSum = {
  requests: count,
  registers: count,
  cycleMs: z.number().describe('Time the line is taken, as measured so far.'),
}

const planSchema = z
  .object({
    ...planSum,
    text: z.string().describe('"4 requests, 220 registers, 634 ms per cycle", then a line per rate class.'),
    rates: z.array(z.object({ ...planSum, rate: z.enum(rateClasses), periodMs: z.number() })),
    reads: z.array(
      z.object({
        table: z.enum(['coil', 'discrete', 'holding', 'input', 'item']),
        address: count,
        count,
        periodMs: z.number(),
      }),
    ),
  })
  .meta({ id: 'ReadPlan', description: 'What one device costs its link in a cycle in which every rate class is due.' })

export const deviceSchema = z
  .object({
    ...deviceFields,
    at: unixMs,
    title: bilingual.optional().describe('What the profile calls the model.'),
    level: z
      .enum(['draft', 'bench', 'field'])
      .optional()
      .describe('How far the profile is proved: documents only, one device, a hall.'),
    connection: z
      .discriminatedUnion('via', [
        z.object({ via: z.literal('modbus'), link: z.string(), unitId: z.int() }),
        z.object({ via: z.literal('dlt645'), link: z.string(), meter: z.string() }),
        z.object({ via: z.enum(['mqtt', 'asked', 'power', 'ocpp']) }),
      ])
      .optional(),
    readings: z.array(readingSchema.extend({ periodMs: z.number().optional() }).meta({ id: 'DeviceReading' })),
    plan: planSchema.nullable().describe('Null for a device that sends by itself.'),
  })
  .meta({ id: 'Device' })

export const readingListSchema = z
  .object({ at: unixMs, readings: z.array(readingSchema.extend({ device: z.string() }).meta({ id: 'FlatReading' })) })
  .meta({ id: 'ReadingList' })

export const overviewSchema = z
  .object({
    at: unixMs,
    hall: z.object({ id: z.string(), name: z.string() }),
    zones: z.array(z.object({ id: z.string(), name: z.string() })),
    dashboards: z.object({
      grafanaUrl: z.string().nullable().describe('Where Grafana stands; null when hall.yaml does not say.'),
      mainMeter: z
        .string()
        .nullable()
        .describe('The device that measures the whole hall; null when hall.yaml does not say.'),
    }),
    devices: z.object({ total: count, online: count, offline: count, unknown: count }),
    framesPerSecond: z.number(),
    committedFrames: count,
    backlogFrames: count.nullable().describe('Committed, not yet forwarded; null when no InfluxDB is configured.'),
    forwardLagS: z.number().nullable(),
  })
  .meta({ id: 'Overview' })

export const vocabularySchema = z
  .object({
    kinds: z.array(bilingual.extend({ id: z.string() })),
    quantities: z.array(
      bilingual.extend({
        id: z.string(),
        unit: z.string(),
        type: z.enum(['number', 'state', 'text', 'boolean']),
        qualifier: z.string().optional(),
        states: z.array(z.string()).optional(),
        words: z
          .record(z.string(), bilingual.extend({ fault: z.string().optional() }))
          .optional()
          .describe('What each state is called, and the fault it stands for, if any.'),
      }),
    ),
    qualifiers: z
      .record(z.string(), bilingual)
      .describe('What the part after the dot of an id is called (`paper.receipt`); any other one is shown as it is.'),
  })
  .meta({ id: 'Vocabulary' })

export const readinessSchema = z
  .object({
    ready: z.boolean(),
    checks: z.array(
      z.object({ name: z.string(), ok: z.boolean(), message: z.string().optional(), code: z.string().optional() }),
    ),
  })
  .meta({ id: 'Readiness' })

export const notReadySchema = failureSchema.extend({ checks: readinessSchema.shape.checks }).meta({ id: 'NotReady' })

const rollUpSchema = z
  .object({
    count,
    last: z.union([z.number(), z.string(), z.boolean()]),
    min: z.number().optional(),
    avg: z.number().optional(),
    max: z.number().optional(),
  })
  .meta({ id: 'RollUp', description: 'What one bucket held. Words have no min, avg and max.' })

export const historySchema = z
  .object({
    device: z.string(),
    from: unixMs,
    to: unixMs,
    resolution: z.enum(['raw', 'minute']).describe('raw: every value. minute: roll-ups.'),
    bucketMs: z.number().describe('Width of one point; 0 for raw.'),
    series: z.array(
      z.object({
        quantity: z.string(),
        unit: z.string(),
        points: z.array(z.tuple([unixMs, z.union([z.number(), z.string(), z.boolean(), rollUpSchema])])),
      }),
    ),
  })
  .meta({ id: 'History' })
