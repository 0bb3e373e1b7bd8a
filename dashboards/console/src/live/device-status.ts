import type { LiveDevice } from './hall-mirror.ts'

export type Status = 'ok' | 'warning' | 'critical' | 'unknown' | 'maintenance'

/** What an alarm list says of one device, as far as its mark is concerned. */
export interface AlarmMark {
  readonly priority: 'P1' | 'P2' | 'P3' | 'P4'
  /** `cleared`: over, and somebody has still to see it. */
  readonly condition?: 'present' | 'cleared' | 'unknown'
  readonly shelved?: unknown
  readonly suppressed?: { readonly by: string } | undefined
}

/** What the gateway itself says of a device: it proves nothing about the device's values. */
const OF_THE_GATEWAY: ReadonlySet<string> = new Set(['online', 'readLatency', 'readErrors'])

/** Worst first, for sorting. */
export const WORST_FIRST: readonly Status[] = ['critical', 'warning', 'unknown', 'maintenance', 'ok']

/**
 * The mark of one device. Alarms come first, since people act on them; then a broken part, then whether it is heard at all.
 * @param alarms  the open ones of this device
 * @param isFault  whether the word of a part stands for a fault (vocabulary)
 */
export function statusOf(
  device: LiveDevice,
  alarms: readonly AlarmMark[],
  isFault: (quantity: string, value: unknown) => boolean,
): Status {
  const heard = alarms.filter(({ shelved, suppressed }) => !shelved && !suppressed)
  if (heard.some(({ priority, condition }) => condition !== 'cleared' && (priority === 'P1' || priority === 'P2')))
    return 'critical'
  if (heard.length > 0) return 'warning'
  if (alarms.some(({ shelved, suppressed }) => shelved || suppressed?.by === 'maintenance')) return 'maintenance'
  if (device.presence !== 'online') return 'unknown'
  const own = Object.entries(device.readings).filter(([id]) => !OF_THE_GATEWAY.has(id))
  if (!own.some(([, { quality }]) => quality === 'good')) return 'unknown'
  return own.some(([id, { value }]) => isFault(id, value)) ? 'warning' : 'ok'
}
