import { z } from 'zod'
import { bilingual, count, unixMs } from './schemas.ts'

export const clockStateSchema = z
  .object({
    state: z
      .enum(['plausible', 'jumped', 'wrong'])
      .describe(
        'jumped: moved by more than 60 s within the last hour. wrong: earlier than something that has happened already. A constant error cannot be known here: compare with the browser.',
      ),
    at: unixMs,
    timeZone: z.string(),
    lastJump: z.object({ at: unixMs, byMs: z.number() }).nullable(),
    text: bilingual,
  })
  .meta({ id: 'ClockState' })

export const aboutSchema = z
  .object({
    version: z.string(),
    node: z.string(),
    platform: z.string().describe('linux x64'),
    startedAt: unixMs,
    uptimeS: z.number(),
    hall: z.object({ id: z.string(), name: z.string() }),
    counts: z.object({
      devices: count,
      links: count,
      profiles: count,
      users: count,
      openAlarms: count,
      openOrders: count,
      committedFrames: count,
    }),
    disk: z
      .object({ path: z.string(), freeBytes: count, totalBytes: count, freePercent: z.number(), storeBytes: count })
      .nullable(),
    memory: z.object({ rssBytes: count }),
    clock: clockStateSchema,
    licences: z
      .array(z.object({ name: z.string(), version: z.string(), licence: z.string(), address: z.string().optional() }))
      .describe('Of the program itself and of what it is built from, by name.'),
  })
  .meta({ id: 'About' })
