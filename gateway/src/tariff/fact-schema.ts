import { z } from 'zod'

const nameSchema = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) })
const dateSchema = z.iso.date()

/**
 * How far a figure may be trusted. A: the issuer’s own publication. B: reputable, second hand. C: one public page; shown to
 * visitors only as an example. D: general knowledge, never shown to visitors.
 */
const gradeSchema = z.enum(['A', 'B', 'C', 'D'])

/** Where a figure comes from, and when somebody has to look again. */
const sourceFields = {
  issuer: z.string().min(1),
  document: z.string().min(1),
  publishedOn: z
    .string()
    .regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'A date as far as it is known: 2026, 2026-01 or 2026-01-31.'),
  grade: gradeSchema,
  reviewBy: dateSchema.describe(
    'After this day operations is asked to look again; visitors still see the value and its year.',
  ),
  note: z.string().optional(),
}

/** One figure that a screen may show: an emission factor, a fuel price. */
const factSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(\.[a-z0-9-]+)+$/),
  name: nameSchema,
  value: z.number(),
  unit: z.string().min(1),
  region: z.string().regex(/^CN(-[A-Z]+)?$/),
  year: z.int().min(1990).max(2100),
  ...sourceFields,
})

export type Fact = z.infer<typeof factSchema>

/** A file of facts: gateway/facts/*.yaml */
export const factFileSchema = z.strictObject({ facts: z.array(factSchema).min(1) })

const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'A time of day such as 08:30, at most 24:00.')

const periodSchema = z.strictObject({
  name: z.enum(['sharp', 'peak', 'flat', 'valley', 'deep-valley']),
  from: timeSchema,
  to: timeSchema.describe('The edge itself belongs to the period that begins there: 22:00:00 is valley.'),
  months: z
    .array(z.int().min(1).max(12))
    .min(1)
    .optional()
    .describe('Only in these months; later lines win over earlier ones.'),
})

/** A price list: gateway/facts/tariffs/*.yaml. The tier decides the row, the time of day the column. */
export const tariffSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    name: nameSchema,
    region: z.string().regex(/^CN(-[A-Z]+)?$/),
    validFrom: dateSchema.optional(),
    tiers: z
      .strictObject({
        per: z.enum(['month', 'year']),
        upToKWh: z
          .array(z.number().positive())
          .min(1)
          .describe('Upper ends of all tiers but the last; energy of all periods counts together.'),
      })
      .optional(),
    periods: z.array(periodSchema).min(1).optional(),
    prices: z
      .partialRecord(z.enum(['all', ...periodSchema.shape.name.options]), z.array(z.number().positive()).min(1))
      .describe('元/kWh: one price per tier, for each period, or for `all` of them.'),
    ...sourceFields,
  })
  .superRefine(({ tiers, periods, prices }, context) => {
    const tierCount = (tiers?.upToKWh.length ?? 0) + 1
    if (tiers?.upToKWh.some((edge, i) => i > 0 && edge <= tiers.upToKWh[i - 1]!))
      context.addIssue({ code: 'custom', path: ['tiers', 'upToKWh'], message: 'The ends of tiers grow.' })
    for (const [period, list] of Object.entries(prices))
      if (list.length !== tierCount)
        context.addIssue({
          code: 'custom',
          path: ['prices', period],
          message: `${tierCount} tiers need ${tierCount} prices.`,
        })
    const needed = periods ? [...new Set(periods.map(({ name }) => name))] : ['all' as const]
    for (const name of needed)
      if (!prices[name])
        context.addIssue({ code: 'custom', path: ['prices'], message: `There is no price for ${name}.` })
  })
export type Tariff = z.infer<typeof tariffSchema>
export type PeriodName = z.infer<typeof periodSchema>['name']
