import { z } from 'zod'
import type { CommandOffer, CommandRecord } from '../commands/command.ts'
import { idSchema } from '../config/hall-schema.ts'
import { granted } from './acts.ts'
import { allOffSchema, commandRecordSchema, offersSchema, recordListSchema } from './command-schemas.ts'
import { HttpRefusal } from './failures.ts'
import { principalOf } from './identity.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'
import type { HttpViews } from './views.ts'

const MOST_RECORDS = 500
const MOST_REVERT_S = 86_400
const LONGEST_WAIT_S = 30

const reason = z.string().trim().min(1).max(500).optional()
const commandBody = z.strictObject({
  value: z.union([z.number(), z.string().max(200), z.boolean()]).optional(),
  reason,
  revertAfterS: z.number().min(1).max(MOST_REVERT_S).optional().describe('Taken back by itself after so many seconds.'),
  trace: z.string().max(100).optional().describe('Found again in the ledger.'),
  waitS: z
    .number()
    .min(0)
    .max(LONGEST_WAIT_S)
    .default(0)
    .describe('Answer when it has ended, or after so many seconds; the stream tells the end in any case.'),
})

/** `/api/v1/devices/:id/commands`, `/api/v1/all-off` and the ledger `/api/v1/commands`. */
export function commandRoutes(app: RouteHost, { views, clock }: RouteParts): void {
  app.get(
    '/api/v1/devices/:id/commands',
    {
      schema: {
        operationId: 'device-commands',
        summary: 'What the hall lets this device be told, and what came of it last',
        params: z.object({ id: idSchema }),
        response: {
          200: offersSchema.describe('Empty for a device that is read only.'),
          ...failures,
          404: failureSchema.describe('The hall has no such device.'),
        },
      },
    },
    (request) => {
      const { id } = request.params
      const offers = views.commands.available(id)
      if (!offers) throw new HttpRefusal(404, 'HW_DEVICE_UNKNOWN', `The hall has no device "${id}".`)
      return { at: clock.wallMs(), commands: offers.map((offer) => offerAnswer(offer, views)) }
    },
  )

  app.post(
    '/api/v1/devices/:id/commands/:command',
    {
      config: { access: 'command-device' },
      schema: {
        operationId: 'command',
        summary: 'Makes a device do something (下发命令)',
        params: z.object({ id: idSchema, command: z.string().max(40) }),
        body: commandBody,
        response: {
          200: commandRecordSchema.describe('How it ended.'),
          202: commandRecordSchema.describe('On its way; the stream and GET /api/v1/commands tell the end.'),
          ...actFailures,
          403: failureSchema.describe('The role does not allow it, or the hall has not enabled it.'),
          409: failureSchema.describe('The device is offline or busy, or an interlock or a limit forbids it.'),
        },
      },
    },
    async (request, reply) => {
      const { id: device, command } = request.params
      const { waitS, ...asked } = request.body
      const { user: by, roles } = principalOf(request)
      const { value, reason: why, revertAfterS, trace } = asked
      const begun = await views.commands.begin({
        ...{ device, command, by, roles, via: 'http' },
        ...(value !== undefined && { value }),
        ...(why !== undefined && { reason: why }),
        ...(revertAfterS !== undefined && { revertAfterS }),
        ...(trace !== undefined && { trace }),
      })
      const { code, message = '' } = begun
      if (begun.state === 'refused' && code) granted({ ok: false, code, message })
      const record = waitS > 0 && begun.state === 'sending' ? await atItsEnd(begun, waitS) : begun
      return reply.code(record.state === 'sending' ? 202 : 200).send(recordAnswer(record, views))
    },
  )

  async function atItsEnd(begun: CommandRecord, waitS: number): Promise<CommandRecord> {
    const giveUp = new AbortController()
    const late = clock.sleep(waitS * 1000, giveUp.signal).then(
      () => begun,
      () => begun,
    )
    const ended = views.commands.ended(begun.id).then((record) => record ?? begun)
    const record = await Promise.race([ended, late])
    giveUp.abort()
    return record
  }

  app.post(
    '/api/v1/all-off',
    {
      config: { access: 'signed-in' },
      schema: {
        operationId: 'all-off',
        summary: 'Switches off everything the hall lets be switched (全部断电); nothing refuses it',
        body: z.strictObject({ reason }),
        response: { 200: allOffSchema.describe('What came of it, device by device.'), ...actFailures },
      },
    },
    async (request) => {
      const { user: by } = principalOf(request)
      const { reason: why } = request.body
      const { devices, ms, off } = await views.demos.allOff({
        by,
        via: 'http',
        ...(why !== undefined && { reason: why }),
      })
      return { off, ms, records: devices.map((record) => recordAnswer(record, views)) }
    },
  )

  app.get(
    '/api/v1/commands',
    {
      schema: {
        operationId: 'commands',
        summary: 'The ledger: who told which device what, and what came of it',
        querystring: z.strictObject({
          device: idSchema.optional(),
          trace: z.string().max(100).optional(),
          before: z.coerce.number().int().positive().optional().describe('Unix ms: go on from an earlier answer.'),
          limit: z.coerce.number().int().min(1).max(MOST_RECORDS).default(100),
        }),
        response: {
          200: recordListSchema.describe('Newest first.'),
          ...failures,
          503: failureSchema.describe('The store cannot answer now.'),
        },
      },
    },
    async (request) => {
      const { device, trace, before, limit } = request.query
      const records = await views.commands.recent({
        limit,
        ...(device !== undefined && { device }),
        ...(trace !== undefined && { trace }),
        ...(before !== undefined && { before }),
      })
      return { at: clock.wallMs(), records: records.map((record) => recordAnswer(record, views)) }
    },
  )
}

const recordAnswer = (record: CommandRecord, { repair }: Pick<HttpViews, 'repair'>) => ({
  ...record,
  byName: repair.personName(record.by),
})

const offerAnswer = ({ takes, last, ...offer }: CommandOffer, views: Pick<HttpViews, 'repair'>) => ({
  ...offer,
  takes: takes.kind === 'one-of' ? { ...takes, values: [...takes.values] } : takes,
  ...(last && { last: recordAnswer(last, views) }),
})
