import { faultId } from '../domain/fault-event.ts'
import type { Alarm } from './alarm.ts'

/** An alarm that is not normal, with what its book remembers of it beyond what people see. */
export interface Entry {
  alarm: Alarm
  /** What the readings say; differs from `alarm.condition` only while it is chattering. */
  actual: Alarm['condition']
  /** Unix ms of the last change of `actual`. */
  changedAt: number
  /** Its parent is gone; until then it may clear without a call. */
  settleUntil: number | undefined
  /** It was there when the repair of its device began, so it is what is being repaired. */
  beforeRepair: boolean
}

/** The open alarms of a hall, found by fault, id, device and by the parent that explains them. */
export interface AlarmIndex {
  readonly byFault: ReadonlyMap<string, Entry>
  readonly byId: ReadonlyMap<string, Entry>
  onDevice(device: string): Iterable<Entry>
  explainedBy(id: string): ReadonlySet<Entry>
  /** Another number after every change. */
  version(): number
  put(entry: Entry): void
  /** Takes the alarm's next value; one that is `normal` leaves the index. */
  update(entry: Entry, alarm: Alarm): void
}

const NONE: ReadonlySet<Entry> = new Set()

export function createAlarmIndex(): AlarmIndex {
  const byFault = new Map<string, Entry>()
  const byId = new Map<string, Entry>()
  const byDevice = new Map<string, Set<Entry>>()
  const byParent = new Map<string, Set<Entry>>()
  let version = 0

  return {
    byFault,
    byId,
    onDevice: (device) => byDevice.get(device) ?? NONE,
    explainedBy: (id) => byParent.get(id) ?? NONE,
    version: () => version,
    put(entry) {
      version++
      const { alarm } = entry
      byFault.set(faultId(alarm.fault), entry)
      byId.set(alarm.id, entry)
      add(byDevice, alarm.fault.device, entry)
      add(byParent, parentOf(alarm), entry)
    },
    update(entry, alarm) {
      const before = parentOf(entry.alarm)
      const after = alarm.state === 'normal' ? undefined : parentOf(alarm)
      version++
      entry.alarm = alarm
      if (before !== after) {
        remove(byParent, before, entry)
        add(byParent, after, entry)
      }
      if (alarm.state !== 'normal') return
      byFault.delete(faultId(alarm.fault))
      byId.delete(alarm.id)
      remove(byDevice, alarm.fault.device, entry)
    },
  }
}

/** Its condition holds or, for all we know, still holds: a lost line does not end it. */
export const isActive = ({ alarm }: Entry): boolean => alarm.condition !== 'cleared'

const parentOf = ({ suppressed }: Alarm): string | undefined =>
  suppressed?.by === 'parent' ? suppressed.alarm : undefined

function add(map: Map<string, Set<Entry>>, key: string | undefined, entry: Entry): void {
  if (key === undefined) return
  const set = map.get(key)
  if (set) set.add(entry)
  else map.set(key, new Set([entry]))
}

function remove(map: Map<string, Set<Entry>>, key: string | undefined, entry: Entry): void {
  if (key === undefined) return
  const set = map.get(key)
  set?.delete(entry)
  if (set?.size === 0) map.delete(key)
}
