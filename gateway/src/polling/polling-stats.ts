import type { EndpointStats } from '../modbus/modbus.ts'
import type { Arbiter } from './arbiter.ts'

export interface PollingStats {
  readonly devices: number
  readonly online: number
  readonly links: number
  readonly connectedLinks: number
  readonly requests: number
  readonly errors: number
  readonly passes: number
  readonly skippedPasses: number
  readonly rejectedQuantities: number
  readonly learntRanges: number
  readonly busyMs: number
  readonly probeMs: number
  readonly timeouts: number
  readonly garbled: number
  readonly exceptions: number
}

/** Sums over all links and their devices. */
export function linesStats(
  links: readonly { readonly arbiter: Arbiter; readonly endpoint: { stats(): EndpointStats } }[],
): Omit<PollingStats, 'learntRanges'> {
  const sums = { devices: 0, online: 0, errors: 0, passes: 0, skippedPasses: 0, rejectedQuantities: 0 }
  const wire = { links: links.length, connectedLinks: 0, requests: 0, busyMs: 0, probeMs: 0 }
  const failures = { timeouts: 0, garbled: 0, exceptions: 0 }
  for (const { arbiter, endpoint } of links) {
    const bus = arbiter.stats()
    const line = endpoint.stats()
    wire.connectedLinks += line.connected
    wire.requests += bus.requests
    wire.busyMs += bus.busyMs
    wire.probeMs += bus.probeMs
    failures.timeouts += line.timeouts
    failures.garbled += line.garbled
    failures.exceptions += line.exceptions
    for (const { presence, counts } of arbiter.devices.values()) {
      sums.devices++
      if (presence === 'online') sums.online++
      sums.errors += counts.errors
      sums.passes += counts.passes
      sums.skippedPasses += counts.skipped
      sums.rejectedQuantities += counts.rejected
    }
  }
  return { ...sums, ...wire, ...failures }
}
