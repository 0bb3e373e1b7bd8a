import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { allows, type Permission } from '../domain/role.ts'
import type { OrderAct } from '../work-orders/work-order.ts'
import { granted, record, traceOf } from './acts.ts'
import { HttpRefusal } from './failures.ts'
import { type Access, principalOf } from './identity.ts'
import { listOf } from './questions.ts'
import { orderAnswer, orderAnswers } from './repair-answers.ts'
import { orderDetailSchema, orderListSchema, orderSchema, orderStateSchema, prioritySchema } from './repair-schemas.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'

const orderQuestion = z.strictObject({
  state: listOf(orderStateSchema, 'Order states').optional(),
  priority: listOf(prioritySchema, 'Priorities').optional(),
  assignee: listOf(idSchema, 'Person ids').optional(),
  device: listOf(idSchema, 'Device ids').optional(),
  zone: listOf(idSchema, 'Zone ids').optional(),
})

const personListSchema = z
  .object({
    persons: z.array(z.object({ id: z.string(), name: z.string(), onDuty: z.boolean().describe('At this moment.') })),
  })
  .meta({ id: 'PersonList' })

/** Of every act: a phone without signal sends later what was done before. */
const whenDone = {
  doneAt: z
    .int()
    .min(0)
    .optional()
    .describe('When it was done, Unix ms, if not now: at most 24 h ago and not before the step before it.'),
  key: z
    .string()
    .regex(/^[\w-]{8,64}$/)
    .optional()
    .describe('Made up by the sender. The same key sent again is the same act and is recorded once.'),
}

const text = z.string().trim().max(1000)
const said = text.min(1)

interface ActRoute {
  readonly access: Access & Permission
  readonly summary: string
  readonly body: z.ZodObject
}

/** What a person may do with an order, who may, and the body of each. */
const ACTS = {
  dispatch: {
    access: 'dispatch-order',
    summary: 'Gives it to somebody (派单)',
    body: z.strictObject({ to: idSchema }),
  },
  accept: { access: 'work-on-order', summary: 'Takes it (接单)', body: z.strictObject({}) },
  'hand-over': {
    access: 'work-on-order',
    summary: 'Gives one’s own order to somebody else (转派)',
    body: z.strictObject({ to: idSchema, reason: said }),
  },
  arrive: { access: 'work-on-order', summary: 'First call: 已到现场', body: z.strictObject({}) },
  finish: {
    access: 'work-on-order',
    summary: 'Second call: 工作结束; from now the device proves itself',
    body: z.strictObject({ remark: text.default(''), noFault: z.boolean().default(false) }),
  },
  suspend: {
    access: 'work-on-order',
    summary: 'Waits for parts or the vendor (挂起); the clock of 工作结束 stands still',
    body: z.strictObject({
      reason: z.enum(['parts', 'vendor', 'other']),
      remark: text.default(''),
      until: z.int().min(0).optional().describe('When the waiting is expected to end, Unix ms.'),
    }),
  },
  resume: { access: 'work-on-order', summary: 'Goes on after 挂起', body: z.strictObject({}) },
  return: { access: 'work-on-order', summary: 'Gives it back (退回)', body: z.strictObject({ reason: said }) },
  feedback: {
    access: 'give-feedback',
    summary: 'What whoever reported it says (回访)',
    body: z.strictObject({ satisfied: z.boolean(), remark: text.default('') }),
  },
  'override-close': {
    access: 'override-close',
    summary: 'Closes it in one’s own name although telemetry did not prove it',
    body: z.strictObject({ reason: said }),
  },
  note: { access: 'report-fault', summary: 'Adds a remark', body: z.strictObject({ text: said }) },
} as const satisfies Record<OrderAct['act'], ActRoute>

const orderId = z.object({ id: z.string().max(40).describe('`W20261122-0003`') })

/** `/api/v1/orders` and what a person does with one; `/api/v1/persons` who can get one. */
export function orderRoutes(app: RouteHost, { views, clock, log }: RouteParts): void {
  app.get(
    '/api/v1/persons',
    {
      schema: {
        operationId: 'persons',
        summary: 'Who repairs in this hall, by name; no phone numbers',
        response: { 200: personListSchema.describe('In the order of hall.yaml.'), ...failures },
      },
    },
    () => ({ persons: [...views.repair.people(clock.wallMs())] }),
  )

  app.get(
    '/api/v1/orders',
    {
      schema: {
        operationId: 'orders',
        summary: 'Every order that is not closed, by time left',
        querystring: orderQuestion,
        response: { 200: orderListSchema.describe('The one with the least time left first.'), ...failures },
      },
    },
    (request) => {
      const { state, priority, assignee, device, zone } = request.query
      const at = clock.wallMs()
      const all = views.repair.openOrders()
      const orders = all
        .filter(
          (order) =>
            (!state || state.includes(order.state)) &&
            (!priority || priority.includes(order.priority)) &&
            (!assignee || assignee.includes(order.assignee ?? '')) &&
            (!device || device.includes(order.device)) &&
            (!zone || zone.includes(order.zone)),
        )
        .map(orderAnswers(views, at))
      return { at, total: all.length, orders }
    },
  )

  app.get(
    '/api/v1/orders/:id',
    {
      schema: {
        operationId: 'order',
        summary: 'One order, open or closed, with its history and its clocks',
        params: orderId,
        response: {
          200: orderDetailSchema.describe('The order, its events, its SLA clocks.'),
          ...failures,
          404: failureSchema.describe('There is no such order.'),
          503: failureSchema.describe('The store cannot answer now.'),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const order = await views.repair.order(id)
      if (!order) throw new HttpRefusal(404, 'HW_ORDER_UNKNOWN', `There is no order "${id}".`)
      const at = clock.wallMs()
      const events = order.events.map((event) => ({ ...event, actorName: views.repair.personName(event.actor) }))
      return { ...orderAnswer(order, views, at), at, events }
    },
  )

  app.post(
    '/api/v1/orders',
    {
      config: { access: 'report-fault' },
      schema: {
        operationId: 'order-report',
        summary:
          'An order that no telemetry asked for: reported at the counter, or planned (preventive; lead, operations, admin)',
        body: z.strictObject({ device: idSchema, source: z.enum(['counter', 'preventive']), text: said }),
        response: {
          201: orderSchema.describe('The new order, or the open one of the device that it joined.'),
          ...actFailures,
        },
      },
    },
    async (request, reply) => {
      const { device, source, text } = request.body
      const { user, roles } = principalOf(request)
      if (source === 'preventive' && !allows(roles, 'plan-maintenance'))
        throw new HttpRefusal(403, 'HW_AUTH_FORBIDDEN', 'Preventive orders are planned by lead, operations or admin.')
      if (!views.device(device)) throw new HttpRefusal(404, 'HW_DEVICE_UNKNOWN', `The hall has no device "${device}".`)
      const order = granted(await views.repair.report({ device, source, text, by: user }))
      const { actor, detail } = traceOf(request)
      await record(views.auth.audit, log, {
        actor,
        action: 'order.report',
        subject: order.id,
        detail: { device, source, ...detail },
      })
      return reply.code(201).send(orderAnswer(order, views, clock.wallMs()))
    },
  )

  for (const act of Object.keys(ACTS) as OrderAct['act'][]) {
    const { access, summary, body } = ACTS[act]
    app.post(
      `/api/v1/orders/:id/${act}`,
      {
        config: { access },
        schema: {
          operationId: `order-${act}`,
          summary,
          params: orderId,
          body: body.extend(whenDone) as z.ZodType<Record<string, unknown>>,
          response: { 200: orderSchema.describe('The order as it is now.'), ...actFailures },
        },
      },
      async (request) => {
        const { id } = request.params
        // The schema of this very act has read the body.
        const asked = { ...request.body, act, order: id, by: principalOf(request).user } as OrderAct
        const order = granted(await views.repair.actOnOrder(asked))
        const { actor, detail } = traceOf(request)
        await record(views.auth.audit, log, {
          actor,
          action: `order.${act}`,
          subject: id,
          detail: { ...request.body, ...detail },
        })
        return orderAnswer(order, views, clock.wallMs())
      },
    )
  }
}
