import type { Status } from '../../../live/device-status.ts'
import { WORST_FIRST } from '../../../live/device-status.ts'
import type { LiveDevice } from '../../../live/hall-mirror.ts'

/** One row of the table: the live device with its mark. */
export interface Row {
  readonly device: LiveDevice
  readonly status: Status
}

export interface Wanted {
  readonly zone: string
  readonly kind: string
  readonly state: string
  readonly q: string
}

export interface ZoneRows {
  readonly zone: string
  readonly rows: readonly Row[]
}

const text = (device: LiveDevice, name: string): string => {
  const value = device.readings[name]?.value
  return typeof value === 'string' ? value : ''
}

/** What the device says its program is; '' when it does not say. */
export const firmwareOf = (device: LiveDevice): string =>
  text(device, 'firmwareVersion') || text(device, 'softwareVersion')

/** Days until the certificate ends, below 0 when it has; undefined when the device has none. */
export function certificateDays(device: LiveDevice): number | undefined {
  const seconds = device.readings.certificateRemaining?.value
  return typeof seconds === 'number' ? Math.floor(seconds / 86_400) : undefined
}

/** Below 0 when the first version is older: `3.2.1` before `3.10.0`. */
export const compareVersions = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** The newest program that any device of each model has: others of that model are behind. */
export function newestFirmware(devices: readonly LiveDevice[]): ReadonlyMap<string, string> {
  const newest = new Map<string, string>()
  for (const device of devices) {
    const own = firmwareOf(device)
    if (own !== '' && compareVersions(own, newest.get(device.profile) ?? '') > 0) newest.set(device.profile, own)
  }
  return newest
}

export function wanted({ device, status }: Row, { zone, kind, state, q }: Wanted): boolean {
  if ((zone && device.zone !== zone) || (kind && device.kind !== kind) || (state && status !== state)) return false
  return !q || `${device.id}\n${device.name}\n${device.profile}`.toLowerCase().includes(q.toLowerCase())
}

const worse = (a: Row, b: Row): number =>
  WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) ||
  a.device.name.localeCompare(b.device.name, 'zh-CN', { numeric: true })

/** Zones with their worst device first, and inside a zone the worst device first. Zones that are as bad keep their order. */
export function byZone(rows: readonly Row[], zones: readonly string[]): ZoneRows[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.device.zone)
    if (group) group.push(row)
    else groups.set(row.device.zone, [row])
  }
  const badness = ({ rows: [first] }: ZoneRows) => (first ? WORST_FIRST.indexOf(first.status) : WORST_FIRST.length)
  return [...groups]
    .map(([zone, own]) => ({ zone, rows: own.sort(worse) }))
    .sort((a, b) => badness(a) - badness(b) || zones.indexOf(a.zone) - zones.indexOf(b.zone))
}

/** The part of the groups that stands on one page; a zone may go on over the page. */
export function pageOf(groups: readonly ZoneRows[], page: number, size: number): ZoneRows[] {
  let skip = (page - 1) * size
  let room = size
  return groups.flatMap(({ zone, rows }) => {
    const part = rows.slice(skip, skip + room)
    skip = Math.max(0, skip - rows.length)
    room -= part.length
    return part.length > 0 ? [{ zone, rows: part }] : []
  })
}
