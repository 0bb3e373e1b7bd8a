import { z } from 'zod'
import { FAULT_CODES, type FaultCode } from '../domain/fault-codes.ts'
import { PRIORITIES, type Priority } from '../domain/priority.ts'

const faultCodes = Object.keys(FAULT_CODES) as [FaultCode, ...FaultCode[]]
const priorities = Object.keys(PRIORITIES) as [Priority, ...Priority[]]

const secondsSchema = z
  .number()
  .min(0)
  .max(30 * 86_400)
const windowSchema = z
  .number()
  .min(1)
  .max(7 * 86_400)
const quantitySchema = z.string().describe('Id of the quantity; `paper.*` stands for every printer the device has.')
const valueSchema = z.union([z.string(), z.boolean(), z.number()])
const prioritySchema = z.enum(priorities).describe('Default: the priority of the taxonomy (gateway/docs/faults.md).')
const onlyWhenSchema = z
  .record(z.string(), z.array(valueSchema).min(1))
  .default({})
  .describe('Quantity → values: judged only while each of these (as far as the device has it) shows one of them.')

const common = {
  code: z.enum(faultCodes),
  part: z
    .string()
    .optional()
    .describe(
      'Where the fault is said to be. Default: the quantity. Rules with the same code and part are evidence for one fault.',
    ),
  priority: prioritySchema.optional(),
  onDelayS: secondsSchema.default(0).describe('The condition must hold this long before the fault is raised.'),
  offDelayS: secondsSchema.default(0).describe('The condition must be gone this long before the fault is cleared.'),
  note: z.string().optional(),
}

const limit = {
  ...common,
  quantity: quantitySchema,
  limit: z.number().describe('In the canonical unit of the quantity.'),
  deadband: z.number().min(0).default(0).describe('How far back behind the limit the value must go to clear.'),
  until: z
    .number()
    .optional()
    .describe('From this value on (above: upward, below: downward) another rule speaks: here it counts as gone.'),
  absolute: z.boolean().default(false).describe('The sign does not matter.'),
  steps: z
    .array(z.strictObject({ limit: z.number(), priority: z.enum(priorities) }))
    .default([])
    .describe('Further limits that change the priority, the farthest wins.'),
}

/** Every kind of rule; `extra` is what the place of the rule adds (hall.yaml: which devices). */
export const ruleSchemaWith = <Extra extends z.ZodRawShape>(extra: Extra) =>
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('above'), ...limit, ...extra }).describe('A number is above a limit.'),
    z.strictObject({ type: z.literal('below'), ...limit, ...extra }).describe('A number is below a limit.'),
    z
      .strictObject({
        type: z.literal('state'),
        ...common,
        quantity: quantitySchema,
        values: z.array(valueSchema).min(1),
        ...extra,
      })
      .describe('A state, text or boolean shows one of these values. Words of parts need no rule: they have theirs.'),
    z
      .strictObject({
        type: z.literal('bit'),
        ...common,
        quantity: quantitySchema,
        bit: z.int().min(0).max(51),
        set: z.boolean().default(true),
        ...extra,
      })
      .describe('One bit of a number; bit 0 is the lowest.'),
    z
      .strictObject({
        type: z.literal('absence'),
        ...common,
        quantity: quantitySchema.optional().describe('Default: the device as a whole.'),
        periods: z.number().min(1).max(100).default(3).describe('Missed periods until it counts as silent.'),
        afterS: secondsSchema.default(60).describe('For what has no period: silent after this long.'),
        ...extra,
      })
      .describe('The device, or one quantity of it, has fallen silent.'),
    z
      .strictObject({
        type: z.literal('change'),
        ...common,
        quantity: quantitySchema,
        windowS: windowSchema,
        above: z.number().optional().describe('Rises by more than this within the window.'),
        below: z.number().optional().describe('Changes by less than this (−5: falls by more than 5).'),
        counter: z.boolean().default(false).describe('It only grows: a fall is a restart at 0.'),
        ...extra,
      })
      .describe('How much a number changes within a window.'),
    z
      .strictObject({
        type: z.literal('flapping'),
        ...common,
        quantity: quantitySchema,
        changes: z.int().min(2).max(60),
        windowS: windowSchema,
        ...extra,
      })
      .describe('A value that goes to and fro too often.'),
    z
      .strictObject({
        type: z.literal('frozen'),
        ...common,
        quantity: quantitySchema,
        forS: windowSchema,
        onlyWhen: onlyWhenSchema,
        ...extra,
      })
      .describe('A value that should move stays exactly the same.'),
    z
      .strictObject({
        type: z.literal('stalled'),
        ...common,
        quantity: quantitySchema.describe('A counter; `ratings.*` is the sum of all.'),
        while: z.string().describe('The counter that goes on.'),
        grows: z.number().positive().describe('How far the other one grows while this one stands still.'),
        onlyWhen: onlyWhenSchema,
        ...extra,
      })
      .describe('A counter stands still while another one goes on.'),
    z
      .strictObject({
        type: z.literal('share'),
        ...common,
        quantity: quantitySchema.describe('Counter of what went wrong.'),
        of: z.array(z.string()).min(1).describe('Counters that together are all attempts.'),
        windowS: windowSchema.default(3600),
        minCount: z.int().min(1).default(20).describe('Fewer attempts within the window say nothing.'),
        atLeast: z.number().min(0).max(1).describe('Never raised below this share, whatever is usual.'),
        factor: z.number().min(1).default(3).describe('Times what is usual at this hour of the week.'),
        always: z.number().min(0).max(1).default(0.5).describe('Raised from this share on, even with nothing learnt.'),
        ...extra,
      })
      .describe('A share of failures against what is usual at this hour of the week.'),
    z
      .strictObject({
        type: z.literal('forecast'),
        ...common,
        quantity: quantitySchema.describe('What is left, or how full it is.'),
        toward: z.number().describe('The value at which it is over: 0 for paper, 100 for a cash box.'),
        withinS: windowSchema.describe('Raised when that is nearer than this at the usual pace.'),
        largestUse: z
          .number()
          .positive()
          .default(5)
          .describe('A larger step between two readings is no use but somebody’s hand: nothing is learnt from it.'),
        ...extra,
      })
      .describe('It will run out soon, at the pace usual for the hours ahead.'),
    z
      .strictObject({
        type: z.literal('drift'),
        ...common,
        quantity: quantitySchema,
        expected: z.string().optional().describe('Default: what most devices of the same profile show.'),
        ...extra,
      })
      .describe('A version that differs from the others.'),
    z
      .strictObject({ type: z.literal('off'), code: z.enum(faultCodes), note: z.string().optional(), ...extra })
      .describe('No rule of this code holds that was declared before: of the kind, of the parts, of the profile.'),
  ])

export const faultRuleSchema = ruleSchemaWith({})

/** As read, defaults filled in. */
export type FaultRule = z.infer<typeof faultRuleSchema>
/** As written. */
export type WrittenFaultRule = z.input<typeof faultRuleSchema>
