import { z } from 'zod'
import { ORDER_STATES, type OrderState } from '../work-orders/work-order.ts'
import { bilingual, count, unixMs, valueSchema } from './schemas.ts'

/** The shapes of alarms and work orders as they travel over HTTP. */

export const prioritySchema = z.enum(['P1', 'P2', 'P3', 'P4']).describe('P1 紧急, P2 重要, P3 一般, P4 提示.')
export const alarmStateSchema = z.enum(['normal', 'unacknowledged', 'acknowledged', 'returnedUnacknowledged'])
export const orderStateSchema = z.enum(Object.keys(ORDER_STATES) as [OrderState, ...OrderState[]])

const faultSchema = z.object({ device: z.string(), code: z.string(), part: z.string() })

export const alarmSchema = z
  .object({
    id: z.string(),
    fault: faultSchema,
    faultName: bilingual,
    deviceName: z.string(),
    zone: z.string(),
    state: alarmStateSchema,
    condition: z
      .enum(['present', 'cleared', 'unknown'])
      .describe('unknown: the evidence is missing; it never means cleared.'),
    defaultPriority: prioritySchema,
    priority: prioritySchema.describe('After redundancy and opening hours.'),
    priorityName: bilingual,
    impact: bilingual.describe('What the customer cannot do.'),
    firstAction: bilingual,
    sparePart: bilingual.optional(),
    raisedAt: unixMs,
    clearedAt: unixMs.optional(),
    acknowledged: z.object({ at: unixMs, by: z.string() }).optional(),
    latched: z.boolean().describe('Stays until a person has looked and released it.'),
    shelved: z.object({ until: unixMs, by: z.string(), reason: z.string() }).optional(),
    suppressed: z
      .object({ by: z.enum(['parent', 'hall-closed', 'maintenance', 'out-of-service']), alarm: z.string().optional() })
      .optional(),
    flapping: z.boolean().optional(),
    evidence: z.array(z.object({ quantity: z.string(), value: valueSchema, at: unixMs })),
    sequence: count,
  })
  .meta({ id: 'Alarm' })

export const alarmListSchema = z
  .object({ at: unixMs, total: count.describe('Open alarms, before the filter.'), alarms: z.array(alarmSchema) })
  .meta({ id: 'AlarmList' })

export const alarmDetailSchema = alarmSchema
  .extend({
    at: unixMs,
    transitions: z
      .array(
        z.object({
          at: unixMs,
          cause: z.string(),
          from: alarmStateSchema,
          to: alarmStateSchema,
          actor: z.string(),
          actorName: z.string(),
          priority: prioritySchema,
        }),
      )
      .describe('Newest first, at most 1,000.'),
  })
  .meta({ id: 'AlarmDetail' })

export const alarmJournalSchema = z
  .object({
    from: unixMs,
    to: unixMs,
    complete: z.boolean().describe('False when there was more than fits: ask for a shorter time.'),
    alarms: z
      .array(
        alarmSchema
          .extend({ changedAt: unixMs, raises: count.describe('How often it appeared in this time.') })
          .meta({ id: 'JournalAlarm' }),
      )
      .describe('Each as its last change of this time left it.'),
  })
  .meta({ id: 'AlarmJournal' })

const clockSchema = z
  .object({
    clock: z.enum(['acknowledge', 'arrive', 'finish']),
    startedAt: unixMs,
    dueAt: unixMs.nullable().describe('Null while the clock stands still (挂起).'),
    remainingMs: z.number(),
    overdueMs: z.number(),
    percent: z.number().describe('Share of the allowed time that is used up; 100 is due.'),
    stoppedAt: unixMs.optional(),
    paused: z.boolean(),
  })
  .meta({ id: 'SlaClock' })

export const orderSchema = z
  .object({
    id: z.string(),
    state: orderStateSchema,
    stateName: bilingual,
    source: z.enum(['telemetry', 'qr', 'counter', 'preventive']),
    device: z.string(),
    deviceName: z.string(),
    zone: z.string(),
    priority: prioritySchema,
    priorityName: bilingual,
    text: z.string(),
    assignee: z.string().optional(),
    assigneeName: z.string().optional(),
    openAlarms: z.array(z.string()),
    faults: z.array(
      faultSchema.extend({
        name: bilingual,
        impact: bilingual.describe('What the customer cannot do.'),
        firstAction: bilingual,
        sparePart: bilingual.optional().describe('What to bring.'),
        selfTest: z.string().optional().describe('How the device proves the part: `test-print`.'),
      }),
    ),
    stillServing: z
      .object({ capability: z.string(), name: bilingual, at: z.array(z.string()) })
      .optional()
      .describe(
        'What customers lost here, and the names of the devices where they still can; none: the whole hall cannot.',
      ),
    merged: count.describe('Further alarms that joined it.'),
    onsetAt: unixMs.optional(),
    reopens: z.string().optional().describe('The order of the same fault, closed at most 24 h before.'),
    suspended: z
      .object({ reason: z.enum(['parts', 'vendor', 'other']), remark: z.string(), until: unixMs.nullable() })
      .optional()
      .describe('While it waits (挂起).'),
    createdAt: unixMs.nullable(),
    clocks: z.array(clockSchema),
  })
  .meta({ id: 'WorkOrder' })

export const orderListSchema = z
  .object({ at: unixMs, total: count.describe('Open orders, before the filter.'), orders: z.array(orderSchema) })
  .meta({ id: 'WorkOrderList' })

export const orderDetailSchema = orderSchema
  .extend({
    at: unixMs,
    events: z
      .array(z.looseObject({ type: z.string(), at: unixMs, actor: z.string(), actorName: z.string() }))
      .describe('Everything that happened to it, oldest first; further fields depend on the type.'),
  })
  .meta({ id: 'WorkOrderDetail' })

export const closedOrderListSchema = z
  .object({
    from: unixMs,
    to: unixMs,
    complete: z.boolean().describe('False when there was more than fits: ask for a shorter time.'),
    orders: z.array(
      orderSchema
        .extend({
          closedAt: unixMs,
          inspect: z.boolean().describe('Drawn for inspection (稽查): by chance, or because it reopens another.'),
          override: z.string().optional().describe('Why it was closed by name, without the proof of the device.'),
        })
        .meta({ id: 'ClosedOrder' }),
    ),
  })
  .meta({ id: 'ClosedOrderList' })

export const kpiListSchema = z
  .object({
    from: unixMs,
    to: unixMs,
    kpis: z.array(
      bilingual
        .extend({
          id: z.string(),
          by: z
            .string()
            .describe('Of what: a stage, `P2`, `device:kiosk-1`, `kind:kiosk`, a source; empty: the whole hall.'),
          value: z.number().nullable().describe('Unrounded; null when there is nothing to compute it from.'),
          unit: z.enum(['', '%', 's', 'min']),
          of: z.number().describe('How many orders, faults, messages or minutes stand below the line.'),
          formula: bilingual,
        })
        .meta({ id: 'Kpi' }),
    ),
  })
  .meta({ id: 'KpiList' })

export type KpiList = z.infer<typeof kpiListSchema>
