import { z } from 'zod'
import { askedCaseSchemas } from './asked-cases.ts'

const badReasons = ['timeout', 'exception', 'not-available', 'out-of-range', 'wrong-type', 'link-down'] as const

const wordsSchema = z.record(
  z.string().regex(/^(0x[0-9A-Fa-f]+|\d+)$/, 'An address is a number, 0x2000 or 8192.'),
  z.array(z.int().min(0).max(65535)).min(1),
)

const expectation = {
  name: z.string().min(1).describe('A sentence: what the device says, and what comes of it.'),
  expect: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean()]))
    .default({})
    .describe('Quantity → value in its canonical unit. Numbers are compared exactly.'),
  bad: z.record(z.string(), z.enum(badReasons)).default({}).describe('Quantity → why it has no value.'),
}

const modbusCaseSchema = z.strictObject({
  ...expectation,
  variant: z.string().optional().describe('Default: the first variant of the profile.'),
  words: z
    .strictObject({
      coil: wordsSchema.optional(),
      discrete: wordsSchema.optional(),
      holding: wordsSchema.optional(),
      input: wordsSchema.optional(),
    })
    .describe('By table: address → the words from there on, as they come over the wire.'),
})

const itemCaseSchema = z.strictObject({
  ...expectation,
  variant: z.string().optional().describe('Default: the first variant of the profile.'),
  items: z
    .record(
      z.string().regex(/^[0-9A-F]{8}$/, 'A data identifier in quotes, 8 hexadecimal digits.'),
      z.string().regex(/^([0-9A-Fa-f]{2} ?)*$/, 'Bytes as hexadecimal pairs: "26 00 00 00".'),
    )
    .describe(
      'DL/T 645: data identifier → the bytes of its answer in wire order, without identifier and without the 33H added to each. A block that is not here was refused.',
    ),
  readAt: z.int().default(1_767_225_600_000).describe('Unix ms at which they came; matters for the clock alone.'),
})

const mqttCaseSchema = z.strictObject({
  ...expectation,
  topic: z.string(),
  payload: z.unknown().describe('Text is sent as it stands, anything else as JSON.'),
  parameters: z.record(z.string(), z.string()).default({}).describe('Values for the {names} in the topics.'),
  receivedAt: z.int().default(1_767_225_600_000).describe('Unix ms; 2026-01-01T00:00:00Z unless it matters.'),
  at: z.int().optional().describe('Expected time stamp, Unix ms; without it the time of receipt.'),
  presence: z.enum(['online', 'offline', 'unknown']).optional(),
  rejected: z.string().optional().describe('Why the whole message is refused.'),
})

const ocppCaseSchema = z.strictObject({
  ...expectation,
  messages: z
    .array(z.tuple([z.string(), z.record(z.string(), z.unknown())]))
    .min(1)
    .describe('OCPP: [action, payload], one after the other, as the charge point sends them.'),
  connector: z.int().min(1).default(1),
  receivedAt: mqttCaseSchema.shape.receivedAt,
  at: z.int().optional().describe('Expected time stamp of the last message that says something, Unix ms.'),
  rejected: z.string().optional().describe('Why a message is refused.'),
})

const asked = askedCaseSchemas(expectation)

const commandCaseSchema = z.strictObject({
  name: expectation.name,
  command: z.string().describe('Its name in the profile.'),
  value: z.union([z.boolean(), z.number(), z.string()]).optional(),
  seconds: z.int().optional().describe('It is to be taken back after so many seconds.'),
  parameters: mqttCaseSchema.shape.parameters,
  sends: z
    .array(z.strictObject({ topic: z.string(), payload: z.string() }))
    .optional()
    .describe('Messages, in order.'),
  writes: z
    .array(z.strictObject({ address: z.int(), words: z.array(z.int()).optional(), on: z.boolean().optional() }))
    .optional()
    .describe('Registers (words) or coils (on), in order.'),
  connector: z.int().min(1).default(1).describe('OCPP.'),
  transaction: z.int().optional().describe('OCPP: the transaction under way.'),
  calls: z
    .array(z.strictObject({ action: z.string(), payload: z.record(z.string(), z.unknown()) }))
    .optional()
    .describe('OCPP: what the charge point is asked, in order.'),
})

/** `<model>.cases.yaml`: what the device sends and what the gateway must make of it, worked out by hand or by another program. */
export const casesSchema = z
  .array(
    z.union([
      modbusCaseSchema,
      itemCaseSchema,
      mqttCaseSchema,
      ocppCaseSchema,
      ...Object.values(asked),
      commandCaseSchema,
    ]),
  )
  .min(1)

export type ModbusCase = z.infer<typeof modbusCaseSchema>
export type ItemCase = z.infer<typeof itemCaseSchema>
export type MqttCase = z.infer<typeof mqttCaseSchema>
export type OcppCase = z.infer<typeof ocppCaseSchema>
/** Of a device that is asked over the network, or read off its power. */
export type AskedReadingCase = z.infer<(typeof asked)[keyof typeof asked]>
export type CommandCase = z.infer<typeof commandCaseSchema>
export type ProfileCase = AskedReadingCase | ModbusCase | ItemCase | MqttCase | OcppCase | CommandCase

export const isModbusCase = (one: ProfileCase): one is ModbusCase => 'words' in one
export const isItemCase = (one: ProfileCase): one is ItemCase => 'items' in one
export const isOcppCase = (one: ProfileCase): one is OcppCase => 'messages' in one
export const isCommandCase = (one: ProfileCase): one is CommandCase => 'command' in one
/** What a device says, as against what it is told. */
export const isReadingCase = (one: ProfileCase): one is Exclude<ProfileCase, CommandCase> => !isCommandCase(one)
