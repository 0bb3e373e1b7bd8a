import type { ChildProcess } from 'node:child_process'
import { setPriority } from 'node:os'
import type { ErrorCode } from '../domain/error-codes.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type FlowStart, type FromFlows, fromFlowsSchema, type ToFlows } from './flow-messages.ts'

/** Times of the watch over the Node-RED process; tests make them shorter. */
export interface FlowProcessLimits {
  readonly heartbeatMs: number
  /** So many heartbeats without an answer: its event loop stands still, it is ended and started anew. */
  readonly missedHeartbeats: number
  /** From its start until its flows run. */
  readonly startWithinMs: number
  /** It may finish what it does; after that it is killed. */
  readonly stopWithinMs: number
}

const LIMITS: FlowProcessLimits = {
  heartbeatMs: 2000,
  missedHeartbeats: 5,
  startWithinMs: 60_000,
  stopWithinMs: 3000,
}

/** So many ends within so long, and the flows are no longer run at the start: a person has to repair one first. */
const SAFE_MODE_AFTER = 3
const SAFE_MODE_WITHIN_MS = 10 * 60_000
const LONGEST_PAUSE_MS = 60_000
/** Once its flows run, below everything else on this machine: a busy flow gets what the gateway leaves. */
const NICE = 10
const MAX_SAID = 2000

export interface FlowProcessParts {
  /** Starts the program with a channel; `stderr` is a pipe. */
  readonly launch: () => ChildProcess
  readonly startWith: (safeMode: boolean) => FlowStart
  readonly onMessage: (message: FromFlows) => void
  /** Its flows run, or it is gone. */
  readonly onUp: (safeMode: boolean) => void
  readonly onDown: () => void
  readonly clock: Clock
  readonly log: Log
  /** In [0, 1). */
  readonly random: () => number
  readonly limits?: Partial<FlowProcessLimits>
}

export interface FlowProcessStats {
  readonly up: number
  readonly safeMode: number
  readonly starts: number
  /** Ends nobody asked for. */
  readonly ends: number
  /** Of these: it no longer answered and was killed. */
  readonly hung: number
  readonly malformedMessages: number
}

export interface FlowProcess {
  /** `taken` is called when the process can take the next one. False: there is no process to send to. */
  send(message: ToFlows, taken?: () => void): boolean
  stats(): FlowProcessStats
  close(): Promise<void>
}

/** Full-jitter pause before the next start, growing with the ends in a row; at least 250 ms. */
export const restartPauseMs = (endsInARow: number, random: number): number =>
  250 + Math.floor(random * Math.min(LONGEST_PAUSE_MS, 500 * 2 ** endsInARow))

/** Keeps one Node-RED process alive until `close`: starts it, listens for its heart, starts it anew when it ends. */
export function keepFlowProcess(parts: FlowProcessParts): FlowProcess {
  const { clock, log } = parts
  const limits = { ...LIMITS, ...parts.limits }
  const stopped = new AbortController()
  const total = { starts: 0, ends: 0, hung: 0, malformedMessages: 0 }
  let ends: number[] = []
  let life: Life | undefined
  let inTrouble: ErrorCode | undefined

  interface Life {
    readonly child: ChildProcess
    readonly safeMode: boolean
    up: boolean
    missed: number
    hung: boolean
    said: string
  }

  function trouble(code: ErrorCode, message: string, fields: object = {}): void {
    inTrouble = code
    log.error({ code, ...fields }, message)
  }

  function take(own: Life, raw: unknown): void {
    const { data: message } = fromFlowsSchema.safeParse(raw)
    if (!message) {
      total.malformedMessages += 1
      if (total.malformedMessages === 1)
        log.warn({ code: 'HW_FLOW_MESSAGE' }, 'The Node-RED process sent something that is no message of ours.')
      return
    }
    if (message.type === 'pong') own.missed = 0
    else if (message.type === 'ready') nowUp(own, message.flows)
    else parts.onMessage(message)
  }

  function nowUp(own: Life, flows: number): void {
    own.up = true
    beNice(own.child)
    own.missed = 0
    if (own.safeMode)
      trouble(
        'HW_FLOW_SAFE_MODE',
        `Node-RED ended ${SAFE_MODE_AFTER} times in a row: the flows are loaded but not run.`,
      )
    else {
      const was = inTrouble === undefined ? {} : { was: inTrouble }
      log.info({ flows, ...was }, `Node-RED runs ${flows} flows.`)
      inTrouble = undefined
    }
    parts.onUp(own.safeMode)
  }

  async function listenForHeart(own: Life, over: AbortSignal): Promise<void> {
    let n = 0
    const startedAt = clock.monotonicMs()
    while (!over.aborted) {
      await clock.sleep(limits.heartbeatMs, over).catch(() => {})
      if (over.aborted) return
      const late = !own.up && clock.monotonicMs() - startedAt > limits.startWithinMs
      if (late || own.missed >= limits.missedHeartbeats) {
        own.hung = true
        total.hung += 1
        own.child.kill('SIGKILL')
        return
      }
      // Counted, not timed: after a standstill of the gateway itself the answers that wait are read before the next count.
      if (own.up) own.missed += 1
      own.child.send({ type: 'ping', n: ++n } satisfies ToFlows, () => {})
    }
  }

  async function live(safeMode: boolean): Promise<void> {
    const child = parts.launch()
    const own: Life = { child, safeMode, up: false, missed: 0, hung: false, said: '' }
    const over = new AbortController()
    total.starts += 1
    life = own
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      own.said = (own.said + text).slice(-MAX_SAID)
    })
    child.on('message', (raw) => take(own, raw))
    const gone = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
    child.send({ type: 'start', start: parts.startWith(safeMode) } satisfies ToFlows, () => {})
    void listenForHeart(own, over.signal)
    const how = await gone
    over.abort()
    life = undefined
    if (own.up) parts.onDown()
    if (!stopped.signal.aborted) tellEnd(own, how)
  }

  function tellEnd({ hung, up, said }: Life, how: string): void {
    total.ends += 1
    ends.push(clock.monotonicMs())
    const last =
      said
        .trim()
        .split('\n')
        .find((line) => /error/i.test(line)) ?? ''
    if (hung) trouble('HW_FLOW_HUNG', 'Node-RED no longer answered and was ended; it is started anew.')
    else if (!up) trouble('HW_FLOW_NOT_STARTED', `Node-RED did not start (${how}). ${last}`.trim(), { how })
    else trouble('HW_FLOW_ENDED', `Node-RED ended (${how}) and is started anew. ${last}`.trim(), { how })
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      const now = clock.monotonicMs()
      ends = ends.filter((at) => now - at < SAFE_MODE_WITHIN_MS)
      await live(ends.length >= SAFE_MODE_AFTER)
      if (stopped.signal.aborted) return
      await clock.sleep(restartPauseMs(ends.length, parts.random()), stopped.signal).catch(() => {})
    }
  }

  const running = run().catch((error: unknown) => {
    log.error({ code: 'HW_INTERNAL', error: String(error) }, 'the watch over Node-RED failed')
  })

  return {
    send(message, taken) {
      if (!life?.up || !life.child.connected) return false
      life.child.send(message, () => taken?.())
      return true
    },
    stats: () => ({ up: life?.up ? 1 : 0, safeMode: life?.up && life.safeMode ? 1 : 0, ...total }),
    async close() {
      stopped.abort()
      const last = life?.child
      if (last?.connected) last.send({ type: 'stop' } satisfies ToFlows, () => {})
      const patience = new AbortController()
      clock
        .sleep(limits.stopWithinMs, patience.signal)
        .then(() => last?.kill('SIGKILL'))
        .catch(() => {})
      await running
      patience.abort()
    },
  }
}

function beNice(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, NICE)
  } catch {
    // It ended already, or the system does not allow it: it then runs like everything else.
  }
}
