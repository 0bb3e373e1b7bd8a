import { z } from 'zod'
import { hallSchema, linkSchema } from '../config/hall-schema.ts'
import { deviceKinds } from '../domain/device-kind.ts'
import { rateClasses } from '../profiles/line-words.ts'
import { PROTOCOLS } from '../profiles/protocols.ts'
import { deviceLineSchema, dutyLineSchema, personLineSchema, ruleLineSchema } from '../settings/change-schema.ts'
import { bilingual, count, failureSchema, unixMs } from './schemas.ts'

/** The shapes of settings and profiles as they travel over HTTP. */

const line = z.int().min(1).nullable().describe('Line of hall.yaml; null when the gateway runs without a file.')
const { repair } = hallSchema.shape
const repairShape = repair.unwrap().shape

export const problemSchema = z
  .object({
    line: z.int(),
    column: z.int(),
    path: z.string().describe('`devices[3].zone`'),
    message: z.string().describe('What is wrong and what to write instead.'),
  })
  .meta({ id: 'Problem' })

const sourceSchema = z
  .object({
    file: z.string().nullable().describe('Null: this gateway was started without a file.'),
    revision: z.string().nullable().describe('Hash of the file as it is on disk; send it with every change.'),
    writable: z.boolean(),
    reason: z.string().optional().describe('Why it cannot be written.'),
    problems: z
      .array(problemSchema)
      .describe('What is wrong with the file on disk; the hall below is then the last valid one.'),
  })
  .meta({ id: 'SettingsSource' })

export const settingsSchema = z
  .object({
    at: unixMs,
    source: sourceSchema,
    site: z.object({
      id: z.string(),
      name: z.string(),
      type: z.enum(['center', 'comprehensive', 'professional', 'convenience', 'self-service']),
      timeZone: z.string(),
      openingHours: repairShape.openingHours.unwrap(),
    }),
    zones: z.array(z.object({ id: z.string(), name: z.string(), line, devices: count, alwaysOpen: z.boolean() })),
    links: z.array(
      z.object({
        id: z.string(),
        line,
        link: linkSchema,
        devices: z.array(z.string()).describe('Ids of the devices behind it.'),
      }),
    ),
    devices: z.array(
      z.object({
        line,
        text: z.string().nullable().describe('As it stands in hall.yaml.'),
        kind: z.enum(deviceKinds).describe('Of the line, else of its profile.'),
        device: deviceLineSchema,
      }),
    ),
    people: z.array(personLineSchema.extend({ line })),
    lead: z.string().nullable(),
    operations: z.string().nullable(),
    duty: z.array(dutyLineSchema.extend({ line })).describe('In the order of the file: later lines win.'),
    channels: z.array(
      z.object({
        id: z.string(),
        line,
        type: z.string(),
        settings: z
          .record(z.string(), z.unknown())
          .describe('As in hall.yaml, with user, password and query of an address as ***. Send *** back to keep them.'),
        secrets: z.array(
          z.object({
            setting: z.string(),
            variable: z.string().describe('Environment variable, or <variable>_FILE.'),
            set: z.boolean(),
          }),
        ),
      }),
    ),
    rules: z.object({
      hall: z.array(z.object({ line, rule: ruleLineSchema })).describe('`repair.rules` of hall.yaml.'),
      sla: repairShape.sla.unwrap(),
      verify: repairShape.verify.unwrap(),
      inspectPercent: z.number(),
      topology: repairShape.topology.unwrap(),
      maintenance: repairShape.maintenance.unwrap(),
      shelving: z.object({
        maxHours: z.number(),
        flapRaises: count.describe('So many raises within `flapMinutes` are chattering.'),
        flapMinutes: z.number(),
      }),
    }),
    broker: z.object({
      host: z.string(),
      port: z.int(),
      tls: z.boolean(),
      websocket: z.boolean(),
      credentials: z.boolean().describe('Devices need a password.'),
      maxClients: count,
    }),
    http: z.object({ host: z.string(), port: z.int(), publicUrl: z.string().nullable(), tokenSet: z.boolean() }),
    influx: z
      .object({ url: z.string(), api: z.string(), org: z.string(), bucket: z.string(), tokenSet: z.boolean() })
      .nullable()
      .describe('Null: values stay on the gateway.'),
    store: z.object({ path: z.string(), maxBytes: count, rawHours: z.number(), rollupDays: z.number() }),
  })
  .meta({ id: 'Settings' })

export const effectiveRulesSchema = z
  .object({
    device: z.string(),
    rules: z.array(
      z.object({
        code: z.string(),
        name: bilingual,
        part: z.string(),
        quantities: z.array(z.string()),
        priority: z.enum(['P1', 'P2', 'P3', 'P4']),
        from: z.enum(['parts', 'kind', 'profile', 'hall']).describe('Which layer it comes from; the last one wins.'),
        rule: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .meta({ id: 'EffectiveRules' })

export const savedSchema = z
  .object({
    written: z.boolean().describe('False for a dry run, and when nothing differs.'),
    revision: z.string().describe('Of the file as it is now.'),
    diff: z.string().describe('Unified lines; empty when nothing differs.'),
    problems: z.array(problemSchema).describe('Only a dry run has any: a real one is refused with 422.'),
    applied: z
      .object({
        added: z.array(z.string()),
        changed: z.array(z.string()),
        removed: z.array(z.string()),
        atNextStart: z.array(z.string()).describe('Sections that need a restart.'),
      })
      .nullable()
      .describe('Devices by id; null when nothing was written.'),
  })
  .meta({ id: 'SettingsSaved' })

export const refusedSettingsSchema = failureSchema
  .extend({ problems: z.array(problemSchema), diff: z.string() })
  .meta({ id: 'SettingsRefused' })

export const staleSettingsSchema = failureSchema
  .extend({
    current: z
      .object({ revision: z.string(), text: z.string() })
      .optional()
      .describe(
        'The file as it is now; absent for other conflicts. What the file cannot take is also answered with 409.',
      ),
    yours: z
      .object({
        revision: z.string(),
        text: z.string().nullable().describe('The version you started from, when it is still remembered.'),
        diff: z.string().describe('From it to the current one.'),
      })
      .optional(),
    rebased: z
      .object({ diff: z.string(), problems: z.array(problemSchema) })
      .nullable()
      .optional()
      .describe('What your changes would do to the current version; null when they no longer fit.'),
  })
  .meta({ id: 'SettingsStale' })

const profileFields = {
  id: z.string().describe('vendor/model'),
  vendor: z.string(),
  model: z.string(),
  title: bilingual,
  kind: z.enum(deviceKinds),
  kindName: bilingual,
  level: z.enum(['draft', 'bench', 'field']).describe('How far it is proved: documents only, one device, a hall.'),
  via: z.enum(PROTOCOLS),
  variants: z.array(z.object({ id: z.string(), note: z.string() })),
  points: count.describe('Quantities of the default variant.'),
  weak: count.describe('Figures that only one source carries, that sources disagree on, or that nobody verified.'),
  cases: count.nullable().describe('Recorded answers with expected values; null when not known here.'),
  devices: z.array(z.string()).describe('Devices of this hall that use it.'),
  parameters: z
    .array(z.object({ name: z.string(), default: z.string().nullable(), note: z.string().optional() }))
    .describe('MQTT: names a hall fills in under `topic`.'),
}

export const profileListSchema = z
  .object({
    profiles: z.array(z.object(profileFields).meta({ id: 'ProfileSummary' })),
    broken: z.array(z.object({ file: z.string(), problems: z.array(problemSchema) })),
  })
  .meta({ id: 'ProfileList' })

export const pointSchema = z
  .object({
    quantity: z.string(),
    zh: z.string(),
    en: z.string(),
    unit: z.string().describe('Canonical unit of the quantity.'),
    variant: z.string().nullable().describe('Null: holds for every variant.'),
    rate: z.enum(rateClasses).optional(),
    table: z.enum(['coil', 'discrete', 'holding', 'input', 'item']).optional(),
    functionCode: z.int().optional(),
    address: z.int().optional().describe('0-based, as on the wire.'),
    reference: z.string().optional().describe('As printed in the vendor’s document; else the usual 4xxxx number.'),
    type: z.string().optional(),
    scale: z.number().optional(),
    sentUnit: z.string().optional().describe('Unit the device uses.'),
    topic: z.string().optional(),
    pointer: z.string().optional(),
    confidence: z.string().optional(),
    note: z.string().optional(),
  })
  .meta({ id: 'ProfilePoint' })

export const profileSchema = z
  .object({
    ...profileFields,
    source: z.array(z.object({ document: z.string(), part: z.string().optional() })),
    notes: z.array(z.string()),
    periodsMs: z.object({ fast: z.number(), normal: z.number(), slow: z.number() }).nullable(),
    modbus: z
      .object({
        unitId: z.int(),
        wordOrder: z.string(),
        maxRegistersPerRequest: z.int(),
        gapMs: z.number(),
        timeoutMs: z.number(),
        serial: z
          .object({ baud: z.int(), parity: z.string(), stopBits: z.int(), note: z.string().optional() })
          .nullable(),
        probe: z
          .object({
            quantity: z.string(),
            min: z.number().optional(),
            max: z.number().optional(),
            startsWith: z.string().optional(),
          })
          .nullable(),
        forbidden: z.array(z.object({ table: z.string(), from: z.int(), to: z.int(), note: z.string().optional() })),
      })
      .nullable(),
    mqtt: z.object({ topics: z.array(z.string()), subscribes: z.array(z.string()) }).nullable(),
    pointList: z.array(pointSchema),
    faultRules: z.array(z.record(z.string(), z.unknown())),
  })
  .meta({ id: 'Profile' })
