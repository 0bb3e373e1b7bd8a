import type { MqttMessageRule } from './profile-schema.ts'

/**
 * `device`: the message's own stamp. `received`: it has none. `absurd`: its clock is wrong by more than we believe;
 * `unreadable`: not in the format of the profile. In the last two the time of receipt is used.
 */
export type Stamp = 'device' | 'received' | 'absurd' | 'unreadable'

/** A device ahead by more than this has a wrong clock; less is drift, and shown as such. */
export const MAX_AHEAD_MS = 5 * 60_000
/** A terminal that was cut off sends what it kept; longer than a week nobody keeps. */
export const MAX_BEHIND_MS = 7 * 86_400_000

/** With its zone: a local time without one could mean any hour. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/

/** Decides whether to believe the stamp that a device wrote. */
export function compileStamp(
  rule: MqttMessageRule['at'],
): (written: unknown, receivedAt: number) => { at: number; stamp: Stamp } {
  if (!rule) return (_, receivedAt) => ({ at: receivedAt, stamp: 'received' })
  const { format } = rule
  return (written, receivedAt) => {
    if (written === undefined || written === null) return { at: receivedAt, stamp: 'received' }
    const at = unixMs(written, format)
    if (!Number.isFinite(at)) return { at: receivedAt, stamp: 'unreadable' }
    const believed = at <= receivedAt + MAX_AHEAD_MS && at >= receivedAt - MAX_BEHIND_MS
    return believed ? { at, stamp: 'device' } : { at: receivedAt, stamp: 'absurd' }
  }
}

function unixMs(written: unknown, format: 'unix-ms' | 'unix-s' | 'iso'): number {
  if (format === 'iso') return typeof written === 'string' && ISO.test(written) ? Date.parse(written) : Number.NaN
  if (typeof written !== 'number') return Number.NaN
  return Math.round(format === 'unix-s' ? written * 1000 : written)
}
