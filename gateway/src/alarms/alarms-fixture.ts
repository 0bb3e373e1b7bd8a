import { type Repair, repairSchema } from '../config/repair-schema.ts'
import type { FaultCode } from '../domain/fault-codes.ts'
import type { FaultEvent } from '../domain/fault-event.ts'
import type { AlarmTransition } from './alarm.ts'
import { type AlarmBook, type AlarmBookStart, type AlarmDevice, type AlarmHall, createAlarmBook } from './alarm-book.ts'
import type { AlarmTimings } from './alarm-timings.ts'

/** Monday 2026-11-23, 10:00 in Shanghai. */
export const MONDAY_10 = Date.parse('2026-11-23T10:00:00+08:00')

export const terminal = (number: number, more: Partial<AlarmDevice> = {}): AlarmDevice => ({
  id: `kiosk-0${number}`,
  name: `${number}号自助终端`,
  kind: 'kiosk',
  zone: 'self-service',
  link: `kiosk-0${number}`,
  ...more,
})

export const device = (id: string, more: Partial<AlarmDevice> = {}): AlarmDevice => ({
  id,
  name: id,
  kind: 'meter',
  zone: 'power-room',
  link: id,
  ...more,
})

export const hallOf = (devices: readonly AlarmDevice[], repair: Partial<Repair> = {}): AlarmHall => ({
  devices,
  repair: { ...repairSchema.parse({}), ...repair },
  timeZone: 'Asia/Shanghai',
})

/** A book with a clock of its own, for stories. Time starts at Monday 10:00. */
export function storyOf(
  hall: AlarmHall,
  options: { start?: number; initial?: AlarmBookStart; timings?: Partial<AlarmTimings> } = {},
) {
  const { start = MONDAY_10, ...rest } = options
  const book: AlarmBook = createAlarmBook(rest)
  let now = start
  const log: AlarmTransition[] = []
  const keep = (transitions: AlarmTransition[]) => {
    log.push(...transitions)
    return transitions
  }
  keep(book.setHall(hall, now))
  const event =
    (type: FaultEvent['type']) =>
    (deviceId: string, code: FaultCode, part = '') =>
      keep(book.take({ type, fault: { device: deviceId, code, part }, at: now, evidence: [] }, now))
  return {
    book,
    log,
    now: () => now,
    raised: event('raised'),
    cleared: event('cleared'),
    unknown: event('unknown'),
    act: (act: Parameters<AlarmBook['act']>[0]) => {
      const result = book.act(act, now)
      if (result.ok) keep(result.value)
      return result
    },
    setHall: (next: AlarmHall) => keep(book.setHall(next, now)),
    setInRepair: (id: string, on: boolean) => keep(book.setInRepair(id, on, now)),
    /** Lets time pass, a second at a time. */
    pass(ms: number) {
      const passed: AlarmTransition[] = []
      for (const end = now + ms; now < end; ) {
        now = Math.min(end, now + 1000)
        passed.push(...keep(book.tick(now)))
      }
      return passed
    },
    /** The clock stands elsewhere from one moment to the next. */
    jumpTo(time: number) {
      now = time
      return keep(book.tick(now))
    },
    /** The open alarm of a fault; undefined when there is none. */
    alarm: (deviceId: string, code: FaultCode, part?: string) =>
      book
        .open()
        .find(({ fault }) => fault.device === deviceId && fault.code === code && (part ?? fault.part) === fault.part),
  }
}

/** `raised A…0001 prn.paper_jam` as one line each, for assertions that read. */
export const told = (transitions: readonly AlarmTransition[]): string[] =>
  transitions.map(({ cause, alarm }) => {
    const { device: id, code, part } = alarm.fault
    const where = id === 'gateway' ? part : id
    return `${cause} ${where} ${code}${alarm.suppressed ? ` (${alarm.suppressed.by})` : ''}`
  })
