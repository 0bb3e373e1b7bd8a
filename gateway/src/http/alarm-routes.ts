import { z } from 'zod'
import type { AlarmAct } from '../alarms/alarm.ts'
import { idSchema } from '../config/hall-schema.ts'
import { granted, record, traceOf } from './acts.ts'
import { HttpRefusal } from './failures.ts'
import { principalOf } from './identity.ts'
import { listOf } from './questions.ts'
import { alarmAnswer } from './repair-answers.ts'
import { alarmDetailSchema, alarmListSchema, alarmSchema, alarmStateSchema, prioritySchema } from './repair-schemas.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'

const MOST_TRANSITIONS = 1000
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

const alarmQuestion = z.strictObject({
  state: listOf(alarmStateSchema, 'Alarm states').optional(),
  priority: listOf(prioritySchema, 'Priorities').optional(),
  device: listOf(idSchema, 'Device ids').optional(),
  zone: listOf(idSchema, 'Zone ids').optional(),
  shelved: flag.optional().describe('Only shelved ones, or only the others.'),
  suppressed: flag.optional().describe('Only those suppressed by design, or only the others.'),
})

const reason = z.string().trim().min(1).max(500)

/** What a person may do with an alarm; the body of each. */
const ACTS = {
  acknowledge: { summary: 'Says that somebody has seen it (确认)', body: z.strictObject({}) },
  shelve: {
    summary: 'Takes it off the list for at most 24 h (搁置)',
    body: z.strictObject({
      minutes: z
        .int()
        .min(1)
        .max(24 * 60),
      reason,
    }),
  },
  unshelve: { summary: 'Puts it back on the list', body: z.strictObject({}) },
  'release-latch': {
    summary: 'Says that somebody has looked, so that it may return to normal',
    body: z.strictObject({ reason }),
  },
} as const satisfies Record<AlarmAct['act'], { summary: string; body: z.ZodType }>

const alarmId = z.object({ id: z.string().max(40).describe('`A20261122-0007`') })

/** `/api/v1/alarms` and what a person does with one. */
export function alarmRoutes(app: RouteHost, { views, clock, log }: RouteParts): void {
  app.get(
    '/api/v1/alarms',
    {
      schema: {
        operationId: 'alarms',
        summary: 'Every alarm that is not normal, most urgent first',
        querystring: alarmQuestion,
        response: { 200: alarmListSchema.describe('Most urgent first, then oldest.'), ...failures },
      },
    },
    (request) => {
      const { state, priority, device, zone, shelved, suppressed } = request.query
      const all = views.repair.openAlarms()
      const alarms = all
        .map((alarm) => alarmAnswer(alarm, views))
        .filter(
          (alarm) =>
            (!state || state.includes(alarm.state)) &&
            (!priority || priority.includes(alarm.priority)) &&
            (!device || device.includes(alarm.fault.device)) &&
            (!zone || zone.includes(alarm.zone)) &&
            (shelved === undefined || shelved === (alarm.shelved !== undefined)) &&
            (suppressed === undefined || suppressed === (alarm.suppressed !== undefined)),
        )
      return { at: clock.wallMs(), total: all.length, alarms }
    },
  )

  app.get(
    '/api/v1/alarms/:id',
    {
      schema: {
        operationId: 'alarm',
        summary: 'One alarm, open or over, with everything that happened to it',
        params: alarmId,
        response: {
          200: alarmDetailSchema.describe('The alarm and its transitions.'),
          ...failures,
          404: failureSchema.describe('There is no such alarm.'),
          503: failureSchema.describe('The store cannot answer now.'),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const alarm = await views.repair.alarm(id)
      if (!alarm) throw new HttpRefusal(404, 'HW_ALARM_UNKNOWN', `There is no alarm "${id}".`)
      const at = clock.wallMs()
      const span = { from: Math.min(alarm.raisedAt, at), to: at + 1 }
      const history = await views.repair.alarmHistory({ ...span, device: alarm.fault.device, limit: MOST_TRANSITIONS })
      const transitions = history
        .filter((transition) => transition.alarm.id === id)
        .map(({ at, cause, from, alarm: { state: to, priority }, actor }) => {
          return { at, cause, from, to, actor, actorName: views.repair.personName(actor), priority }
        })
      return { ...alarmAnswer(alarm, views), at, transitions }
    },
  )

  for (const act of Object.keys(ACTS) as AlarmAct['act'][]) {
    const { summary, body } = ACTS[act]
    app.post(
      `/api/v1/alarms/:id/${act}`,
      {
        config: { access: 'handle-alarm' },
        schema: {
          operationId: `alarm-${act}`,
          summary,
          params: alarmId,
          body: body as z.ZodType<Record<string, unknown>>,
          response: { 200: alarmSchema.describe('The alarm as it is now.'), ...actFailures },
        },
      },
      async (request) => {
        const { id: alarm } = request.params
        // The schema of this very act has read the body.
        const asked = { ...request.body, act, alarm, by: principalOf(request).user } as AlarmAct
        const done = granted(await views.repair.actOnAlarm(asked))
        const { actor, detail } = traceOf(request)
        await record(views.auth.audit, log, {
          actor,
          action: `alarm.${act}`,
          subject: alarm,
          detail: { ...request.body, ...detail },
        })
        return alarmAnswer(done, views)
      },
    )
  }
}
