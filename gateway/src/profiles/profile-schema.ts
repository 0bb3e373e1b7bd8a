import { z } from 'zod'
import { deviceKinds } from '../domain/device-kind.ts'
import { unitNames } from '../domain/unit.ts'
import { askedLines } from './asked-lines.ts'
import { commandSchema } from './command-schema.ts'
import { dlt645Schema } from './dlt645-schema.ts'
import { faultRuleSchema } from './fault-rule-schema.ts'
import { confidenceSchema, rateClasses } from './line-words.ts'
import { ocppQuantities } from './ocpp-lines.ts'
import { ocppSchema } from './ocpp-schema.ts'
import { probeSchema } from './probe-schema.ts'
import { scrapeSchema } from './scrape-schema.ts'
import { signatureSchema } from './signature-schema.ts'
import { snmpSchema } from './snmp-schema.ts'
import { SUNSPEC_BASES } from './sunspec-walk.ts'

const bilingualSchema = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })

export const registerTypes = [
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
  'string',
  'hex',
  'bool',
] as const

const MISSING = z
  .array(z.union([z.int(), z.string().regex(/^0x[0-9A-Fa-f]+$/, 'Write an integer, or a quoted "0x…" for 64 bits.')]))
  .describe('Raw patterns that mean "no value". Patterns above 53 bits go in quotes: "0x7FFFFFFFFFFFFFFF".')
const integerTypes = ['uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'] as const

const wordOrderSchema = z.enum(['high-first', 'low-first'])
const tableSchema = z.enum(['coil', 'discrete', 'holding', 'input'])

/** One register (or run of registers) and the quantity it holds. One line in the file. */
const registerSchema = z.strictObject({
  quantity: z
    .string()
    .describe('Id from gateway/src/domain/quantity.ts, with its qualifier where it has one: temperature.cabinet'),
  table: tableSchema.optional().describe('Default: modbus.table.'),
  model: z
    .string()
    .optional()
    .describe(
      'SunSpec: a name of modbus.sunspec.models. `address` and `scaleRegister` then count from the model’s id.',
    ),
  address: z.int().min(0).max(65535).describe('0-based as on the wire; not the printed reference number 30001…'),
  reference: z.union([z.int(), z.string()]).optional().describe('The number printed in the vendor’s document.'),
  type: z.enum(registerTypes),
  words: z.int().min(1).max(125).optional().describe('string and hex: how many registers, two bytes each.'),
  wordOrder: wordOrderSchema.optional(),
  scale: z.number().optional().describe('value in `unit` = raw × scale'),
  scaleRegister: z
    .int()
    .min(0)
    .max(65535)
    .optional()
    .describe('Address of an int16 that holds the power of ten to multiply by.'),
  ratioRegisters: z
    .array(z.int().min(0).max(65535))
    .optional()
    .describe('Addresses of uint16 ratios (CT, VT) the value is multiplied by.'),
  ratioScale: z
    .number()
    .optional()
    .describe('Factor applied once for the ratios together, e.g. 0.1 when raw 10 means 1.0.'),
  absolute: z.boolean().optional().describe('The sign carries no meaning: take the absolute value.'),
  negativeWhen: z
    .strictObject({ address: z.int().min(0).max(65535), bit: z.int().min(0).max(15) })
    .optional()
    .describe('The sign stands elsewhere: the value is negated while this bit of that register (same table) is set.'),
  unit: z.enum(unitNames).default('').describe('Unit of raw × scale; converted to the quantity’s canonical unit.'),
  bits: z
    .strictObject({ from: z.int().min(0).max(63), width: z.int().min(1).max(32).default(1) })
    .optional()
    .describe('Take only these bits of the raw integer; bit 0 is the lowest.'),
  states: z
    .record(z.string().regex(/^(0x[0-9A-Fa-f]+|-?\d+)$/), z.union([z.string(), z.boolean(), z.number()]))
    .optional()
    .describe(
      'Raw integer → word of the quantity (or true/false, or a number). A raw value not listed is bad: out-of-range.',
    ),
  missing: MISSING.optional(),
  min: z.number().optional().describe('Below this (canonical unit) the value is bad: out-of-range.'),
  max: z.number().optional(),
  rate: z.enum(rateClasses).default('normal'),
  confidence: confidenceSchema.optional(),
  optional: z
    .literal(true)
    .optional()
    .describe('Not every device of the model has it: that it is refused is no trouble and is not told.'),
  note: z.string().optional().describe('What the device does differently from what one would expect.'),
})

const startSchema = z.string().min(1)

/** Objects of the basic device identification, by the names people know them (Modbus Application Protocol V1.1b3, §6.21). */
const identitySchema = z.strictObject({
  vendor: startSchema.optional(),
  productCode: startSchema.optional(),
  revision: startSchema.optional(),
  productName: startSchema.optional(),
  modelName: startSchema.optional(),
})

const sunspecSchema = z.strictObject({
  bases: z
    .array(z.int().min(0).max(65533))
    .min(1)
    .default([...SUNSPEC_BASES])
    .describe('Wire addresses at which the marker SunS is looked for, in this order.'),
  models: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), z.array(z.int().min(1).max(65534)).min(1))
    .describe('Name for the registers → model ids that have this layout; the first the device has counts.'),
  needs: z.array(z.string()).min(1).describe('Names of models; a device that has none of these is another device.'),
})

const modbusSchema = z.strictObject({
  table: tableSchema.default('holding'),
  wordOrder: wordOrderSchema.default('high-first'),
  missing: z
    .partialRecord(z.enum(integerTypes), MISSING)
    .default({})
    .describe(
      'Patterns that mean "no value" in every register of a type, where the register names none. NaN always does.',
    ),
  maxRegistersPerRequest: z.int().min(1).max(125).default(125),
  maxGap: z.int().min(0).max(125).optional().describe('Never read through a longer hole than this, however cheap.'),
  alignment: z.enum(['any', 'even']).default('any').describe('even: start address and count must be even.'),
  gapMs: z.int().min(0).max(5000).default(0).describe('Pause the device needs between two requests.'),
  writeGapMs: z.int().min(0).max(60_000).default(0).describe('Pause the device needs between two writes.'),
  connectDelayMs: z.int().min(0).max(10_000).default(0),
  timeoutMs: z.int().min(50).max(30_000).default(1000),
  unitId: z.int().min(0).max(255).default(1),
  periodsMs: z
    .strictObject({ fast: z.int().default(1000), normal: z.int().default(10_000), slow: z.int().default(60_000) })
    .prefault({}),
  serial: z
    .strictObject({
      baud: z.int(),
      parity: z.enum(['none', 'even', 'odd']),
      stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
      note: z.string().optional(),
    })
    .optional()
    .describe('Factory setting, for the commissioning page; the link in hall.yaml decides.'),
  forbidden: z
    .array(z.strictObject({ table: tableSchema.optional(), from: z.int(), to: z.int(), note: z.string().optional() }))
    .default([])
    .describe('Address ranges that must never be read.'),
  probe: z
    .strictObject({
      quantity: z.string(),
      min: z.number().optional(),
      max: z.number().optional(),
      startsWith: z.string().optional(),
    })
    .optional()
    .describe('One quantity whose range (or first letters) proves that the map fits.'),
  identity: identitySchema
    .optional()
    .describe(
      'What the device says of itself (function code 43/14) begins so, whatever the capitals. A device that does not know the function proves nothing.',
    ),
  sunspec: sunspecSchema
    .optional()
    .describe('Registers stand in SunSpec models, which are looked for when the device is first heard.'),
  registers: z.array(registerSchema).default([]),
  variants: z
    .record(
      z.string(),
      z.strictObject({
        note: z.string(),
        extends: z
          .string()
          .optional()
          .describe('Another variant whose registers hold here too (not those it extends).'),
        registers: z.array(registerSchema),
      }),
    )
    .optional()
    .describe('Alternative groups of registers; hall.yaml picks one, the first is the default.'),
})

/** How one value is taken from a message. At most one of `pointer` and `jsonata`; neither takes the payload as a whole. */
const mappingSchema = z.strictObject({
  quantity: z.string().describe('Id from the vocabulary, with its qualifier where it has one: paper.receipt'),
  pointer: z
    .string()
    .regex(/^(\/.*)?$/, 'A JSON Pointer is empty or begins with /, for example /ENERGY/Power.')
    .optional()
    .describe('JSON Pointer (RFC 6901) into the payload.'),
  item: z
    .strictObject({
      where: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      member: z.string(),
    })
    .optional()
    .describe('The pointer leads to a list: the value is this member of the first item whose members say `where`.'),
  words: z
    .boolean()
    .optional()
    .describe(
      'The text is several words with spaces between them: the first word of `states` that is among them counts. None of them: it is absent.',
    ),
  jsonata: z
    .string()
    .optional()
    .describe(
      'JSONata expression over the payload, for what nothing else reaches; topic captures are $name. Twenty times slower than a pointer, and bounded in time.',
    ),
  asText: z
    .boolean()
    .default(false)
    .describe('The JSON payload writes this number as text ("230.1"). A text payload always does.'),
  sum: z
    .boolean()
    .optional()
    .describe('The payload may hold a list of numbers, one for each phase: they are added up.'),
  bits: z
    .strictObject({ from: z.int().min(0).max(51), width: z.int().min(1).max(32).default(1) })
    .optional()
    .describe('Take only these bits of an integer; bit 0 is the lowest.'),
  unit: z.enum(unitNames).default('').describe('Unit of raw × scale; converted to the quantity’s canonical unit.'),
  scale: z.number().optional().describe('value in `unit` = raw × scale'),
  states: z
    .record(z.string(), z.union([z.string(), z.boolean(), z.number(), z.null()]))
    .optional()
    .describe('What the payload says → value; null: it says nothing about this quantity. What is not listed is bad.'),
  optional: z.boolean().default(false).describe('The device may leave it out; absence is not an error.'),
  min: z.number().optional().describe('Below this (canonical unit) the value is bad: out-of-range.'),
  max: z.number().optional(),
  confidence: confidenceSchema.optional(),
  note: z.string().optional(),
})

/** One word of the payload, or several that mean the same. */
const wordsSchema = z.union([z.string(), z.array(z.string()).min(1)])

const messageSchema = z.strictObject({
  topic: z
    .string()
    .min(1)
    .describe(
      'With {parameters} of the profile, + for any one level, +name for a capture, # at the end: `tele/{topic}/SENSOR`.',
    ),
  payload: z.enum(['json', 'text']).default('json'),
  partial: z
    .boolean()
    .default(false)
    .describe('The message holds only what changed: whatever is absent is not an error.'),
  everyMs: z
    .int()
    .min(100)
    .optional()
    .describe('Period in which the device sends it; without one a value never grows stale by age.'),
  at: z
    .strictObject({ pointer: z.string(), format: z.enum(['unix-ms', 'unix-s', 'iso']) })
    .optional()
    .describe('The device’s own time stamp (iso: with its zone). Absent or absurd: the time of receipt.'),
  presence: z
    .strictObject({
      pointer: z.string().optional(),
      online: wordsSchema.optional(),
      offline: wordsSchema.optional(),
      unknown: wordsSchema.optional().describe('Whoever would know is gone itself, a bridge for example.'),
    })
    .optional()
    .describe('The message says whether the device is there (a Will Message).'),
  values: z.array(mappingSchema).default([]),
})

const mqttSchema = z.strictObject({
  parameters: z
    .record(z.string(), z.strictObject({ default: z.string().optional(), note: z.string().optional() }))
    .default({})
    .describe('Names a hall fills in. {device} and {hall} are always there, in topics and in defaults.'),
  messages: z.array(messageSchema).min(1),
  publishes: z
    .array(z.string())
    .optional()
    .describe('Further topic filters the device may publish to (ACL) though nothing is read from them.'),
  subscribes: z
    .array(z.string())
    .default([])
    .describe('Topic filters the device may subscribe to (ACL): its commands.'),
})

/** Everything about a model; nothing about a place. */
export const profileSchema = z.strictObject({
  vendor: z.string().min(1),
  model: z.string().min(1),
  kind: z.enum(deviceKinds),
  title: bilingualSchema,
  level: z
    .enum(['draft', 'bench', 'field'])
    .default('draft')
    .describe('draft: from documents only. bench: tried on one device. field: ran in a hall.'),
  source: z
    .array(z.strictObject({ document: z.string(), part: z.string().optional() }))
    .min(1)
    .describe('Where the figures come from.'),
  notes: z.array(z.string()).default([]),
  modbus: modbusSchema.optional(),
  mqtt: mqttSchema.optional(),
  dlt645: dlt645Schema.optional(),
  snmp: snmpSchema.optional(),
  probe: probeSchema.optional(),
  scrape: scrapeSchema.optional(),
  signature: signatureSchema.optional(),
  ocpp: ocppSchema.optional(),
  commands: z
    .record(z.string(), commandSchema)
    .default({})
    .describe('What this model can be told to do, where a hall allows it. See gateway/docs/commands.md.'),
  faults: z
    .array(faultRuleSchema)
    .default([])
    .describe(
      'When this model is at fault, beyond the words of its parts and the rules of its kind. See gateway/docs/faults.md.',
    ),
})

export type Profile = z.infer<typeof profileSchema>
export type ModbusProfile = z.infer<typeof modbusSchema>
export type Register = z.infer<typeof registerSchema>
export type RegisterType = (typeof registerTypes)[number]
export type WordOrder = z.infer<typeof wordOrderSchema>
/** Which of the four Modbus tables a register stands in. */
export type ModbusTable = z.infer<typeof tableSchema>
export type RateClass = (typeof rateClasses)[number]
export type MqttProfile = z.infer<typeof mqttSchema>
export type MqttMessageRule = z.infer<typeof messageSchema>
export type MqttMapping = z.infer<typeof mappingSchema>

/** Everything a profile can measure, with all its variants. */
export const quantitiesOf = ({ modbus, mqtt, dlt645, ocpp, ...rest }: Profile): string[] => [
  ...new Set([
    ...askedLines(rest).map(({ quantity }) => quantity),
    ...(ocpp ? ocppQuantities(ocpp) : []),
    ...(modbus?.registers ?? []).map(({ quantity }) => quantity),
    ...Object.values(modbus?.variants ?? {}).flatMap(({ registers }) => registers.map(({ quantity }) => quantity)),
    ...(mqtt?.messages ?? []).flatMap(({ values }) => values.map(({ quantity }) => quantity)),
    ...[dlt645, ...Object.values(dlt645?.variants ?? {})]
      .flatMap((group) => group?.items ?? [])
      .map(({ quantity }) => quantity),
  ]),
]
