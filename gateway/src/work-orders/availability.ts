import type { Alarm, AlarmTransition } from '../alarms/alarm.ts'
import { byUrgency, type Priority } from '../domain/priority.ts'
import type { Calendar } from './calendar.ts'
import { type Interval, intersect, subtract, total, union } from './intervals.ts'
import type { Kpi } from './kpi-definitions.ts'
import type { OrderHall } from './order-book.ts'

const SERVING = new Set(['kiosk', 'printer', 'queue', 'evaluator', 'evse', 'display'])
const MINUTE = 60_000

/** Whether a customer of the hall uses devices of this kind. */
export const isServing = (kind: string): boolean => SERVING.has(kind)

/** Whether a fault keeps customers from using its device; a data source that is lost says nothing about that. */
export const stopsService = ({ fault, defaultPriority }: Pick<Alarm, 'fault' | 'defaultPriority'>): boolean =>
  fault.code !== 'agent.lost' && byUrgency(defaultPriority, 'P2') <= 0

interface Presence {
  readonly fault: Alarm['fault']
  readonly defaultPriority: Priority
  readonly intervals: Interval[]
  since: number | undefined
}

interface Usage {
  readonly id: string
  readonly kind: string
  readonly duty: readonly Interval[]
  readonly down: readonly Interval[]
  readonly unknown: readonly Interval[]
}

export interface AvailabilityInput {
  readonly hall: OrderHall
  readonly calendar: Calendar
  readonly from: number
  readonly to: number
  readonly transitions: readonly AlarmTransition[]
  readonly openAlarms: readonly Alarm[]
}

/** Availability, unknown time and outage minutes, by device and by kind. */
export function availabilityOf(input: AvailabilityInput): Kpi[] {
  const usages = usagesOf(input)
  const kpis: Kpi[] = []
  const rows = (by: string, of: readonly Usage[]) => {
    const dutyMs = sum(of, ({ duty, unknown }) => total(subtract(duty, unknown)))
    const usableMs = sum(of, ({ duty, unknown, down }) => total(subtract(subtract(duty, unknown), down)))
    kpis.push(
      { id: 'availability', by, value: dutyMs === 0 ? null : (usableMs / dutyMs) * 100, of: dutyMs / MINUTE },
      {
        id: 'unknown',
        by,
        value: sum(of, ({ unknown }) => total(unknown)) / MINUTE,
        of: sum(of, ({ duty }) => total(duty)) / MINUTE,
      },
    )
  }
  for (const usage of usages) rows(`device:${usage.id}`, [usage])
  for (const [kind, of] of Map.groupBy(usages, ({ kind }) => kind)) {
    rows(`kind:${kind}`, of)
    const duty = union(of.flatMap((usage) => usage.duty))
    // What we do not know is not shown as an outage.
    const serving = union(of.flatMap((usage) => subtract(usage.duty, usage.down)))
    kpis.push({
      id: 'outage',
      by: `kind:${kind}`,
      value: total(subtract(duty, serving)) / MINUTE,
      of: total(duty) / MINUTE,
    })
  }
  return kpis
}

function usagesOf({ hall, calendar, from, to, transitions, openAlarms }: AvailabilityInput): Usage[] {
  const presences = Map.groupBy(presenceOf(transitions, openAlarms, to), ({ fault }) => fault.device)
  return hall.devices
    .filter(({ kind }) => isServing(kind))
    .map(({ id, kind, zone }) => {
      const planned = union(
        hall.repair.maintenance
          .filter(({ devices }) => devices.includes(id))
          .map((window) => ({ from: Date.parse(window.from), to: Date.parse(window.to) })),
      )
      const clock = hall.repair.alwaysOpen.includes(zone) ? 'wall' : 'hall-hours'
      const duty = subtract(calendar.running(clock, from, to), planned)
      const of = (wanted: (presence: Presence) => boolean) =>
        intersect(union((presences.get(id) ?? []).filter(wanted).flatMap(({ intervals }) => intervals)), duty)
      const down = of(stopsService)
      return {
        id,
        kind,
        duty,
        down,
        unknown: subtract(
          of(({ fault }) => fault.code === 'agent.lost'),
          down,
        ),
      }
    })
}

/** When each alarm's condition held, whatever suppressed its message. Missing evidence never ends it. */
function presenceOf(transitions: readonly AlarmTransition[], openAlarms: readonly Alarm[], until: number): Presence[] {
  const known = new Map<string, Presence>()
  const see = (alarm: Alarm, at: number) => {
    let presence = known.get(alarm.id)
    if (!presence) {
      presence = { fault: alarm.fault, defaultPriority: alarm.defaultPriority, intervals: [], since: alarm.raisedAt }
      known.set(alarm.id, presence)
    }
    if (alarm.condition === 'cleared' && presence.since !== undefined) {
      presence.intervals.push({ from: presence.since, to: alarm.clearedAt ?? at })
      presence.since = undefined
    } else if (alarm.condition === 'present') presence.since ??= at
  }
  for (const { alarm, at } of [...transitions].sort((a, b) => a.at - b.at)) see(alarm, at)
  for (const alarm of openAlarms) if (!known.has(alarm.id)) see(alarm, alarm.raisedAt)
  for (const presence of known.values())
    if (presence.since !== undefined) presence.intervals.push({ from: presence.since, to: until })
  return [...known.values()]
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((all, item) => all + of(item), 0)
