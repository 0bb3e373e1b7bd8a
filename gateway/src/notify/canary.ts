import type { Repair } from '../config/repair-schema.ts'
import type { Notice } from './notice.ts'

export interface NotifyHall {
  readonly name: string
  readonly timeZone: string
  readonly repair: Pick<Repair, 'people' | 'duty' | 'openingHours' | 'lead' | 'operations' | 'channels'>
}

const MINUTE_MS = 60_000
/** A shift that began longer ago is not proved any more: after a restart at noon nobody needs the morning's canary. */
const LATEST_MS = 60 * MINUTE_MS

/**
 * One harmless message per channel at the beginning of each shift, so that a dead channel is found before it is needed. Shifts
 * are the beginnings in the duty roster, or of the opening hours. The same shift always gives the same keys: sent once.
 */
export function canaryNotices(hall: NotifyHall, now: number): Notice[] {
  const { repair } = hall
  const starts = new Set((repair.duty.length > 0 ? repair.duty : repair.openingHours).map((span) => span.from))
  const local = localTime(now, hall.timeZone)
  return [...starts].flatMap((start) => {
    const sinceMs = (minutesOf(local.time) - minutesOf(start)) * MINUTE_MS
    if (sinceMs < 0 || sinceMs >= LATEST_MS) return []
    return Object.keys(repair.channels).flatMap((channel) => canary(hall, channel, `${local.date} ${start}`, now))
  })
}

/** To the lead if this channel reaches them, else to the first person it reaches: one message, whoever is on duty. */
function canary(hall: NotifyHall, channel: string, shift: string, now: number): Notice[] {
  const reached = hall.repair.people.filter((person) => person.channels.includes(channel))
  const to = (reached.find((person) => person.id === hall.repair.lead) ?? reached[0])?.id
  return to === undefined ? [] : [canaryNotice(hall, channel, to, shift.replaceAll(/\D/g, ''), now)]
}

export const canaryNotice = (hall: NotifyHall, channel: string, to: string, occasion: string, now: number): Notice => ({
  key: `canary:${channel}:${occasion}:${to}`,
  kind: 'canary',
  priority: 'P4',
  to,
  channels: [channel],
  title: `【通道自检】${hall.name} 告警通道 ${channel} 正常`,
  lines: ['本班次开始时的通道测试，无需处理。'],
  taps: [],
  thread: `canary-${channel}`,
  createdAt: now,
})

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

function localTime(at: number, timeZone: string): { date: string; time: string } {
  const [date, time] = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    .format(at)
    .split(' ')
  return { date: date!, time: time! }
}
