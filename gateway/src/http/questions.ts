import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { deviceKinds } from '../domain/device-kind.ts'

/** What a client may ask, as query strings. An unknown parameter is refused: a misspelt filter must not answer with everything. */

const MOST_NAMES = 64

/** `?zone=a&zone=b` and `?zone=a,b` are the same list. */
export const listOf = <T extends z.ZodType<unknown, string>>(item: T, what: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((sent) => [sent].flat().flatMap((part) => part.split(',')))
    .pipe(z.array(item).min(1).max(MOST_NAMES))
    .meta({ description: `${what}; repeat it or separate by commas.` })

const presences = ['online', 'offline', 'unknown'] as const

export const deviceQuestion = z.strictObject({
  zone: listOf(idSchema, 'Zone ids').optional(),
  kind: listOf(z.enum(deviceKinds), 'Device kinds').optional(),
  presence: listOf(z.enum(presences), 'Presences').optional(),
  q: z.string().trim().min(1).max(80).optional().describe('Part of the id, the name or the profile, in any case.'),
})

export const readingQuestion = z.strictObject({
  device: listOf(idSchema, 'Device ids').optional(),
  zone: listOf(idSchema, 'Zone ids').optional(),
  kind: listOf(z.enum(deviceKinds), 'Device kinds').optional(),
  quantity: listOf(z.string().min(1).max(80), 'Quantity ids').optional(),
})

export const streamQuestion = z.strictObject({
  device: listOf(idSchema, 'Device ids').optional(),
  zone: listOf(idSchema, 'Zone ids').optional(),
  kind: listOf(z.enum(deviceKinds), 'Device kinds').optional(),
})

const FARTHEST = Date.UTC(9999, 0, 1)

/** Unix milliseconds, or ISO 8601 with a time zone. */
export const instant = z
  .string()
  .transform((text, context) => {
    const ms = /^\d{1,15}$/.test(text) ? Number(text) : /(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
    if (ms >= 0 && ms < FARTHEST) return ms
    context.addIssue({
      code: 'custom',
      message: 'Write Unix milliseconds or ISO 8601 with a zone: 2026-05-12T14:05:09+08:00.',
    })
    return z.NEVER
  })
  .meta({ description: 'Unix milliseconds, or ISO 8601 with a time zone.' })

export const historyQuestion = z
  .strictObject({
    device: idSchema,
    quantity: listOf(z.string().min(1).max(80), 'Quantity ids, at most 50').refine(
      (list) => list.length <= 50,
      'Name 1 to 50 quantities.',
    ),
    from: instant.optional(),
    to: instant.optional(),
    resolution: z.enum(['raw', 'minute', 'auto']).default('auto'),
    maxPoints: z.coerce.number().int().min(1).max(50_000).default(2000).describe('Per quantity.'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['from'],
    message: 'lies after `to`.',
  })
