import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCalendar } from './calendar.ts'
import { alarmOf, benchOf, HOUR, hallOf, MINUTE, MONDAY_10 } from './hall-fixture.ts'
import { foldOrder } from './order-fold.ts'
import { NEXT } from './order-states.ts'
import { slaOf } from './sla.ts'
import { ORDER_STATES, type OrderAct, type OrderEvent } from './work-order.ts'

const hall = hallOf()
const sla = { repair: hall.repair, calendar: createCalendar(hall) }
const base = { order: 'W20261116-0001', actor: 'zhang' }
const fault = { device: 'kiosk-1', code: 'prn.paper_jam', part: '' } as const

const created: OrderEvent = {
  ...base,
  at: MONDAY_10,
  type: 'created',
  source: 'telemetry',
  device: 'kiosk-1',
  zone: 'front',
  priority: 'P3',
  onsetAt: MONDAY_10,
  text: '',
}

const happening = fc.constantFrom<Record<string, unknown>>(
  { type: 'dispatched', to: 'li' },
  { type: 'accepted' },
  { type: 'handedOver', to: 'li', reason: '' },
  { type: 'arrived' },
  { type: 'finished', remark: '', noFault: false },
  { type: 'verificationStarted' },
  { type: 'verificationPassed' },
  { type: 'verificationFailed', reason: '' },
  { type: 'feedback', satisfied: true, remark: '' },
  { type: 'closed', inspect: false },
  { type: 'suspended', reason: 'parts', remark: '' },
  { type: 'resumed' },
  { type: 'returned', reason: '' },
  { type: 'alarmJoined', alarm: 'A2', fault, priority: 'P1' },
  { type: 'alarmCleared', alarm: 'A2' },
  { type: 'alarmReturned', alarm: 'A2' },
  { type: 'noted', text: '' },
)
const history = fc
  .array(fc.tuple(happening, fc.integer({ min: 0, max: 3 * 24 * HOUR })), { maxLength: 30 })
  .map((steps) => {
    let at = MONDAY_10
    return [
      created,
      ...steps.map(([event, wait]) => {
        at += wait
        return { ...base, ...event, at } as OrderEvent
      }),
    ]
  })

test('any history after its beginning is an order in a known state', () => {
  fc.assert(
    fc.property(history, (events) => {
      const order = foldOrder(events)
      expect(Object.keys(ORDER_STATES)).toContain(order.state)
      expect(order.events).toEqual(events)
    }),
  )
})

test('a history without its beginning is no order', () => {
  expect(() => foldOrder([])).toThrow('created')
})

test('no clock of any history is ever negative, and what is late has no time left', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: -HOUR, max: 60 * 24 * HOUR }), (events, later) => {
      for (const state of slaOf(foldOrder(events), sla, MONDAY_10 + later)) {
        expect(state.percent).toBeGreaterThanOrEqual(0)
        expect(state.remainingMs).toBeGreaterThanOrEqual(0)
        expect(state.overdueMs).toBeGreaterThanOrEqual(0)
        expect(Math.min(state.remainingMs, state.overdueMs)).toBe(0)
        expect(state.dueAt).toBeGreaterThan(state.startedAt)
      }
    }),
  )
})

const by = fc.constantFrom('zhang', 'li', 'wang', 'guest')
const act = fc.constantFrom<Record<string, unknown>>(
  { act: 'dispatch', to: 'li' },
  { act: 'accept' },
  { act: 'hand-over', to: 'zhang', reason: 'x' },
  { act: 'arrive' },
  { act: 'finish', remark: '', noFault: false },
  { act: 'suspend', reason: 'parts', remark: '' },
  { act: 'resume' },
  { act: 'return', reason: 'x' },
  { act: 'feedback', satisfied: false, remark: '' },
  { act: 'note', text: 'x' },
)
/** People tap, alarms come and go, the evidence changes, and the clock goes on, leaps and falls back. */
const day = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('act' as const), act, by),
    fc.tuple(fc.constant('alarm' as const), fc.constantFrom('present', 'cleared'), fc.constantFrom('P1', 'P2', 'P3')),
    fc.tuple(
      fc.constant('look' as const),
      fc.constantFrom(true, false, undefined),
      fc.integer({ min: -HOUR, max: 8 * HOUR }),
    ),
  ),
  { maxLength: 40 },
)

function live(steps: readonly (readonly unknown[])[], hallOfDay = hall) {
  const bench = benchOf(hallOfDay)
  bench.alarm(alarmOf({ priority: 'P3' }))
  for (const [what, first, second] of steps) {
    if (what === 'act') bench.act({ order: 'W20261116-0001', by: second, ...(first as object) } as OrderAct)
    if (what === 'alarm')
      bench.alarm(
        alarmOf({ condition: first as 'present', priority: second as 'P1' }),
        first === 'present' ? 'raised' : 'cleared',
      )
    if (what === 'look') {
      bench.healthy = first as boolean | undefined
      bench.now += (second as number) - MINUTE
      bench.pass(MINUTE)
    }
  }
  return bench
}

test('whatever people do and the clock does, nobody is urged twice for the same step', () => {
  fc.assert(
    fc.property(day, (steps) => {
      const said = live(steps).events.flatMap((event) => {
        if (event.type === 'urged') return [`${event.order} ${event.clock} ${event.percent}`]
        return event.type === 'escalated' ? [`${event.order} ${event.clock} ${event.to}`] : []
      })
      expect(new Set(said).size).toBe(said.length)
    }),
  )
})

test('whatever happens, a device has one open order at most and its history gives the order again', () => {
  fc.assert(
    fc.property(day, (steps) => {
      const bench = live(steps)
      const open = bench.book.open(bench.now)
      expect(open.length).toBeLessThanOrEqual(1)
      for (const order of open)
        expect(foldOrder(bench.events.filter((event) => event.order === order.id))).toEqual(order)
    }),
  )
})

test('what moves an order is never refused by the table, and time in a history never runs back', () => {
  const moves = new Set(Object.values(NEXT).flatMap((row) => Object.keys(row)))
  fc.assert(
    fc.property(day, (steps) => {
      const histories = Map.groupBy(live(steps).events, ({ order }) => order)
      for (const events of histories.values())
        events.forEach((event, i) => {
          if (i === 0) return
          const { state } = foldOrder(events.slice(0, i))
          if (moves.has(event.type)) expect(Object.keys(NEXT[state])).toContain(event.type)
          expect(event.at).toBeGreaterThanOrEqual(events[i - 1]!.at)
        })
    }),
  )
})

test('the table of states in the documentation is the one in the code', () => {
  const page = readFileSync(new URL('../../docs/work-orders.md', import.meta.url), 'utf8')
  for (const [state, row] of Object.entries(NEXT)) {
    const { zh } = ORDER_STATES[state as keyof typeof ORDER_STATES]
    const next = Object.entries(row).map(([event, to]) => `${event} → ${to}`)
    expect(page).toContain(`| \`${state}\` ${zh} | ${next.join(' · ') || '—'} |`)
  }
})
