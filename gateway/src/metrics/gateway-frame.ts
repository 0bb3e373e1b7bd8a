import type { Frame } from '../domain/frame.ts'
import type { InfluxStats } from '../influx/influx.ts'
import type { ReadingsStats } from '../readings/readings.ts'
import type { RepairStats } from '../repair/repair.ts'
import type { SpoolStats } from '../spool/spool.ts'
import type { StoreStats } from '../store/store.ts'
import type { ProcessStats } from './process-stats.ts'

/** How often the gateway writes about itself. */
export const GATEWAY_FRAME_EVERY_MS = 10_000

/** What a frame about the gateway is made of; without InfluxDB there is no `influx`. */
export interface GatewayStats {
  readonly process: ProcessStats
  readonly readings: ReadingsStats
  readonly spool: SpoolStats
  readonly store: StoreStats
  readonly influx?: InfluxStats
  readonly repair?: Pick<RepairStats, 'openAlarms' | 'unacknowledgedAlarms' | 'openOrders'>
  /** Units by function, under their quantity ids. */
  readonly service?: Readonly<Record<string, number>>
}

/** The gateway as its own device: stream `gateway`, measurement `gateway`. `device` is the id it is stored under. */
export function gatewayFrame(stats: GatewayStats, at: number, device = 'gateway'): Frame {
  const { process, readings, spool, store, influx, repair, service } = stats
  const forwarding = influx && { forwardLag: influx.lagSeconds, forwardLagFrames: influx.lagFrames }
  const repairing = repair && {
    alarmsOpen: repair.openAlarms,
    alarmsUnacknowledged: repair.unacknowledgedAlarms,
    ordersOpen: repair.openOrders,
  }
  return {
    device,
    stream: 'gateway',
    at,
    values: {
      uptime: process.uptimeS,
      processMemory: process.residentBytes,
      processCpuTime: process.cpuS,
      eventLoopDelay: process.eventLoopDelayP99S,
      devicesTotal: readings.devices,
      devicesOnline: readings.online,
      framesCommitted: spool.committedFrames,
      framesDropped: spool.droppedFrames,
      spoolUsed: spool.usedBytes,
      storeDiskFree: store.diskFreeBytes,
      deadLetters: spool.deadLetters,
      ...forwarding,
      ...repairing,
      ...service,
    },
  }
}
