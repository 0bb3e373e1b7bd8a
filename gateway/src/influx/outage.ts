import type { ErrorCode } from '../domain/error-codes.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { FAILURE_CODES, type WriteRefusal } from './write-result.ts'

export type LaneName = 'live' | 'backlog'

/** Turns failures and successes of both lanes into one log line per change of state. */
export interface Outage {
  failed(lane: LaneName, refusal: WriteRefusal): void
  succeeded(lane: LaneName): void
  /** What the live lane could not send is now the backlog lane's to try. */
  handOver(): void
  /** True while a lane waits to try again. */
  lasts(): boolean
}

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  HW_INFLUX_UNREACHABLE: 'InfluxDB does not answer',
  HW_INFLUX_UNAUTHORIZED: 'InfluxDB refuses our token',
  HW_INFLUX_NOT_FOUND: 'InfluxDB does not know the bucket, database or address',
  HW_INFLUX_BUSY: 'InfluxDB asks us to wait',
  HW_INFLUX_FAILING: 'InfluxDB answers with an error of its own',
  HW_INFLUX_REFUSED: 'InfluxDB refuses the write',
}

export function createOutage(options: {
  readonly log: Log
  readonly clock: Clock
  /** For the log: the server without credentials. */
  readonly host: string
  readonly framesBehind: () => number
}): Outage {
  const { log, clock, host, framesBehind } = options
  const failing = new Set<LaneName>()
  // A server that comes up goes through several failures, again and again: each is told once per outage.
  const told = new Set<ErrorCode>()
  let sinceMs = 0
  return {
    failed: (lane, { failure, status, message }) => {
      if (failing.size === 0) sinceMs = clock.monotonicMs()
      failing.add(lane)
      const code = FAILURE_CODES[failure]
      if (told.has(code)) return
      told.add(code)
      const sentence = `${SENTENCES[code] ?? 'InfluxDB refuses the write'}; readings wait in the spool`
      log.warn({ code, host, lane, status, message: message.slice(0, 200), framesBehind: framesBehind() }, sentence)
    },
    succeeded: (lane) => {
      if (!failing.delete(lane) || failing.size > 0) return
      const was = [...told]
      told.clear()
      const behind = framesBehind()
      const seconds = (clock.monotonicMs() - sinceMs) / 1000
      log.info(
        { was, host, outageSeconds: Math.round(seconds), framesBehind: behind },
        `InfluxDB is back after ${durationText(seconds)}, ${behind.toLocaleString('en-US')} frames behind`,
      )
    },
    handOver: () => {
      if (failing.delete('live')) failing.add('backlog')
    },
    lasts: () => failing.size > 0,
  }
}

/** As a person would say it: "40 s", "14 min", "3.5 h". */
function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
