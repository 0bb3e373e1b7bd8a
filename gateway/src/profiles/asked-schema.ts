import { z } from 'zod'
import { unitNames } from '../domain/unit.ts'

/** Parts that every profile of a device we ask over the network has, whatever it speaks. */

const rawWord = z.union([z.string(), z.boolean(), z.number(), z.null()])

/** One value, from wherever in the answers it is taken. */
export const askedValueShape = {
  quantity: z.string().describe('Id from the vocabulary, with its qualifier where it has one: paper.invoice'),
  unit: z.enum(unitNames).default('').describe('Unit of raw × scale; converted to the quantity’s canonical unit.'),
  scale: z.number().optional().describe('value in `unit` = raw × scale'),
  states: z
    .record(z.string(), rawWord)
    .optional()
    .describe('What the device says → value; null: it says nothing about this quantity. What is not listed is bad.'),
  otherwise: z
    .union([z.string(), z.boolean(), z.number()])
    .optional()
    .describe('The value when the device answered and nothing listed was found in it.'),
  missing: z.array(z.number()).default([]).describe('Raw numbers that mean "no value", for example -2.'),
  optional: z.boolean().default(false).describe('Not every device of this model has it: absence is not an error.'),
  min: z.number().optional().describe('Below this (canonical unit) the value is bad: out-of-range.'),
  max: z.number().optional(),
  confidence: z.enum(['single-source', 'conflict', 'unverified']).optional(),
  note: z.string().optional(),
}

export const askedSectionShape = {
  periodMs: z
    .int()
    .min(1000)
    .max(86_400_000)
    .default(60_000)
    .describe('How often the device is asked. hall.yaml may say otherwise.'),
  timeoutMs: z.int().min(100).max(30_000).default(3000).describe('How long one question may take.'),
  parameters: z
    .record(z.string(), z.strictObject({ default: z.string().optional(), note: z.string().optional() }))
    .default({})
    .describe('Names a hall fills in under `parameters`. {host} is always there.'),
}

/** How several rows or samples become one value. */
export const pickSchema = z
  .enum(['first', 'lowest', 'highest', 'sum', 'mean', 'worst'])
  .describe('worst: of the words found, the one that stands last in the vocabulary.')

export type AskedValue = z.infer<z.ZodObject<typeof askedValueShape>>
export type Pick = z.infer<typeof pickSchema>
