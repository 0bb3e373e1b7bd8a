import { z } from 'zod'
import { askedSectionShape, askedValueShape } from './asked-schema.ts'

/** {names} of `parameters` may stand for a port. */
const portSchema = z.union([z.int().min(1).max(65535), z.string().regex(/^\{[A-Za-z][A-Za-z0-9]*\}$/)])
const name = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'A name like "page": letters and digits.')

const checkSchema = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('ping'), name, count: z.int().min(1).max(10).default(3) })
    .describe('ICMP echo. Gives reached (true, false), loss (%) and time (s).'),
  z
    .strictObject({ type: z.literal('tcp'), name, port: portSchema })
    .describe('A connection, closed at once. Gives answer (open, refused, silent) and time (s).'),
  z
    .strictObject({
      type: z.literal('http'),
      name,
      tls: z.boolean().default(false),
      port: portSchema,
      path: z.string().startsWith('/').default('/'),
      statuses: z
        .array(z.int().min(100).max(599))
        .min(1)
        .default([200])
        .describe('Any other status is answer: status.'),
      contains: z
        .string()
        .optional()
        .describe('What the first 64 KiB of the page must hold; without it, answer: content. {names} may stand in it.'),
    })
    .describe(
      'One GET, redirects not followed. Gives answer (ok, status, content, refused, silent), status, time (s) and, with tls, certificate (s until it ends).',
    ),
])

/** How a device is watched from outside, where nothing may be installed on it. */
export const probeSchema = z.strictObject({
  ...askedSectionShape,
  checks: z.array(checkSchema).min(1).max(10),
  values: z.array(
    z.strictObject({
      ...askedValueShape,
      from: z
        .string()
        .regex(/^[a-z][A-Za-z0-9]*\.[a-z]+$/, 'Name of a check, a dot, what it gives: page.answer')
        .describe('Name of a check, a dot, what it gives.'),
    }),
  ),
})

export type ProbeProfile = z.infer<typeof probeSchema>
export type ProbeCheck = z.infer<typeof checkSchema>

/** What each check gives. */
export const CHECK_GIVES = {
  ping: ['reached', 'loss', 'time'],
  tcp: ['answer', 'time'],
  http: ['answer', 'status', 'time', 'certificate'],
} as const satisfies Record<ProbeCheck['type'], readonly string[]>
