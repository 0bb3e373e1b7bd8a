import { z } from 'zod'
import { deviceKinds } from '../domain/device-kind.ts'
import { ruleSchemaWith } from '../profiles/fault-rule-schema.ts'

const idSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(64)
const timeSchema = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, 'A time of day such as 08:30.')
const daySchema = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
const minutesSchema = z.number().positive()

/** Names of environment variables; `<NAME>_FILE` works too. Secrets never stand in hall.yaml. */
const secretName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'The name of an environment variable, not the secret itself.')

const channelSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('wecom'), key: secretName, url: z.url().optional() }),
  z.strictObject({
    type: z.literal('dingtalk'),
    token: secretName,
    secret: secretName.optional(),
    url: z.url().optional(),
  }),
  z.strictObject({
    type: z.literal('feishu'),
    token: secretName,
    secret: secretName.optional(),
    url: z.url().optional(),
  }),
  z.strictObject({ type: z.literal('webhook'), url: z.url(), secret: secretName.optional() }),
  z.strictObject({
    type: z.literal('smtp'),
    host: z.string(),
    port: z.int().default(465),
    secure: z.boolean().default(true),
    user: z.string().optional(),
    password: secretName.optional(),
    from: z.string(),
  }),
  z.strictObject({ type: z.literal('mqtt'), topic: z.string() }),
  z.strictObject({ type: z.literal('alertmanager'), url: z.url(), token: secretName.optional() }),
  z.strictObject({
    type: z.literal('aliyun-sms'),
    accessKeyId: secretName,
    accessKeySecret: secretName,
    signName: z.string(),
    templateCode: z.string(),
    url: z.url().optional(),
  }),
  z.strictObject({
    type: z.literal('tencent-sms'),
    secretId: secretName,
    secretKey: secretName,
    sdkAppId: z.string(),
    signName: z.string(),
    templateId: z.string(),
    region: z.string().default('ap-guangzhou'),
    url: z.url().optional(),
  }),
])

const personSchema = z.strictObject({
  id: idSchema.describe('The user name of this person.'),
  name: z.string().max(40),
  channels: z.array(idSchema).min(1).describe('Channels in fail-over order.'),
  phone: z.string().optional().describe('For SMS and @ in chats.'),
  email: z.email().optional(),
  chatId: z.string().optional().describe('User id in the chat system, for @.'),
  skills: z
    .array(z.string())
    .default([])
    .describe('Device kinds or fault groups (prn, cash, ev …) this person repairs; empty: all.'),
  zones: z.array(idSchema).default([]).describe('Zones this person cares for; empty: all.'),
})

/** Who is on duty. Later lines win over earlier ones. */
const dutySchema = z.strictObject({
  people: z.array(idSchema).min(1),
  days: z.array(daySchema).default(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
  from: timeSchema.default('00:00'),
  to: timeSchema.default('24:00'),
})

const ladderSchema = z.strictObject({
  acknowledgeMin: minutesSchema.optional(),
  arriveMin: minutesSchema.optional(),
  finishMin: minutesSchema.optional(),
  finishWorkingDays: minutesSchema.optional(),
  arriveWorkingDays: minutesSchema.optional(),
})

/** A fault rule of this hall, for some of its devices. */
const hallRuleSchema = ruleSchemaWith({
  on: z
    .strictObject({
      devices: z.array(idSchema).min(1),
      kinds: z.array(z.enum(deviceKinds)).min(1),
      profiles: z.array(z.string()).min(1),
      zones: z.array(idSchema).min(1),
    })
    .partial()
    .default({})
    .describe('Which devices; several conditions hold together. Empty: every device that has the quantity.'),
})

/** Everything about repairing in one hall: who, when, by which channel, how fast. */
export const repairSchema = z.strictObject({
  openingHours: z
    .array(z.strictObject({ days: z.array(daySchema).min(1), from: timeSchema, to: timeSchema }))
    .default([{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:30', to: '17:30' }]),
  calendar: z
    .strictObject({ holidays: z.array(z.iso.date()).default([]), workdays: z.array(z.iso.date()).default([]) })
    .optional()
    .describe(
      'Dates that differ from the published Chinese working calendar: 2027-02-05. A date in both is a workday.',
    ),
  alwaysOpen: z.array(idSchema).default([]).describe('Zones that serve day and night (24 h self-service).'),
  people: z.array(personSchema).default([]),
  lead: idSchema.optional().describe('Person told at the first escalation.'),
  operations: idSchema.optional().describe('Person told at the second escalation.'),
  duty: z.array(dutySchema).default([]),
  channels: z.record(idSchema, channelSchema).default({}),
  publicUrl: z
    .url()
    .optional()
    .describe('Address under which phones reach the gateway: for one-tap links. Default: the HTTP address.'),
  sla: z.strictObject({ P1: ladderSchema, P2: ladderSchema, P3: ladderSchema, P4: ladderSchema }).partial().default({}),
  verify: z
    .strictObject({
      healthyMinutes: z
        .number()
        .min(0)
        .default(10)
        .describe('How long a device must be healthy after 工作结束 before the order closes.'),
      feedback: z.boolean().default(false).describe('Ask for 回访 before closing.'),
      selfTest: z
        .boolean()
        .default(false)
        .describe(
          'After 工作结束, command devices of the Hallwatt contract to test themselves; a failed test keeps it open.',
        ),
    })
    .prefault({}),
  inspectPercent: z.number().min(0).max(100).default(10).describe('Share of closed orders drawn for 稽查.'),
  topology: z
    .array(z.strictObject({ parent: idSchema, children: z.array(idSchema).min(1), kind: z.enum(['power', 'network']) }))
    .default([])
    .describe(
      'What feeds what: when the parent is down, its children’s alarms are explained by it. Links and devices on them are known already.',
    ),
  rules: z
    .array(hallRuleSchema)
    .default([])
    .describe(
      'Fault rules of this hall. One that has the same code, type and quantity as a rule of the profile or of the kind replaces it.',
    ),
  maintenance: z
    .array(
      z.strictObject({
        devices: z.array(idSchema).min(1),
        from: z.iso.datetime({ offset: true }),
        to: z.iso.datetime({ offset: true }),
        reason: z.string(),
      }),
    )
    .default([]),
})

export type Repair = z.infer<typeof repairSchema>
export type HallFaultRule = Repair['rules'][number]
export type Person = Repair['people'][number]
export type ChannelSettings = Repair['channels'][string]
