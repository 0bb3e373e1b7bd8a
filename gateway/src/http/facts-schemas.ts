import { z } from 'zod'
import { bilingual, unixMs } from './schemas.ts'

/** The shapes of price lists and facts that travel over HTTP. */

const source = {
  id: z.string(),
  name: bilingual,
  region: z.string(),
  issuer: z.string(),
  document: z.string(),
  publishedOn: z.string(),
  grade: z.enum(['A', 'B', 'C', 'D']).describe('How far it may be trusted: A is the issuer’s own publication.'),
  reviewBy: z.string(),
  due: z.boolean().describe('The review date is over: somebody has to look whether it still holds.'),
  inUse: z.boolean().describe('The hall chose it.'),
  note: z.string().optional(),
}
const period = z.enum(['sharp', 'peak', 'flat', 'valley', 'deep-valley'])

export const factsSchema = z
  .object({
    at: unixMs,
    chosen: z.object({
      region: z.string(),
      tariff: z.string().nullable(),
      touTariff: z.string().nullable(),
      businessTariff: z.string().nullable(),
      usedKWh: z.number(),
    }),
    regions: z.array(z.string()).describe('Regions with an emission factor.'),
    tariffs: z.array(
      z.object({
        ...source,
        byTime: z.boolean(),
        tiers: z.object({ per: z.enum(['month', 'year']), upToKWh: z.array(z.number()) }).nullable(),
        prices: z
          .array(z.object({ period: z.string(), yuanPerKWh: z.array(z.number()) }))
          .describe('One price per tier.'),
      }),
    ),
    facts: z.array(z.object({ ...source, value: z.number(), unit: z.string(), year: z.int() })),
    preview: z
      .object({
        tariff: z.string(),
        days: z.array(
          z.object({
            at: unixMs.describe('Its midnight.'),
            hours: z.array(z.object({ period: period.nullable(), yuanPerKWh: z.number().nullable() })),
          }),
        ),
      })
      .nullable()
      .describe('Seven days from today; null without a price list.'),
  })
  .meta({ id: 'Facts' })
