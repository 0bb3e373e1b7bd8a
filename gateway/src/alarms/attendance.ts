import type { AlarmHall } from './alarm-book.ts'

interface Window {
  readonly from: number
  readonly to: number
}

/** Devices somebody works on, so that what they show is no news: a live order (out of service) or a maintenance window. */
export interface Attendance {
  setHall(hall: AlarmHall): void
  inRepair(device: string): boolean
  inMaintenance(device: string): boolean
  setInRepair(device: string, inRepair: boolean): boolean
  /** Begins and ends windows; returns the devices for which that changed something. */
  passTime(now: number): readonly string[]
}

export function createAttendance(inRepair: Iterable<string>): Attendance {
  const repaired = new Set(inRepair)
  let windows = new Map<string, Window[]>()
  let maintained = new Set<string>()

  return {
    setHall({ repair, devices }) {
      windows = new Map()
      for (const { devices: names, from, to } of repair.maintenance) {
        for (const name of names)
          windows.set(name, [...(windows.get(name) ?? []), { from: Date.parse(from), to: Date.parse(to) }])
      }
      for (const id of repaired) if (!devices.some((device) => device.id === id)) repaired.delete(id)
    },
    inRepair: (device) => repaired.has(device),
    inMaintenance: (device) => maintained.has(device),
    setInRepair(device, on) {
      if (repaired.has(device) === on) return false
      if (on) repaired.add(device)
      else repaired.delete(device)
      return true
    },
    passTime(now) {
      const before = maintained
      maintained = new Set()
      for (const [device, spans] of windows) {
        if (spans.some(({ from, to }) => now >= from && now < to)) maintained.add(device)
      }
      return [...new Set([...before, ...maintained])].filter((id) => before.has(id) !== maintained.has(id))
    },
  }
}
