import { z } from 'zod'
import { ocppCallSchema } from './ocpp-calls.ts'

/** What a profile says about one thing its model can be told to do. */

const valueSchema = z.union([z.boolean(), z.number(), z.string()])
const secondsSchema = z.number().min(0.1).max(3600)

const registerWriteSchema = z.strictObject({
  table: z.enum(['holding', 'coil']).default('holding'),
  address: z.int().min(0).max(65535).describe('0-based as on the wire.'),
  type: z.enum(['uint16', 'int16', 'uint32', 'int32', 'float32']).default('uint16'),
  wordOrder: z.enum(['high-first', 'low-first']).optional().describe('Default: modbus.wordOrder.'),
  scale: z.number().optional().describe('Value in the canonical unit of the quantity = raw × scale.'),
  raw: z
    .record(z.string(), z.int())
    .optional()
    .describe('Value → raw number, for words and true/false. Without it true is 1 and false is 0.'),
})

const messageWriteSchema = z.strictObject({
  topic: z.string().min(1).describe('With {parameters} of the profile, and {device} and {hall}.'),
  payload: z
    .string()
    .max(1000)
    .describe('{value} is the value, {id} the number of the command, {time} Unix ms; all else as it stands.'),
})

/** A register that has to hold something before the command is written: the device’s own watchdog, for example. */
const beforeSchema = z.strictObject({
  ...registerWriteSchema.shape,
  value: valueSchema.describe('In the canonical unit of the quantity.'),
  quantity: z
    .string()
    .optional()
    .describe('Where the device shows it. While its newest reading is this value already, it is not written again.'),
})

const confirmSchema = z.strictObject({
  quantity: z.string().optional().describe('Which reading shows it. Default: the quantity of the command.'),
  value: valueSchema.optional().describe('What that reading shows. Default: the value of the command.'),
  withinS: secondsSchema.default(3).describe('From the write on.'),
  tolerance: z.number().min(0).optional().describe('By how much a number may differ, canonical unit. Default 0.'),
  below: z.number().optional().describe('For a command without a value: the reading falls below this.'),
  atMost: z
    .literal(true)
    .optional()
    .describe('For a limit: the reading is at most the value (and the tolerance); it may be less.'),
  answer: z
    .literal(true)
    .optional()
    .describe(
      'The device itself answers on …/command/<name>/result with {"id", "ok", "text"} (our own contract); over OCPP, that it accepts.',
    ),
})

const effectSchema = z.strictObject({
  quantity: z.string(),
  below: z.number().optional().describe('Falls below this, canonical unit: a welded relay says off and still draws.'),
  load: z
    .literal(true)
    .optional()
    .describe('Rises to `leastLoadW` of the device in hall.yaml, or above; expects nothing where the hall says none.'),
  withinS: secondsSchema.default(8).describe('From the write on.'),
})

export const commandSchema = z.strictObject({
  title: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  quantity: z.string().optional().describe('What it changes. A restart changes none.'),
  value: valueSchema.optional().describe('The one value it sets; the command then takes none.'),
  values: z.array(valueSchema).min(2).optional().describe('The only values it takes.'),
  min: z.number().optional().describe('With max: it takes a number in the canonical unit of the quantity.'),
  max: z.number().optional(),
  step: z.number().positive().optional().describe('Numbers are min, min + step, … Default: any.'),
  permission: z
    .enum(['command-device', 'adjust-device'])
    .default('command-device')
    .describe('Which right it takes (gateway/docs/commands.md).'),
  power: z.boolean().default(false).describe('Switches on heat, motion or power: screens ask by holding 1 s.'),
  allOff: z.boolean().default(false).describe('Part of “everything off”: sent at once, whatever else is under way.'),
  maxPerDay: z.int().min(1).optional().describe('In any 24 hours.'),
  everyS: z.number().min(1).max(86_400).optional().describe('Pause the device needs from one to the next.'),
  register: registerWriteSchema.optional().describe('Modbus: where the value is written.'),
  before: z.array(beforeSchema).default([]).describe('Modbus: written first, in this order.'),
  expiresS: z
    .number()
    .min(1)
    .max(3600)
    .optional()
    .describe('Modbus: the device forgets it after so long. It is written again well before, until it is taken back.'),
  message: messageWriteSchema.optional().describe('MQTT: what is published.'),
  ocpp: ocppCallSchema.optional().describe('OCPP: what is asked of the charge point.'),
  timed: z
    .strictObject({
      ...messageWriteSchema.shape,
      payload: z.string().max(1000).describe('As in message; also {seconds} and {seconds+100}.'),
      mostS: z.int().min(1).max(86_400).describe('Longest time the device can count down.'),
    })
    .optional()
    .describe('MQTT: published instead when it is to be taken back: the device counts down by itself as well.'),
  ask: messageWriteSchema
    .optional()
    .describe('MQTT: makes the device report now; published until the command has ended.'),
  confirm: confirmSchema.prefault({}),
  effect: effectSchema.optional().describe('What must show besides, on another quantity.'),
  revert: z
    .string()
    .optional()
    .describe('How it is taken back: the name of another command, or `before` for the value that was read before.'),
  note: z.string().optional(),
})

export type ProfileCommand = z.infer<typeof commandSchema>
export type RegisterWrite = z.infer<typeof registerWriteSchema>
