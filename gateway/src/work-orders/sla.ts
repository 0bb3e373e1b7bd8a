import type { Repair } from '../config/repair-schema.ts'
import { byUrgency, type Priority } from '../domain/priority.ts'
import type { Calendar, ClockKind } from './calendar.ts'
import { happenedAt, type SlaClock, type WorkOrder } from './work-order.ts'

/** What clocks need to know of the hall. */
export interface SlaHall {
  readonly repair: Pick<Repair, 'alwaysOpen' | 'sla'>
  readonly calendar: Calendar
}

/** One clock of one order, as of an instant. */
export interface SlaState {
  readonly clock: SlaClock
  readonly startedAt: number
  /** Unix ms; while paused, the time it would be due if it went on now. */
  readonly dueAt: number
  /** Time of the clock that is left, and that it is over; one of them is 0. */
  readonly remainingMs: number
  readonly overdueMs: number
  /** Share of the time allowed that is used up; 100 is due, more is late. */
  readonly percent: number
  /** When it stopped for good; absent while it runs. */
  readonly stoppedAt?: number
  /** 挂起: the clock of 工作结束 stands still. */
  readonly paused: boolean
}

interface Budget {
  readonly kind: ClockKind
  readonly ms: number
}

interface Pause {
  readonly from: number
  readonly to: number
}

interface Span {
  readonly from: number
  readonly budget: Budget
  readonly pauses: readonly Pause[]
  readonly stoppedAt: number | undefined
}

type Ladder = Partial<Record<SlaClock, { readonly minutes: number } | { readonly workingDays: number }>>

export const SLA_CLOCKS = ['acknowledge', 'arrive', 'finish'] as const satisfies readonly SlaClock[]

/** How long each step may take unless hall.yaml says otherwise. "Next shift" of P4 is one working day; its visit is planned. */
export const DEFAULT_LADDERS: Record<Priority, Ladder> = {
  P1: { acknowledge: { minutes: 15 }, arrive: { minutes: 60 }, finish: { minutes: 240 } },
  P2: { acknowledge: { minutes: 30 }, arrive: { minutes: 240 }, finish: { workingDays: 1 } },
  P3: { acknowledge: { minutes: 240 }, arrive: { workingDays: 1 }, finish: { workingDays: 3 } },
  P4: { acknowledge: { workingDays: 1 } },
}

const DAY_MS = 86_400_000

/** Every clock that runs or ran for the order, recomputed from its history. */
export function slaOf(order: WorkOrder, hall: SlaHall, now: number): SlaState[] {
  return SLA_CLOCKS.flatMap((clock) => {
    const span = spanOf(order, hall, clock)
    if (!span) return []
    const end = span.stoppedAt ?? now
    // An open pause lasts until now: the time it would be due if the clock went on at this moment.
    const pauses = span.pauses.map(({ from, to }) => ({ from, to: Math.min(to, Math.max(from, end)) }))
    const usedMs = ranFor(hall.calendar, span, pauses, end)
    return {
      clock,
      startedAt: span.from,
      dueAt: ranUntil(hall.calendar, span, pauses, span.budget.ms),
      remainingMs: Math.max(0, span.budget.ms - usedMs),
      overdueMs: Math.max(0, usedMs - span.budget.ms),
      percent: (usedMs / span.budget.ms) * 100,
      ...(span.stoppedAt === undefined ? {} : { stoppedAt: span.stoppedAt }),
      paused: span.stoppedAt === undefined && span.pauses.some((pause) => pause.to === Number.POSITIVE_INFINITY),
    }
  })
}

/**
 * A clock that runs: tells when it will have used a share of its time (Unix ms; Infinity where it stands still before that).
 * Undefined when the order has no such clock or it stopped. Holds until the next event of the order.
 */
export function runningClock(
  order: WorkOrder,
  hall: SlaHall,
  clock: SlaClock,
): ((percent: number) => number) | undefined {
  const span = spanOf(order, hall, clock)
  if (!span || span.stoppedAt !== undefined) return undefined
  return (percent) => ranUntil(hall.calendar, span, span.pauses, (span.budget.ms * percent) / 100)
}

/**
 * From when a clock counts and how much it may use. When an order grows more urgent it gets the shorter time from that moment
 * on, never a time that was over before anybody knew; whichever ends first counts.
 */
function spanOf(order: WorkOrder, hall: SlaHall, clock: SlaClock): Span | undefined {
  const pauses = clock === 'finish' ? pausesOf(order) : []
  const stoppedAt = stopOf(order, clock)
  const spans = raisesOf(order).flatMap(({ at, priority }, nth) => {
    const budget = budgetOf(hall, priority, order.zone, clock)
    if (!budget || (nth > 0 && stoppedAt !== undefined && at >= stoppedAt)) return []
    const span = { from: at, budget, pauses, stoppedAt }
    return { span, dueAt: ranUntil(hall.calendar, span, pauses, budget.ms) }
  })
  // Under an open pause several may be due "never": then the shortest time allowed counts.
  spans.sort((a, b) => (a.dueAt === b.dueAt ? a.span.budget.ms - b.span.budget.ms : a.dueAt - b.dueAt))
  return spans[0]?.span
}

/** When the order was made, and each time it grew more urgent. */
function raisesOf(order: WorkOrder): { at: number; priority: Priority }[] {
  const raises: { at: number; priority: Priority }[] = []
  for (const event of order.events)
    if (event.type === 'created' || event.type === 'alarmJoined') {
      const last = raises.at(-1)
      if (!last || byUrgency(event.priority, last.priority) < 0) raises.push({ at: event.at, priority: event.priority })
    }
  return raises
}

/** Minutes run by the wall for P1 and in zones that never close, else in opening hours; working days are the same for all. */
function budgetOf(hall: SlaHall, priority: Priority, zone: string, clock: SlaClock): Budget | undefined {
  const allowed = ladderOf(hall.repair.sla, priority)[clock]
  if (!allowed) return undefined
  if ('workingDays' in allowed) return { kind: 'working-days', ms: allowed.workingDays * DAY_MS }
  const always = priority === 'P1' || hall.repair.alwaysOpen.includes(zone)
  return { kind: always ? 'wall' : 'hall-hours', ms: allowed.minutes * 60_000 }
}

function ladderOf(sla: Repair['sla'], priority: Priority): Ladder {
  const own = sla[priority]
  const ladder: Ladder = { ...DEFAULT_LADDERS[priority] }
  if (own?.arriveWorkingDays !== undefined) ladder.arrive = { workingDays: own.arriveWorkingDays }
  if (own?.finishWorkingDays !== undefined) ladder.finish = { workingDays: own.finishWorkingDays }
  if (own?.acknowledgeMin !== undefined) ladder.acknowledge = { minutes: own.acknowledgeMin }
  if (own?.arriveMin !== undefined) ladder.arrive = { minutes: own.arriveMin }
  if (own?.finishMin !== undefined) ladder.finish = { minutes: own.finishMin }
  return ladder
}

/** From 挂起 until the order moves again; Infinity while it is suspended. */
function pausesOf(order: WorkOrder): Pause[] {
  const pauses: { from: number; to: number }[] = []
  let open: { from: number; to: number } | undefined
  for (const event of order.events) {
    if (event.type === 'suspended' && !open) {
      open = { from: happenedAt(event), to: Number.POSITIVE_INFINITY }
      pauses.push(open)
    } else if (open && ['resumed', 'handedOver', 'returned', 'closed'].includes(event.type)) {
      open.to = Math.max(open.from, happenedAt(event))
      open = undefined
    }
  }
  return pauses
}

/** A repair that did not hold stops no clock: after a failed verification the clocks run on as if it had not been reported. */
function stopOf(order: WorkOrder, clock: SlaClock): number | undefined {
  let stopped: number | undefined
  let provisional: number | undefined
  for (const event of order.events) {
    if (event.type === 'finished' || event.type === 'verificationStarted') provisional ??= happenedAt(event)
    else if (event.type === 'verificationFailed') provisional = undefined
    const reached =
      (clock === 'acknowledge' && event.type === 'accepted') ||
      (clock !== 'finish' && (event.type === 'arrived' || event.type === 'finished')) ||
      event.type === 'closed'
    if (reached) stopped ??= Math.min(happenedAt(event), provisional ?? happenedAt(event))
  }
  return stopped ?? provisional
}

const ranFor = (calendar: Calendar, { from, budget }: Span, pauses: readonly Pause[], end: number): number => {
  let ms = 0
  let at = from
  for (const pause of pauses) {
    ms += calendar.elapsedMs(budget.kind, at, Math.min(end, Math.max(at, pause.from)))
    at = Math.max(at, pause.to)
  }
  return ms + calendar.elapsedMs(budget.kind, at, end)
}

const ranUntil = (calendar: Calendar, { from, budget }: Span, pauses: readonly Pause[], ms: number): number => {
  let left = ms
  let at = from
  for (const pause of pauses) {
    if (pause.to <= at) continue
    const run = calendar.elapsedMs(budget.kind, at, Math.max(at, pause.from))
    if (run >= left) return calendar.add(budget.kind, at, left)
    left -= run
    at = pause.to
    if (at === Number.POSITIVE_INFINITY) return at
  }
  return calendar.add(budget.kind, at, left)
}
