import type { Clock } from '../ports/clock.ts'

/** The longest pause a client earns by flooding. Short enough that a common keep alive of 10 s and more survives it. */
const MAX_PAUSE_MS = 5_000

/** One received message on its way through the gateway. */
export interface InboundMessage {
  readonly qos: 0 | 1 | 2
  /** Takes the message in; what it returns resolves when the message may be acknowledged. Called in order of arrival. */
  begin(): Promise<void> | void
  /** Passes the message on to subscribers; called in order, after `begin` of this message and all earlier ones is done. */
  forward(): Promise<void> | void
  /** Acknowledges (QoS 1 and 2), in order; or closes the client without an acknowledgement. Ends the hold on the socket. */
  finish(error?: unknown): void
  /** Makes the message nothing: it will be finished without having begun. QoS 0 only. */
  drop(): void
}

interface Running {
  readonly message: InboundMessage
  step: 'begun' | 'taken' | 'forwarding' | 'forwarded'
}

/**
 * The messages of one client, in order. Two bounds: `maxPerSecond` (with a burst of one second) and `maxInflight` unacknowledged
 * QoS 1 and 2 messages. Above them a QoS 1 or 2 message waits; a QoS 0 message above the rate is dropped. While any message
 * waits, or a dropped one has its time to serve, Aedes does not read the client's socket, so a flood stays in the sender's buffers.
 */
export function createInbound(options: {
  clock: Clock
  signal: AbortSignal
  maxPerSecond: number
  maxInflight: number
  onDropped(): void
  onSlowed(): void
}) {
  const { clock, signal, maxPerSecond, maxInflight } = options
  const waiting: InboundMessage[] = []
  const running: Running[] = []
  const dropped: InboundMessage[] = []
  let tokens = maxPerSecond
  let refilledAt = clock.monotonicMs()
  let armed = false
  let failed = false

  function refill(): void {
    const now = clock.monotonicMs()
    tokens = Math.min(maxPerSecond, tokens + ((now - refilledAt) / 1000) * maxPerSecond)
    refilledAt = now
  }

  /** Comes back when there is a token again. */
  function wakeLater(): void {
    if (armed) return
    armed = true
    const ms = Math.max(1, Math.ceil(((1 - tokens) / maxPerSecond) * 1000))
    clock
      .sleep(ms, signal)
      .then(() => {
        armed = false
        pump()
      })
      .catch(() => {})
  }

  function pump(): void {
    refill()
    if (tokens >= 1 || failed) for (const message of dropped.splice(0)) message.finish()
    while (waiting.length > 0 && !failed) {
      const next = waiting[0]
      if (!next || (next.qos > 0 && running.length >= maxInflight)) return
      if (tokens < 1) break
      waiting.shift()
      tokens--
      start(next)
    }
    if (waiting.length > 0 || dropped.length > 0) wakeLater()
  }

  function start(message: InboundMessage): void {
    if (message.qos === 0) {
      // Nobody waits for QoS 0: what `begin` promises is the taker's own affair.
      void message.begin()
      message.finish()
      return
    }
    const entry: Running = { message, step: 'begun' }
    running.push(entry)
    settle(entry, () => message.begin(), 'taken')
  }

  /** Does one step of a message and moves on what it was blocking. */
  function settle(entry: Running, act: () => Promise<void> | void, step: 'taken' | 'forwarded'): void {
    const done = () => {
      entry.step = step
      advance()
    }
    const fail = (error: unknown) => {
      if (failed) return
      failed = true
      waiting.length = 0
      entry.message.finish(error ?? new Error('refused'))
    }
    try {
      const result = act()
      if (result) result.then(done, fail)
      else done()
    } catch (error) {
      fail(error)
    }
  }

  function advance(): void {
    for (const entry of running) {
      if (failed || entry.step === 'begun') break
      if (entry.step !== 'taken') continue
      entry.step = 'forwarding'
      settle(entry, () => entry.message.forward(), 'forwarded')
    }
    let finished = 0
    while (!failed && running[0]?.step === 'forwarded') {
      running.shift()?.message.finish()
      finished++
    }
    if (finished > 0 && waiting.length > 0) pump()
  }

  return {
    offer(message: InboundMessage): void {
      if (failed) return
      refill()
      if (message.qos === 0 && tokens < 1) {
        tokens = Math.max(tokens - 1, (-MAX_PAUSE_MS / 1000) * maxPerSecond)
        message.drop()
        dropped.push(message)
        options.onDropped()
        wakeLater()
        return
      }
      waiting.push(message)
      if (waiting.length > 1) return
      if (tokens < 1) options.onSlowed()
      pump()
    },
    inflight: () => running.length,
  }
}

export type Inbound = ReturnType<typeof createInbound>
