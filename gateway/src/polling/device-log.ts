import type { Presence } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { DeviceEvents } from './device-events.ts'

/** What the log says of polled devices: one line for each trouble, and one for its end. */
export interface DeviceLog extends Omit<DeviceEvents, 'values'> {
  /** Forgets since when devices are as they are that left the hall. */
  keepOnly(isThere: (device: string) => boolean): void
}

export function createDeviceLog(log: Log, clock: Pick<Clock, 'monotonicMs'>): DeviceLog {
  const last = new Map<string, { readonly sinceMs: number; readonly trouble: string | undefined }>()
  return {
    presence(device, presence, reason) {
      const now = clock.monotonicMs()
      const before = last.get(device)
      last.set(device, { sinceMs: now, trouble: troubleOf(presence, reason) })
      logPresence(log, device, presence, reason, before && { trouble: before.trouble, forMs: now - before.sinceMs })
    },
    rejected(device, quantities) {
      log.warn(
        { code: 'HW_REGISTER_REJECTED', device, quantities },
        `${device} refuses ${quantities.join(', ')}; its other quantities go on`,
      )
    },
    accepted(device, quantities) {
      log.info({ was: 'HW_REGISTER_REJECTED', device, quantities }, `${device} answers ${quantities.join(', ')} again`)
    },
    probeFailed(device, quantity, value) {
      log.warn(
        { code: 'HW_PROBE_FAILED', device, quantity, value },
        `${device}: ${quantity} reads ${value}, so its profile does not fit; its values are held back`,
      )
    },
    keepOnly(isThere) {
      for (const id of last.keys()) if (!isThere(id)) last.delete(id)
    },
  }
}

function logPresence(
  log: Log,
  device: string,
  presence: Presence,
  reason: string | undefined,
  before: { trouble: string | undefined; forMs: number } | undefined,
): void {
  if (presence === 'online') {
    if (!before) log.info({ device }, `${device} answers`)
    else {
      const was = before.trouble === undefined ? {} : { was: before.trouble }
      log.info({ ...was, device, awayMs: Math.round(before.forMs) }, `${device} is back after ${spoken(before.forMs)}`)
    }
  } else if (reason === 'HW_DEVICE_REFUSES') {
    log.warn({ code: reason, device }, `${device} answers, but refuses every register of its profile`)
  } else if (presence === 'offline' && reason !== 'HW_PROBE_FAILED') {
    const silent = before ? 'stopped answering' : 'has not answered yet'
    log.warn({ code: 'HW_DEVICE_SILENT', device, reason }, `${device} ${silent}`)
  }
}

/** The code under which a change of presence was told, if it was: devices behind a lost link are not told one by one. */
function troubleOf(presence: Presence, reason: string | undefined): string | undefined {
  if (presence !== 'offline') return undefined
  return reason === 'HW_DEVICE_REFUSES' || reason === 'HW_PROBE_FAILED' ? reason : 'HW_DEVICE_SILENT'
}

const spoken = (ms: number) => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)
