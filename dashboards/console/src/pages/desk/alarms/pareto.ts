import type { Shape } from '../../../api/client.ts'

type JournalAlarm = Shape<'JournalAlarm'>

export interface ParetoRow {
  readonly key: string
  readonly code: string
  /** Empty when counted over all devices. */
  readonly device: string
  readonly deviceName: string
  readonly faultName: { readonly zh: string; readonly en: string }
  readonly times: number
  /** Share of all, 0 to 100; `together` counts this row and those before it. */
  readonly percent: number
  readonly together: number
}

/** Which faults come most: by code, or by code and device. An alarm that was raised before the time counts once. */
export function paretoOf(alarms: readonly JournalAlarm[], by: 'code' | 'device'): ParetoRow[] {
  const rows = new Map<string, { alarm: JournalAlarm; times: number }>()
  for (const alarm of alarms) {
    const key = by === 'code' ? alarm.fault.code : `${alarm.fault.code} ${alarm.fault.device}`
    const row = rows.get(key) ?? { alarm, times: 0 }
    row.times += Math.max(1, alarm.raises)
    rows.set(key, row)
  }
  const sorted = [...rows].sort(([, a], [, b]) => b.times - a.times)
  const all = sorted.reduce((sum, [, { times }]) => sum + times, 0)
  let before = 0
  return sorted.map(([key, { alarm, times }]) => {
    before += times
    return {
      key,
      code: alarm.fault.code,
      device: by === 'code' ? '' : alarm.fault.device,
      deviceName: by === 'code' ? '' : alarm.deviceName,
      faultName: alarm.faultName,
      times,
      percent: (times / all) * 100,
      together: (before / all) * 100,
    }
  })
}
