import type { LiveDevice, LiveEvent, LiveOverview } from '../../../../gateway/src/live/live.ts'

export type { LiveDevice, LiveEvent, LiveOverview }

/** The present of the hall as the stream told it. */
export interface HallMirror {
  readonly sequence: number
  /** Clock of the gateway at the last event, Unix ms; null before the first. */
  readonly at: number | null
  readonly overview: LiveOverview | null
  readonly devices: ReadonlyMap<string, LiveDevice>
}

export const EMPTY_MIRROR: HallMirror = { sequence: 0, at: null, overview: null, devices: new Map() }

/** The mirror after one more event. A snapshot replaces everything: what was there before is not trusted. */
export function reflected(mirror: HallMirror, event: LiveEvent): HallMirror {
  const { sequence, at } = event
  switch (event.type) {
    case 'snapshot':
      return { sequence, at, overview: event.overview, devices: new Map(event.devices.map((d) => [d.id, d])) }
    case 'heartbeat':
      return { ...mirror, sequence, at, overview: event.overview }
    case 'resnapshot':
      return { ...mirror, sequence, at }
    case 'delta': {
      const devices = new Map(mirror.devices)
      for (const id of event.removed) devices.delete(id)
      for (const device of event.devices) {
        const before = devices.get(device.id)
        devices.set(device.id, before ? { ...device, readings: { ...before.readings, ...device.readings } } : device)
      }
      return { ...mirror, sequence, at, devices }
    }
  }
}

/** What a tab that joins late is given to catch up; undefined before the first snapshot. */
export const asSnapshot = ({ sequence, at, overview, devices }: HallMirror): LiveEvent | undefined =>
  at === null || overview === null
    ? undefined
    : { type: 'snapshot', sequence, at, overview, devices: [...devices.values()] }
