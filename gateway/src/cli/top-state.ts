import type { LiveDevice } from '../live/live-device.ts'
import type { LiveEvent, LiveOverview } from '../live/live-event.ts'

/** All that the table shows. Changed in place by the stream, read by `renderTop`. */
export interface TopState {
  link: 'connecting' | 'live' | 'lost'
  /** Why the link is lost, for a person. */
  trouble: string
  /** What to add to the local wall clock to get the gateway's. */
  aheadMs: number
  overview: LiveOverview | undefined
  devices: Map<string, LiveDevice>
  zones: Map<string, string>
  /** Lines shown below the table, for example what to try. */
  notes: readonly string[]
}

export const emptyTop = (notes: readonly string[] = []): TopState => ({
  link: 'connecting',
  trouble: '',
  aheadMs: 0,
  overview: undefined,
  devices: new Map(),
  zones: new Map(),
  notes,
})

export function takeEvent(state: TopState, event: LiveEvent, now: number): void {
  // `resnapshot`, and alarms and orders, which travel by the same stream.
  if (event.type !== 'snapshot' && event.type !== 'delta' && event.type !== 'heartbeat') return
  state.link = 'live'
  state.trouble = ''
  state.aheadMs = event.at - now
  if (event.type === 'snapshot') state.devices.clear()
  if (event.type === 'delta') for (const id of event.removed) state.devices.delete(id)
  if (event.type !== 'delta') state.overview = event.overview
  if (event.type === 'heartbeat') return
  for (const device of event.devices) {
    const known = state.devices.get(device.id)
    state.devices.set(device.id, known ? { ...device, readings: { ...known.readings, ...device.readings } } : device)
  }
}
