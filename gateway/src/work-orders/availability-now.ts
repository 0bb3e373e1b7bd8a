import type { Alarm } from '../alarms/alarm.ts'
import { isServing, stopsService } from './availability.ts'
import type { Calendar } from './calendar.ts'
import type { OrderHall } from './order-book.ts'

/**
 * Whether each device a customer uses serves right now: 100 or 0 %, so that a mean over any time is its availability. A device
 * that has no duty now (hall closed, planned maintenance), or of which nothing is known, is left out, as in `availabilityOf`.
 * @param alarms the open ones
 */
export function availabilityNow(
  hall: OrderHall,
  calendar: Calendar,
  alarms: readonly Alarm[],
  now: number,
): ReadonlyMap<string, 0 | 100> {
  const present = Map.groupBy(
    alarms.filter(({ condition }) => condition !== 'cleared'),
    ({ fault }) => fault.device,
  )
  const planned = new Set(
    hall.repair.maintenance
      .filter((window) => Date.parse(window.from) <= now && now < Date.parse(window.to))
      .flatMap(({ devices }) => devices),
  )
  const runs = { wall: true, 'hall-hours': calendar.running('hall-hours', now, now + 1).length > 0 }
  const found = new Map<string, 0 | 100>()
  for (const { id, kind, zone } of hall.devices) {
    const onDuty = runs[hall.repair.alwaysOpen.includes(zone) ? 'wall' : 'hall-hours']
    if (!isServing(kind) || !onDuty || planned.has(id)) continue
    const own = present.get(id) ?? []
    if (own.some(stopsService)) found.set(id, 0)
    else if (!own.some(({ fault }) => fault.code === 'agent.lost')) found.set(id, 100)
  }
  return found
}
