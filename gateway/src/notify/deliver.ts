import type { Clock } from '../ports/clock.ts'
import type { SqlValue, Store, Write } from '../store/store.ts'
import type { Failure, Message, Verdict } from './channel.ts'
import type { ChannelStates } from './channel-states.ts'
import type { Lane, Lanes } from './lanes.ts'
import { buildMessage, type MessageTools } from './message.ts'
import type { NextMessage } from './next-message.ts'
import { ACCEPTED_SQL, FAILED_SQL, FIRST_SQL, SENDING_SQL } from './outbox-tables.ts'
import { afterFailure, BROKEN_HOLD_MS, FAILURES_BEFORE_PAUSE, pauseMs } from './retry-policy.ts'
import type { Waiting } from './waiting.ts'

export interface DeliveryContext {
  readonly store: Store
  readonly clock: Clock
  readonly random: () => number
  readonly lanes: Lanes
  readonly states: ChannelStates
  readonly tools: MessageTools
  readonly count: DeliveryCounts
  /** Ends when the outbox closes. */
  readonly signal: AbortSignal
  /** A commit was refused and is tried again. */
  readonly onStoreTrouble: (error: unknown) => void
}

export interface DeliveryCounts {
  sends: number
  accepted: number
  repeated: number
  retry: number
  throttle: number
  content: number
  channel: number
  unknown: number
}

/** What became of the notices of one message: `accepted`, or they are back in the queue, changed. */
export interface Delivery {
  readonly accepted: boolean
  readonly rows: readonly Waiting[]
  /** The channel is to be passed over for a while: what waits for it should look for another one. */
  readonly away: boolean
}

/**
 * Sends one message: written down as being sent, sent, and its verdict written down. Does not throw. When the first write is
 * refused nothing is sent; the second one is repeated until it is on disk, so that what was accepted is not sent again.
 */
export async function deliver(context: DeliveryContext, lane: Lane, next: NextMessage): Promise<Delivery> {
  const { clock, tools } = context
  const built = buildMessage(next, { id: lane.channelId, limits: lane.channel.limits }, clock.monotonicMs(), tools)
  const { rows } = built
  const wall = clock.wallMs()
  try {
    await context.store.commit([
      { sql: SENDING_SQL, rows: rows.map((row): SqlValue[] => [lane.channelId, built.message.id, wall, row.seq]) },
    ])
  } catch (error) {
    context.onStoreTrouble(error)
    for (const row of rows) row.notBefore = clock.monotonicMs() + 2000
    return { accepted: false, rows, away: false }
  }
  const message = await threaded(context, lane, built.message, rows)
  if (rows.some((row) => row.uncertain)) context.count.repeated++
  context.count.sends++
  const startedAt = clock.monotonicMs()
  lane.sends = [...lane.sends.filter((at) => startedAt - at < 60_000), startedAt]
  if (next.paced) lane.lastPacedAt = startedAt
  const verdict = await send(context, lane, message)
  // The limit counts at the other side when the message arrives there, which is before we know.
  lane.sends[lane.sends.length - 1] = clock.monotonicMs()
  return verdict.type === 'ok' ? accepted(context, lane, rows) : failed(context, lane, rows, message, verdict)
}

/** No channel may keep its lane for ever. */
const LONGEST_SEND_MS = 30_000

async function send({ clock, signal }: DeliveryContext, lane: Lane, message: Message): Promise<Verdict> {
  const over = new AbortController()
  const tooLong = clock
    .sleep(LONGEST_SEND_MS, over.signal)
    .then((): Verdict => ({ type: 'retry', code: 'TIMEOUT', reason: 'no answer in time' }))
  tooLong.catch(() => {})
  try {
    return await Promise.race([lane.channel.send(message, AbortSignal.any([signal, over.signal])), tooLong])
  } catch (error) {
    // A channel must not throw; when one does, its words may hold an address or a key.
    return { type: 'unknown', code: error instanceof Error ? error.name : 'ERROR', reason: 'the channel itself failed' }
  } finally {
    over.abort()
  }
}

/** Mails of one thing answer the first one. */
async function threaded(
  { store }: DeliveryContext,
  lane: Lane,
  message: Message,
  rows: readonly Waiting[],
): Promise<Message> {
  if (lane.channel.type !== 'smtp' || message.kind === 'digest') return message
  const { to, thread } = rows[0]!.notice
  const found = await store.read<{ message: string }>(FIRST_SQL, [thread, to, lane.channelId]).catch(() => [])
  return found[0] === undefined ? message : { ...message, firstOfThread: found[0].message }
}

async function accepted(context: DeliveryContext, lane: Lane, rows: readonly Waiting[]): Promise<Delivery> {
  const wall = context.clock.wallMs()
  lane.failures = 0
  context.states.proved(lane.channelId, wall)
  await commitSurely(context, [{ sql: ACCEPTED_SQL, rows: rows.map((row) => [wall, row.seq]) }])
  context.count.accepted += rows.length
  return { accepted: true, rows, away: false }
}

async function failed(
  context: DeliveryContext,
  lane: Lane,
  rows: readonly Waiting[],
  message: Message,
  failure: Failure,
): Promise<Delivery> {
  const { clock, random, count } = context
  count[failure.type]++
  if (NOT_ARRIVED.has(failure.code)) lane.sends.pop()
  context.states.failed(lane.channelId, failure)
  const now = clock.monotonicMs()
  const away = holdLane(context, lane, failure, now)
  const alone = new Set(rows.map((row) => row.subject)).size === 1
  for (const row of rows) {
    const tries = (row.tries[lane.channelId] ?? 0) + 1
    const after = afterFailure(failure, tries, alone && row.shortened > 0, random())
    row.tries[lane.channelId] = tries
    row.notBefore = now + after.afterMs
    row.code = failure.code
    row.reason = failure.reason
    if (failure.type === 'content') row.shortened++
    if (after.refused) row.refused.push(lane.channelId)
    // A clear refusal delivered nothing, so the notices are free to be put together anew. Otherwise they may have arrived.
    const open = failure.type === 'retry' || failure.type === 'unknown'
    row.sealed = open ? { channel: lane.channelId, message: message.id } : undefined
    if (CUT_OFF.has(failure.code)) row.uncertain = true
  }
  const write = rows.map((row): SqlValue[] => [
    row.sealed?.message ?? null,
    progressOf(row),
    failure.code,
    failure.reason,
    row.seq,
  ])
  await commitSurely(context, [{ sql: FAILED_SQL, rows: write }])
  return { accepted: false, rows, away }
}

/** There was no connection: the other side neither has the message nor counts it. */
const NOT_ARRIVED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
])
/** Who answers has decided; who was cut off may have delivered it. */
const CUT_OFF: ReadonlySet<string> = new Set(['TIMEOUT', 'ETIMEDOUT', 'ECONNRESET', 'EPIPE'])

/** What a failure says about the lane, or with `channel` about all lanes of the channel. */
function holdLane({ lanes, random }: DeliveryContext, lane: Lane, failure: Failure, now: number): boolean {
  if (failure.type === 'channel') {
    for (const each of lanes.ofChannel(lane.channelId)) each.holdUntil = now + BROKEN_HOLD_MS
    return true
  }
  if (failure.type === 'throttle') {
    lane.holdUntil = now + (failure.afterMs ?? 60_000)
    return true
  }
  if (failure.type === 'content') return false
  lane.failures++
  if (lane.failures < FAILURES_BEFORE_PAUSE) return false
  lane.holdUntil = now + pauseMs(lane.failures, random())
  return true
}

/** What is known of a notice's way, as it stands in the table. */
export const progressOf = ({ tries, refused, shortened, uncertain }: Waiting): string =>
  JSON.stringify({ tries, refused, shortened, uncertain })

async function commitSurely({ store, clock, signal, onStoreTrouble }: DeliveryContext, writes: Write[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.commit(writes)
    } catch (error) {
      onStoreTrouble(error)
      if (signal.aborted) return
      await clock.sleep(Math.min(10_000, 200 * 2 ** attempt), signal).catch(() => {})
    }
  }
}
