import { z } from 'zod'
import { unitNames } from '../domain/unit.ts'
import { confidenceSchema, rateClasses } from './line-words.ts'

const identifierSchema = z
  .string()
  .regex(/^[0-9A-F]{8}$/, 'A data identifier is 8 hexadecimal digits as the standard prints them: "02010100".')

/** One data item of a meter and the quantity it holds. One line in the file. */
const itemSchema = z.strictObject({
  quantity: z.string().describe('Id from gateway/src/domain/quantity.ts, with its qualifier where it has one.'),
  di: identifierSchema.describe('Data identifier, DI3 to DI0 as printed.'),
  block: z
    .strictObject({ di: identifierSchema, index: z.int().min(0).max(63) })
    .optional()
    .describe(
      'The block (an identifier with FF) that brings this item with others, and the item’s place in it from 0. The item alone is asked for when the meter refuses the block.',
    ),
  format: z
    .string()
    .regex(
      /^(X{1,8}(\.X{1,4})?|bits(8|16)|text|digits|clock)$/,
      'XXXXXX.XX as printed, bits8, bits16, text, digits, or clock.',
    )
    .describe(
      'As the standard prints it: XXX.X is two bytes of BCD with one decimal. bits8 and bits16: an integer, lowest byte first. clock: the item 04000101 (date) with 04000102 (time), as how far the meter’s clock is off, in seconds.',
    ),
  signed: z.boolean().default(false).describe('The highest bit of the highest byte is a sign.'),
  bytes: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('Length of the item where the format does not say it: text, digits, and a number with a time behind it.'),
  scale: z.number().optional().describe('value in `unit` = number × scale'),
  unit: z.enum(unitNames).default('').describe('Converted to the quantity’s canonical unit.'),
  bits: z
    .strictObject({ from: z.int().min(0).max(15), width: z.int().min(1).max(16).default(1) })
    .optional()
    .describe('Only these bits of a status word; bit 0 is the lowest.'),
  states: z
    .record(z.string().regex(/^\d+$/), z.union([z.string(), z.boolean(), z.number()]))
    .optional()
    .describe('Integer → word of the quantity. One that is not listed is bad: out-of-range.'),
  min: z.number().optional().describe('Below this (canonical unit) the value is bad: out-of-range.'),
  max: z.number().optional(),
  rate: z.enum(rateClasses).default('normal'),
  optional: z
    .literal(true)
    .optional()
    .describe('Not every device of the model has it: that it is refused is no trouble and is not told.'),
  confidence: confidenceSchema.optional(),
  note: z.string().optional().describe('What the meter does differently from what one would expect.'),
})

/** A meter that speaks DL/T 645-2007. */
export const dlt645Schema = z.strictObject({
  gapMs: z.int().min(0).max(5000).default(30).describe('Pause a slow half-duplex meter needs before the next request.'),
  timeoutMs: z
    .int()
    .min(200)
    .max(30_000)
    .default(600)
    .describe('Until the answer begins; the standard gives a meter 500 ms. What its bytes take on the line is added.'),
  periodsMs: z
    .strictObject({ fast: z.int().default(5000), normal: z.int().default(30_000), slow: z.int().default(300_000) })
    .prefault({}),
  serial: z
    .strictObject({
      baud: z.int(),
      parity: z.enum(['none', 'even', 'odd']),
      stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
      note: z.string().optional(),
    })
    .prefault({ baud: 2400, parity: 'even' })
    .describe('Factory setting, for trying and commissioning; hall.yaml decides.'),
  timeZone: z
    .string()
    .regex(/^[+-]\d{2}:\d{2}$/)
    .default('+08:00')
    .describe('Of the meter’s clock, for `clock`.'),
  probe: z
    .strictObject({ quantity: z.string(), min: z.number().optional(), max: z.number().optional() })
    .optional()
    .describe('One quantity whose range proves that the map fits.'),
  items: z.array(itemSchema).default([]),
  variants: z
    .record(z.string(), z.strictObject({ note: z.string(), items: z.array(itemSchema) }))
    .optional()
    .describe('Alternative groups of items; hall.yaml picks one, the first is the default.'),
})

export type Dlt645Profile = z.infer<typeof dlt645Schema>
export type MeterItem = z.infer<typeof itemSchema>

/** The items that hold for a variant (default: the first). An unknown variant adds nothing; hall.yaml is checked before. */
export function itemsOfVariant(profile: Dlt645Profile, variant?: string): readonly MeterItem[] {
  const variants = profile.variants ?? {}
  const chosen = variant ?? Object.keys(variants)[0]
  return [...profile.items, ...((chosen === undefined ? undefined : variants[chosen])?.items ?? [])]
}
