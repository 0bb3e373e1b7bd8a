import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../ports/clock.ts'

export interface ProcessStats {
  readonly uptimeS: number
  readonly residentBytes: number
  readonly heapUsedBytes: number
  readonly cpuS: number
  /** How late the event loop was at worst in 99 of 100 samples, over the last ten seconds or since the last look. */
  readonly eventLoopDelayP99S: number
}

export interface ProcessWatch {
  stats(): ProcessStats
  close(): void
}

const WINDOW_MS = 10_000
const RESOLUTION_MS = 20

/** Watches this process. Several readers share one window, so none empties it for the others. */
export function watchProcess(clock: Clock): ProcessWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const started = clock.monotonicMs()
  let windowFrom = started
  let last = 0

  /** The histogram counts the sampling interval itself as delay. */
  const delayS = () => (delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e9 - RESOLUTION_MS / 1000))

  return {
    stats() {
      const now = clock.monotonicMs()
      const over = now - windowFrom >= WINDOW_MS
      const eventLoopDelayP99S = over || windowFrom === started ? delayS() : Math.max(last, delayS())
      if (over) {
        last = eventLoopDelayP99S
        windowFrom = now
        delay.reset()
      }
      const { user, system } = process.cpuUsage()
      const { rss, heapUsed } = process.memoryUsage()
      return {
        uptimeS: (now - started) / 1000,
        residentBytes: rss,
        heapUsedBytes: heapUsed,
        cpuS: (user + system) / 1e6,
        eventLoopDelayP99S,
      }
    },
    close: () => delay.disable(),
  }
}
