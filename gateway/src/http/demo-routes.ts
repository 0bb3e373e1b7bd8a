import { z } from 'zod'
import type { DemoAct } from '../demo-runs/demo-run.ts'
import { granted } from './acts.ts'
import { demosSchema, recordHeadSchema, recordSchema, runSchema, sent } from './demo-schemas.ts'
import { HttpRefusal } from './failures.ts'
import { principalOf } from './identity.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'

const MOST_RECORDS = 200
const word = z.string().max(60)
const runParams = z.object({ id: z.string().max(20) })
const inputsSchema = z.record(word, z.number()).refine((inputs) => Object.keys(inputs).length <= 20)

const prepareBody = z.strictObject({
  screen: word.optional().describe('Default: the first of the hall.'),
  inputs: inputsSchema.optional(),
  rehearsal: z.boolean().optional().describe('On simulated devices: nothing is switched.'),
  replay: z.string().max(20).optional().describe('The record to play instead.'),
  without: z.boolean().optional().describe('Go on without what is missing, where the scenario allows it.'),
  playlist: z.strictObject({ id: word, index: z.int().min(0).max(50) }).optional(),
})

const ACTS = {
  start: 'Begins a run that is ready',
  pause: 'Stands still; hot loads go off (暂停)',
  resume: 'Goes on after a pause',
  next: 'Next step (下一步)',
  back: 'Step before (上一步); everything of the run goes off first',
  finish: 'Ends the run and switches everything of it off (结束并断电)',
  cancel: 'Drops a run that has not begun',
} as const satisfies Record<DemoAct, string>

/** `/api/v1/demos`, `/api/v1/demo-runs` and `/api/v1/demo-records`. */
export function demoRoutes(app: RouteHost, { views }: RouteParts): void {
  const { demos } = views

  app.get(
    '/api/v1/demos',
    {
      schema: {
        operationId: 'demos',
        summary: 'What can be played now, what cannot and why; circuits, interlocks and runs',
        response: { 200: demosSchema, ...failures },
      },
    },
    () => sent(demos.view()),
  )

  app.post(
    '/api/v1/demos/:scenario/runs',
    {
      config: { access: 'run-demos' },
      schema: {
        operationId: 'prepare-demo',
        summary:
          'Checks whether a scenario can be played; the run is ready, refused with its reason, or offers something else',
        params: z.object({ scenario: word }),
        body: prepareBody,
        response: { 201: runSchema, ...actFailures },
      },
    },
    (request, reply) => {
      const { user: by, roles } = principalOf(request)
      const asked = { ...request.body, scenario: request.params.scenario, by, roles }
      reply.code(201)
      return sent(granted(demos.prepare(withoutUndefined(asked))))
    },
  )

  app.get(
    '/api/v1/demo-runs/:id',
    {
      schema: {
        operationId: 'demo-run',
        summary: 'One run that is under way or ended within five minutes',
        params: runParams,
        response: { 200: runSchema, ...failures, 404: failureSchema },
      },
    },
    (request) => {
      const run = demos.run(request.params.id)
      if (!run) throw new HttpRefusal(404, 'HW_DEMO_UNKNOWN', `There is no run ${request.params.id}.`)
      return sent(run)
    },
  )

  for (const act of Object.keys(ACTS) as DemoAct[])
    app.post(
      `/api/v1/demo-runs/:id/${act}`,
      {
        config: { access: 'run-demos' },
        schema: {
          operationId: `${act}-demo-run`,
          summary: ACTS[act],
          params: runParams,
          body: z.strictObject(
            act === 'start' ? { guardConfirmed: z.boolean().default(false).describe('防护罩已放好') } : {},
          ),
          response: { 200: runSchema, ...actFailures },
        },
      },
      (request) => {
        const { user: by, roles } = principalOf(request)
        const guardConfirmed = 'guardConfirmed' in request.body && request.body.guardConfirmed === true
        return sent(granted(demos.act(request.params.id, act, { by, roles, guardConfirmed })))
      },
    )

  app.post(
    '/api/v1/demo-runs/:id/guess',
    {
      config: { access: 'run-demos' },
      schema: {
        operationId: 'guess-demo-run',
        summary: 'One visitor more, or fewer, for an answer (观众竞猜)',
        params: runParams,
        body: z.strictObject({
          option: z.int().min(0).max(9),
          change: z.union([z.literal(1), z.literal(-1)]).default(1),
        }),
        response: { 200: runSchema, ...actFailures },
      },
    },
    (request) => sent(granted(demos.guess(request.params.id, request.body.option, request.body.change))),
  )

  app.patch(
    '/api/v1/demo-runs/:id/inputs',
    {
      config: { access: 'run-demos' },
      schema: {
        operationId: 'set-demo-inputs',
        summary: 'Changes what the visitor wishes',
        params: runParams,
        body: inputsSchema,
        response: { 200: runSchema, ...actFailures },
      },
    },
    (request) => {
      const { user: by, roles } = principalOf(request)
      const { id } = request.params
      for (const [input, value] of Object.entries(request.body))
        granted(demos.setInput(id, input, value, { by, roles }))
      const run = demos.run(id)
      if (!run) throw new HttpRefusal(404, 'HW_DEMO_UNKNOWN', `There is no run ${id}.`)
      return sent(run)
    },
  )

  app.post(
    '/api/v1/demo-runs/:id/beat',
    {
      config: { access: 'run-demos' },
      schema: {
        operationId: 'beat-demo-run',
        summary: 'The tablet that leads the run is there; without it for 10 s the run pauses, for 60 s it stops',
        params: runParams,
        body: z.strictObject({}),
        response: { 200: z.object({ leads: z.boolean() }), ...actFailures },
      },
    },
    (request) => ({ leads: demos.beat(request.params.id, principalOf(request).user) }),
  )

  app.get(
    '/api/v1/demo-records',
    {
      schema: {
        operationId: 'demo-records',
        summary: 'Runs that are over, newest first',
        querystring: z.strictObject({
          scenario: word.optional(),
          before: z.coerce.number().int().min(0).optional().describe('Unix ms; only what began before.'),
          limit: z.coerce.number().int().min(1).max(MOST_RECORDS).default(50),
        }),
        response: { 200: z.object({ records: z.array(recordHeadSchema) }), ...failures },
      },
    },
    async (request) => ({ records: sent(await demos.records(withoutUndefined(request.query))) }),
  )

  app.get(
    '/api/v1/demo-records/:id',
    {
      schema: {
        operationId: 'demo-record',
        summary: 'One run with its figures, facts, devices and checksum',
        params: runParams,
        response: { 200: recordSchema, ...failures, 404: failureSchema },
      },
    },
    async (request) => {
      const found = await demos.record(request.params.id)
      if (!found) throw new HttpRefusal(404, 'HW_DEMO_UNKNOWN', `There is no record ${request.params.id}.`)
      return sent(found)
    },
  )

  app.patch(
    '/api/v1/demo-records/:id',
    {
      config: { access: 'run-demos' },
      schema: {
        operationId: 'remark-demo-record',
        summary: 'How many people watched, and what the guide wants to remember',
        params: runParams,
        body: z.strictObject({
          remark: z.string().trim().max(500).optional(),
          audience: z.int().min(0).max(1000).optional(),
        }),
        response: { 200: recordHeadSchema, ...actFailures },
      },
    },
    async (request) => {
      const { user: by, roles } = principalOf(request)
      const said = withoutUndefined(request.body)
      return sent(granted(await demos.remark(request.params.id, said, { by, roles })))
    },
  )
}

/** What was not sent is absent, not undefined. */
const withoutUndefined = <T extends object>(body: T) =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
