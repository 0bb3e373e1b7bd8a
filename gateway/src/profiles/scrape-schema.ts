import { z } from 'zod'
import { askedSectionShape, askedValueShape, pickSchema } from './asked-schema.ts'

const labelsSchema = z
  .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
  .default({})
  .describe('Only samples with these labels; a list: one of these. {names} of `parameters` may stand in a text.')

/** How a device is read that shows its figures as Prometheus text. */
export const scrapeSchema = z.strictObject({
  ...askedSectionShape,
  tls: z.boolean().default(false),
  port: z.int().min(1).max(65535),
  path: z.string().startsWith('/').default('/metrics'),
  values: z
    .array(
      z.strictObject({
        ...askedValueShape,
        metric: z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/),
        labels: labelsSchema,
        label: z
          .string()
          .optional()
          .describe('The value is what this label says, on the sample that is 1 (windows_service_state: state).'),
        pick: pickSchema.default('first'),
        of: z
          .strictObject({ metric: z.string(), labels: labelsSchema })
          .optional()
          .describe(
            'The value is the sum of these samples ÷ the sum of those, in per cent. With pick lowest: per equal set of labels.',
          ),
        change: z
          .boolean()
          .default(false)
          .describe('Counters: what they grew by since the last time, with `of` as well.'),
        since: z
          .boolean()
          .default(false)
          .describe('The sample is a Unix time in seconds: the value is how long ago it is.'),
      }),
    )
    .min(1),
})

export type ScrapeProfile = z.infer<typeof scrapeSchema>
export type ScrapeValue = ScrapeProfile['values'][number]
