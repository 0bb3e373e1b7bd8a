import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { identify } from './identify.ts'
import type { EndpointTiming, ModbusEndpoint, ReadFailure } from './modbus.ts'
import { CONNECTION_LOST, type Opener, type Operation, type Session } from './session.ts'

interface Deps {
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly name: string
}

const CONNECT_TIMEOUT_MS = 5000
const MAX_BACK_OFF_MS = 30_000
/** Connections in a row that were cut before they served anything, until that is told: one may be a device that restarts. */
const CUTS_UNTIL_TOLD = 2

/** Full-jitter back-off; `attempt` counts from 1, `random` is in [0, 1). */
export const reconnectDelayMs = (attempt: number, random: number) =>
  Math.floor(random * Math.min(MAX_BACK_OFF_MS, 250 * 2 ** attempt))

/** The part of an endpoint that is the same for every transport: one request at a time, gaps, reconnecting, counting. */
export function createEndpoint(open: Opener, { clock, log, random, name }: Deps, linkGapMs: number): ModbusEndpoint {
  const closing = new AbortController()
  const listeners: ((up: boolean) => void)[] = []
  const counts = {
    connects: 0,
    connectFailures: 0,
    requests: 0,
    timeouts: 0,
    garbled: 0,
    exceptions: 0,
    connectionsLost: 0,
  }
  let timing: EndpointTiming = { gapMs: linkGapMs, connectDelayMs: 0 }
  let session: Session | undefined
  let connecting: Promise<void> | undefined
  let waitingToReconnect = false
  let attempt = 0
  /** A request over this session ended otherwise than by losing it. */
  let served = false
  let cutsInARow = 0
  let reportedDown: 'HW_LINK_DOWN' | 'HW_SERIAL_MISSING' | undefined
  let lastEndMs = Number.NEGATIVE_INFINITY
  let queue: Promise<unknown> = Promise.resolve()
  const leaving = new Set<Promise<void>>()

  function drop(): void {
    if (!session) return
    const closed = session.destroy().finally(() => leaving.delete(closed))
    leaving.add(closed)
    session = undefined
    for (const listener of listeners) listener(false)
    if (!served && ++cutsInARow >= CUTS_UNTIL_TOLD)
      reportDown(
        'HW_LINK_DOWN',
        'connects, and is closed at once: is the type of the link right (modbus-tcp, modbus-rtu-over-tcp), or is somebody else connected?',
      )
  }

  function reportDown(code: 'HW_LINK_DOWN' | 'HW_SERIAL_MISSING', what: string, cause?: string): void {
    if (reportedDown || closing.signal.aborted) return
    reportedDown = code
    log.warn({ code, link: name, ...(cause !== undefined && { cause }) }, `${name} ${what}`)
  }

  function reportUp(): void {
    if (reportedDown) log.info({ was: reportedDown, link: name }, `${name} is connected again`)
    reportedDown = undefined
  }

  async function connectOnce(): Promise<boolean> {
    try {
      // A device with one connection slot refuses the new connection while the old one stands.
      await Promise.all(leaving)
      const opened = await open(CONNECT_TIMEOUT_MS, closing.signal)
      counts.connects++
      if (timing.connectDelayMs > 0) await clock.sleep(timing.connectDelayMs, closing.signal).catch(() => {})
      if (closing.signal.aborted) {
        await opened.destroy()
        return false
      }
      session = opened
      served = false
      // After cuts it is there again when it answers, not when it connects.
      if (cutsInARow < CUTS_UNTIL_TOLD) reportUp()
      for (const listener of listeners) listener(true)
      return true
    } catch (cause) {
      counts.connectFailures++
      const code = (cause as { code?: unknown }).code === 'HW_SERIAL_MISSING' ? 'HW_SERIAL_MISSING' : 'HW_LINK_DOWN'
      reportDown(code, 'cannot be reached; trying again', (cause as Error).message)
      return false
    }
  }

  /** Tries until it is connected or closed; the first try at once, unless two connections in a row were lost before they served. */
  async function connectUntilUp(): Promise<void> {
    for (let first = true; !closing.signal.aborted; first = false) {
      if (attempt > (first ? 1 : 0)) {
        waitingToReconnect = true
        await clock.sleep(reconnectDelayMs(attempt, random()), closing.signal).catch(() => {})
        waitingToReconnect = false
        if (closing.signal.aborted) return
      }
      attempt++
      if (await connectOnce()) return
    }
  }

  async function connected(timeoutMs: number): Promise<Session | undefined> {
    if (session?.usable) return session
    drop()
    connecting ??= connectUntilUp().finally(() => {
      connecting = undefined
    })
    // While it waits between two attempts a request would only hold up the others.
    if (waitingToReconnect || closing.signal.aborted) return undefined
    const giveUp = new AbortController()
    const limit = clock.sleep(timeoutMs + timing.connectDelayMs, giveUp.signal).catch(() => {})
    await Promise.race([connecting, limit])
    giveUp.abort()
    return session
  }

  async function perform(operation: Operation, timeoutMs: number) {
    const current = closing.signal.aborted ? undefined : await connected(timeoutMs)
    if (!current || closing.signal.aborted) return CONNECTION_LOST
    const pauseMs = lastEndMs + timing.gapMs - clock.monotonicMs()
    if (pauseMs > 0) await clock.sleep(pauseMs, closing.signal).catch(() => {})
    if (closing.signal.aborted) return CONNECTION_LOST
    counts.requests++
    const start = clock.monotonicMs()
    const outcome = current.usable ? await current.exchange(operation, timeoutMs) : CONNECTION_LOST
    lastEndMs = clock.monotonicMs()
    if (outcome.ok || outcome.failure !== 'connection-lost') {
      attempt = 0
      served = true
      cutsInARow = 0
      reportUp()
    }
    if (!outcome.ok) count(outcome)
    if (!current.usable && session === current) drop()
    return outcome.ok ? { ...outcome, elapsedMs: lastEndMs - start } : outcome
  }

  function count({ failure }: ReadFailure): void {
    if (failure === 'timeout') counts.timeouts++
    else if (failure === 'garbled') counts.garbled++
    else if (failure === 'exception') counts.exceptions++
    else counts.connectionsLost++
  }

  function enqueue(operation: Operation, timeoutMs: number) {
    const result = queue.then(() => perform(operation, timeoutMs))
    // Whoever asked hears what should be impossible; the next in the queue is asked all the same.
    queue = result.catch(() => {})
    return result
  }

  return {
    read: (request, timeoutMs) =>
      enqueue(request.table === 'item' ? { kind: 'read-item', ...request } : { kind: 'read', ...request }, timeoutMs),
    writeRegisters: (request, timeoutMs) => enqueue({ kind: 'write-registers', ...request }, timeoutMs),
    writeCoil: (request, timeoutMs) => enqueue({ kind: 'write-coil', ...request }, timeoutMs),
    identify: (unitId, timeoutMs) => identify(unitId, (operation) => enqueue(operation, timeoutMs)),
    setTiming(next) {
      timing = { gapMs: linkGapMs || next.gapMs, connectDelayMs: next.connectDelayMs }
    },
    onConnection: (listener) => {
      listeners.push(listener)
    },
    stats: () => ({ connected: session?.usable ? 1 : 0, ...counts }),
    async close() {
      closing.abort()
      drop()
      await Promise.all([connecting, queue, ...leaving])
    },
  }
}
