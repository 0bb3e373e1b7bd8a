import type { BadReason } from '../domain/frame.ts'
import type { ReadFailure, ReadResult } from '../modbus/modbus.ts'
import { type Answer, answerOf, type CycleRequest } from './cycle.ts'

/** A request that failed; `atMs` is monotonic. */
export interface LastFailure extends CycleRequest {
  readonly atMs: number
  readonly failure: ReadFailure['failure']
  readonly exceptionCode?: number
}

/** What came of the requests to one device. */
export class RequestCounts {
  readonly counts = { requests: 0, errors: 0, timeouts: 0, exceptions: 0, passes: 0, skipped: 0, rejected: 0 }
  /** The last request that failed. */
  last: LastFailure | undefined
  /** Requests without an answer, in a row. */
  unanswered = 0
  /** Why the last of them had none. */
  silence: BadReason = 'timeout'

  take(request: CycleRequest, result: ReadResult, nowMs: number): Answer {
    const answer = answerOf(result)
    this.counts.requests++
    if (!result.ok) this.#failed(request, result, nowMs)
    if (answer === 'silent') {
      this.unanswered++
      this.silence = !result.ok && result.failure === 'connection-lost' ? 'link-down' : 'timeout'
    } else this.unanswered = 0
    return answer
  }

  #failed({ table, address, count }: CycleRequest, result: ReadFailure, nowMs: number): void {
    this.counts.errors++
    if (result.failure === 'timeout') this.counts.timeouts++
    if (result.failure === 'exception') this.counts.exceptions++
    const code = result.failure === 'exception' ? { exceptionCode: result.exceptionCode } : {}
    this.last = { atMs: nowMs, failure: result.failure, ...code, table, address, count }
  }
}
