import { z } from 'zod'
import type { CommandState } from '../commands/command.ts'
import { PERMISSIONS, type Permission } from '../domain/role.ts'
import { bilingual, failureSchema, unixMs } from './schemas.ts'

/** The shapes of commands that travel over HTTP. */

const scalar = z.union([z.number(), z.string(), z.boolean()])
const states = ['sending', 'confirmed', 'failed', 'timed-out', 'refused'] as const satisfies readonly CommandState[]
const permissions = Object.keys(PERMISSIONS) as [Permission, ...Permission[]]
const code = failureSchema.shape.code

export const commandRecordSchema = z
  .object({
    id: z.string().describe('`C1042`'),
    device: z.string(),
    command: z.string(),
    value: scalar.optional().describe('In the canonical unit of the quantity.'),
    quantity: z.string().optional().describe('What it changes.'),
    before: scalar.optional().describe('What was read of it last before.'),
    state: z
      .enum(states)
      .describe(
        'sending: on its way. confirmed: a newer reading shows it. The others say in `code` and `message` why.',
      ),
    code: code.optional(),
    message: z.string().optional(),
    by: z.string(),
    byName: z.string().describe('How the hall calls whoever asked.'),
    via: z.enum(['http', 'mqtt', 'flow', 'demo', 'gateway']),
    reason: z.string().optional(),
    trace: z.string().optional(),
    at: unixMs,
    ms: z.number().optional().describe('From the request to the end.'),
    revertAfterS: z.number().optional(),
    revertAt: unixMs.optional().describe('When it is taken back by itself.'),
    revertOf: z.string().optional().describe('The command that this one takes back.'),
  })
  .meta({ id: 'CommandRecord' })

const offerSchema = z
  .object({
    command: z.string(),
    title: bilingual,
    quantity: z.string().optional(),
    unit: z.string(),
    takes: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('nothing') }),
      z.object({ kind: z.literal('one-of'), values: z.array(scalar) }),
      z.object({ kind: z.literal('number'), min: z.number(), max: z.number(), step: z.number().optional() }),
    ]),
    power: z.boolean().describe('Switches on heat, motion or power: ask by holding 1 s.'),
    allOff: z.boolean().describe('Part of “everything off”.'),
    permission: z.enum(permissions),
    canRevert: z.boolean().describe('Whether `revertAfterS` may be sent.'),
    perDay: z.object({ most: z.int(), left: z.int() }).optional(),
    refusal: z.object({ code, message: z.string() }).optional().describe('Why it would be refused now, whoever asks.'),
    last: commandRecordSchema.optional(),
  })
  .meta({ id: 'CommandOffer' })

export const offersSchema = z.object({ at: unixMs, commands: z.array(offerSchema) })
export const recordListSchema = z.object({ at: unixMs, records: z.array(commandRecordSchema) })
export const allOffSchema = z.object({
  off: z.boolean().describe('Every device confirmed that it is off.'),
  ms: z.number().describe('Until the last device had confirmed or was given up.'),
  records: z.array(commandRecordSchema),
})
