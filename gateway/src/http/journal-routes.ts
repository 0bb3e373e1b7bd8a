import { z } from 'zod'
import type { AlarmTransition } from '../alarms/alarm.ts'
import { idSchema } from '../config/hall-schema.ts'
import type { WorkOrder } from '../work-orders/work-order.ts'
import { instant, listOf } from './questions.ts'
import { alarmAnswer, orderAnswers } from './repair-answers.ts'
import { alarmJournalSchema, closedOrderListSchema, prioritySchema } from './repair-schemas.ts'
import { failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'

const DAY_MS = 24 * 3_600_000
const DEFAULT_DAYS = 30
const LONGEST_DAYS = 367
/** About a year of a hall whose alarms change 50 times a day. */
const MOST_TRANSITIONS = 20_000
const MOST_ROWS = 2000

const spanFields = { from: instant.optional(), to: instant.optional() }
const isSpan = ({ from, to }: { from?: number | undefined; to?: number | undefined }): boolean =>
  from === undefined || to === undefined || (from < to && to - from <= LONGEST_DAYS * DAY_MS)
const NOT_A_SPAN = { path: ['from'], message: `lies after \`to\`, or more than ${LONGEST_DAYS} days before it.` }
const filters = {
  priority: listOf(prioritySchema, 'Priorities').optional(),
  device: listOf(idSchema, 'Device ids').optional(),
  zone: listOf(idSchema, 'Zone ids').optional(),
  code: listOf(z.string().min(1).max(60), 'Fault codes').optional(),
}
const alarmsQuestion = z.strictObject({ ...spanFields, ...filters }).refine(isSpan, NOT_A_SPAN)
const ordersQuestion = z
  .strictObject({
    ...spanFields,
    ...filters,
    inspect: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional()
      .describe('Only those drawn for inspection (稽查), or only the others.'),
  })
  .refine(isSpan, NOT_A_SPAN)

/** What is over: `/api/v1/alarms/journal` and `/api/v1/orders/closed`. */
export function journalRoutes(app: RouteHost, { views, clock }: RouteParts): void {
  app.get(
    '/api/v1/alarms/journal',
    {
      schema: {
        operationId: 'alarm-journal',
        summary: 'Alarms that changed in a time, open or over, newest first',
        querystring: alarmsQuestion,
        response: {
          200: alarmJournalSchema.describe('Without `from` the 30 days before `to`, without `to` until now.'),
          ...failures,
          503: failureSchema.describe('The store cannot answer now.'),
        },
      },
    },
    async ({ query }) => {
      const { from, to } = spanOf(query, clock.wallMs())
      const transitions = await views.repair.alarmHistory({ from, to, limit: MOST_TRANSITIONS })
      const alarms = newestOfEach(transitions)
        .map(({ newest, raises }) => ({ ...alarmAnswer(newest.alarm, views), changedAt: newest.at, raises }))
        .filter((alarm) => isWanted(alarm, alarm.fault.device, [alarm.fault.code], query))
      return {
        from,
        to,
        complete: transitions.length < MOST_TRANSITIONS && alarms.length <= MOST_ROWS,
        alarms: alarms.slice(0, MOST_ROWS),
      }
    },
  )

  app.get(
    '/api/v1/orders/closed',
    {
      schema: {
        operationId: 'orders-closed',
        summary: 'Orders that were closed in a time, newest first; which of them are drawn for inspection',
        querystring: ordersQuestion,
        response: {
          200: closedOrderListSchema.describe('Without `from` the 30 days before `to`, without `to` until now.'),
          ...failures,
          503: failureSchema.describe('The store cannot answer now.'),
        },
      },
    },
    async ({ query }) => {
      const { from, to } = spanOf(query, clock.wallMs())
      const orders = (await views.repair.orderHistory({ from, to }))
        .flatMap((order) => {
          const how = howItClosed(order)
          return how && how.closedAt >= from && how.closedAt < to ? [{ order, how }] : []
        })
        .filter(({ how }) => query.inspect === undefined || query.inspect === how.inspect)
        .filter(({ order }) =>
          isWanted(
            order,
            order.device,
            order.faults.map(({ code }) => code),
            query,
          ),
        )
        .sort((a, b) => b.how.closedAt - a.how.closedAt)
      const answer = orderAnswers(views, clock.wallMs())
      return {
        from,
        to,
        complete: orders.length <= MOST_ROWS,
        orders: orders.slice(0, MOST_ROWS).map(({ order, how }) => ({ ...answer(order), ...how })),
      }
    },
  )
}

/** The time asked about; `to` is never after the present by more than was asked. */
function spanOf(query: { from?: number | undefined; to?: number | undefined }, now: number) {
  const to = query.to ?? Math.max(now + 1, (query.from ?? 0) + 1)
  const from = query.from ?? Math.max(0, to - DEFAULT_DAYS * DAY_MS)
  return { from: Math.max(from, to - LONGEST_DAYS * DAY_MS), to }
}

interface Asked {
  readonly priority?: readonly string[] | undefined
  readonly device?: readonly string[] | undefined
  readonly zone?: readonly string[] | undefined
  readonly code?: readonly string[] | undefined
}

const isWanted = (
  of: { readonly priority: string; readonly zone: string },
  device: string,
  codes: readonly string[],
  asked: Asked,
): boolean =>
  (!asked.priority || asked.priority.includes(of.priority)) &&
  (!asked.device || asked.device.includes(device)) &&
  (!asked.zone || asked.zone.includes(of.zone)) &&
  (!asked.code || codes.some((code) => asked.code?.includes(code)))

/** Transitions come newest first, so the first of each alarm holds it as it was left. */
function newestOfEach(transitions: readonly AlarmTransition[]) {
  const found = new Map<string, { newest: AlarmTransition; raises: number }>()
  for (const transition of transitions) {
    const one = found.get(transition.alarm.id) ?? { newest: transition, raises: 0 }
    if (transition.cause === 'raised') one.raises++
    found.set(transition.alarm.id, one)
  }
  return [...found.values()]
}

/** Undefined for an order that is open. */
function howItClosed({ events }: WorkOrder) {
  const closed = events.findLast((event) => event.type === 'closed')
  if (closed?.type !== 'closed') return undefined
  return {
    closedAt: closed.at,
    inspect: closed.inspect,
    ...(closed.override !== undefined && { override: closed.override }),
  }
}
