import type { ModbusEndpoint } from '../modbus/modbus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { DevicePoll } from './device-poll.ts'

/** Share of the line's time that devices without an answer may cost those that answer. */
export const PROBE_SHARE = 0.02
/** After an error that should be impossible: keep polling, but do not spin. */
const PAUSE_AFTER_ERROR_MS = 1000
/** Writes, and reads by hand, that wait for the line; above it they are refused. */
const MAX_URGENT = 100

export interface ArbiterStats {
  readonly requests: number
  /** Time in which a request was under way, and how much of it went to devices that do not answer. */
  readonly busyMs: number
  readonly probeMs: number
  readonly urgent: number
}

/**
 * Who may use a link next. Writes (and reads by hand) first; then, of the devices that are due, the one whose deadline is the
 * earliest, which is fair also when the line is too slow for all: who waits longest becomes the earliest.
 * One request at a time, so no device waits longer than one request of another.
 */
export class Arbiter {
  readonly #endpoint: ModbusEndpoint
  readonly #clock: Clock
  readonly #log: Log
  readonly #devices = new Map<string, DevicePoll>()
  readonly #writes: (() => Promise<void>)[] = []
  readonly #urgent: (() => Promise<void>)[] = []
  #wake = new AbortController()
  #closed = false
  readonly #running: Promise<void>
  #requests = 0
  #busyMs = 0
  #probeMs = 0
  #urgentCount = 0
  /** Milliseconds that may be spent on probing; grows with time, never above the cost of one probe. */
  #probeCreditMs = 0
  #creditAtMs: number

  constructor(endpoint: ModbusEndpoint, deps: { clock: Clock; log: Log; ready: Promise<unknown> }) {
    this.#endpoint = endpoint
    this.#clock = deps.clock
    this.#log = deps.log
    this.#creditAtMs = deps.clock.monotonicMs()
    endpoint.onConnection((up) => {
      if (!up) return
      const now = this.#clock.monotonicMs()
      for (const device of this.#devices.values()) device.linkUp(now)
      this.#wake.abort()
    })
    this.#running = deps.ready.then(() => this.#run())
  }

  get devices(): ReadonlyMap<string, DevicePoll> {
    return this.#devices
  }

  add(device: DevicePoll): void {
    this.#devices.set(device.id, device)
    this.#wake.abort()
  }

  remove(id: string): void {
    this.#devices.delete(id)
  }

  /** Before everything but other writes, in the order of the calls. Undefined when closed, when too many wait already, or after HW_INTERNAL. */
  write<Result>(use: (endpoint: ModbusEndpoint) => Promise<Result>): Promise<Result | undefined> {
    return this.#enqueue(this.#writes, use)
  }

  /** Before all reads that are due, in the order of the calls. Undefined for the same reasons. */
  urgent<Result>(use: (endpoint: ModbusEndpoint) => Promise<Result>): Promise<Result | undefined> {
    return this.#enqueue(this.#urgent, use)
  }

  #enqueue<Result>(
    queue: (() => Promise<void>)[],
    use: (endpoint: ModbusEndpoint) => Promise<Result>,
  ): Promise<Result | undefined> {
    if (this.#closed || queue.length >= MAX_URGENT) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      queue.push(async () => {
        let result: Result | undefined
        try {
          if (!this.#closed) result = await use(this.#endpoint)
        } finally {
          resolve(result)
        }
      })
      this.#wake.abort()
    })
  }

  stats(): ArbiterStats {
    return { requests: this.#requests, busyMs: this.#busyMs, probeMs: this.#probeMs, urgent: this.#urgentCount }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake.abort()
    await this.#endpoint.close()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#step()
      } catch (cause) {
        this.#log.error({ code: 'HW_INTERNAL', cause: (cause as Error).message }, 'a polling step failed')
        await this.#clock.sleep(PAUSE_AFTER_ERROR_MS)
      }
    }
    for (const use of [...this.#writes.splice(0), ...this.#urgent.splice(0)]) await use()
  }

  async #step(): Promise<void> {
    // Made anew before looking, so that whatever is added from here on wakes the sleep below.
    if (this.#wake.signal.aborted) this.#wake = new AbortController()
    const urgent = this.#writes.shift() ?? this.#urgent.shift()
    const start = this.#clock.monotonicMs()
    if (urgent) {
      this.#urgentCount++
      await urgent()
      this.#busyMs += this.#clock.monotonicMs() - start
      return
    }
    this.#earnCredit(start)
    const { device, wakeAtMs } = this.#choose(start)
    if (!device) {
      await this.#clock.sleep(Math.min(60_000, Math.max(1, wakeAtMs - start)), this.#wake.signal).catch(() => {})
      return
    }
    const { probing, wantsIdentity } = device
    if (wantsIdentity !== undefined) {
      const answer = await this.#endpoint.identify?.(wantsIdentity, device.timeoutMs)
      const end = this.#clock.monotonicMs()
      this.#spent(end - start, probing)
      if (this.#devices.get(device.id) === device) device.identified(answer, end)
      return
    }
    const request = device.next(start)
    if (!request) return
    const result = await this.#endpoint.read(request, request.timeoutMs)
    const end = this.#clock.monotonicMs()
    this.#spent(end - start, probing)
    if (this.#devices.get(device.id) === device) device.done(request, result, end)
  }

  /** One request is over. */
  #spent(ms: number, probing: boolean): void {
    this.#requests++
    this.#busyMs += ms
    if (!probing) return
    this.#probeMs += ms
    this.#probeCreditMs -= ms
  }

  #earnCredit(nowMs: number): void {
    this.#probeCreditMs += (nowMs - this.#creditAtMs) * PROBE_SHARE
    this.#creditAtMs = nowMs
  }

  #choose(nowMs: number): { device: DevicePoll | undefined; wakeAtMs: number } {
    let device: DevicePoll | undefined
    let wakeAtMs = Number.POSITIVE_INFINITY
    const neighbours = this.#someoneAnswers()
    let dearestProbeMs = 0
    for (const other of this.#devices.values()) {
      let dueMs = other.dueMs
      if (neighbours && other.probing) {
        dearestProbeMs = Math.max(dearestProbeMs, other.timeoutMs)
        const missing = other.timeoutMs - this.#probeCreditMs
        if (missing > 0) dueMs = Math.max(dueMs, nowMs + missing / PROBE_SHARE)
      }
      if (dueMs > nowMs) wakeAtMs = Math.min(wakeAtMs, dueMs)
      else if (!device || other.deadlineMs < device.deadlineMs) device = other
    }
    this.#probeCreditMs = Math.min(this.#probeCreditMs, dearestProbeMs)
    return { device, wakeAtMs }
  }

  #someoneAnswers(): boolean {
    for (const device of this.#devices.values()) if (device.presence === 'online') return true
    return false
  }
}
