import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Store, Write } from '../store/store.ts'
import { canaryNotice, canaryNotices, type NotifyHall } from './canary.ts'
import type { Channel, Failure, Verdict } from './channel.ts'
import { type ChannelState, ChannelStates } from './channel-states.ts'
import { type DeliveryContext, deliver, progressOf } from './deliver.ts'
import { type Lane, Lanes } from './lanes.ts'
import { buildMessage, type MessageTools } from './message.ts'
import { nextMessage } from './next-message.ts'
import type { Notice } from './notice.ts'
import {
  DEAD_LETTER_SQL,
  DEAD_SQL,
  type NoticeRow,
  noticeWrites,
  pruneWrites,
  RECENT_SQL,
  REVIVE_SQL,
  WAITING_SQL,
} from './outbox-tables.ts'
import { brokenChannelNotices, deadLetterNotices } from './own-troubles.ts'
import { ageMs, lifetimeMs, newWaiting, takenUp, type Waiting } from './waiting.ts'

export interface OutboxOptions {
  readonly store: Store
  readonly hall: NotifyHall
  readonly channels: ReadonlyMap<string, Channel>
  readonly taps: Pick<MessageTools, 'tap' | 'overview' | 'order'>
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  /** A notice will not be delivered unless somebody acts; lead and operations are told anyway. Not called for canaries. */
  readonly onDead?: (dead: DeadLetter) => void
  /** A channel broke and needs a person, or works again; lead and operations are told of the former anyway. */
  readonly onChannel?: (id: string, working: boolean, failure?: Failure) => void
}

export interface DeadLetter {
  readonly key: string
  readonly notice: Notice
  /** Of the last failure. */
  readonly code: string
  readonly reason: string
  /** Unix ms. */
  readonly at: number
}

export interface OutboxStats {
  readonly waiting: number
  readonly oldestWaitMs: number
  readonly sends: number
  readonly accepted: number
  readonly dead: number
  /** Failed attempts by class. */
  readonly retry: number
  readonly throttle: number
  readonly content: number
  readonly channel: number
  readonly unknown: number
  /** Sent again because a crash or a cut left open whether they were delivered. */
  readonly repeated: number
  readonly brokenChannels: number
  readonly failedCommits: number
}

export interface Outbox {
  /** Notices were committed: look now. */
  kick(): void
  /** New hall.yaml: everything that waits is distributed anew. The outbox closes the old channels. */
  setChannels(hall: NotifyHall, channels: ReadonlyMap<string, Channel>): void
  /** Sends one test message past the queue; undefined when there is no such channel. */
  testChannel(id: string, to?: string): Promise<Verdict | undefined>
  channels(): readonly ChannelState[]
  /** Newest first. */
  deadLetters(limit?: number): Promise<readonly DeadLetter[]>
  /** Puts a dead letter back into the queue. False when there is none of this key. */
  retry(key: string): Promise<boolean>
  stats(): OutboxStats
  /** Lets what is being sent come to its end, at most 10 s. */
  close(): Promise<void>
}

/** More than this in the queue: the newest of the least urgent become dead letters; P1 never do before all others have. */
const MOST_WAITING = 20_000
const TICK_MS = 250
const IDLE_TICK_MS = 5000
const DISTRIBUTE_EVERY_MS = 5000
const PRUNE_EVERY_MS = 3_600_000
const CANARY_EVERY_MS = 60_000
const CLOSING_MS = 10_000

/**
 * Sends what is queued in the store. A notice is marked before it is sent and again after the verdict; a crash in between is
 * the one case in which it goes out again without need: then under the same id, and marked 可能重复.
 */
export async function createOutbox(options: OutboxOptions): Promise<Outbox> {
  const { store, clock, log, random } = options
  let { hall, channels } = options
  const lanes = new Lanes()
  lanes.setChannels(channels)
  const states = new ChannelStates(tellChannel)
  const waiting = new Map<number, Waiting>()
  const flying = new Set<number>()
  const deliveries = new Set<Promise<void>>()
  const count = { sends: 0, accepted: 0, repeated: 0, retry: 0, throttle: 0, content: 0, channel: 0, unknown: 0 }
  const stop = new AbortController()
  const hardStop = new AbortController()
  const due = { prune: 0, canary: 0, distribute: 0 }
  let dead = 0
  let failedCommits = 0
  let storeTroubled = false
  let highest = 0
  let lookAgain = true
  /** Notices about the outbox itself, not written yet. */
  let own: Write[] = []
  let wake = Promise.withResolvers<void>()

  const tools: MessageTools = {
    get hallName() {
      return hall.name
    },
    person: (id) => hall.repair.people.find((person) => person.id === id),
    ...options.taps,
  }
  const context: DeliveryContext = {
    store,
    clock,
    random,
    lanes,
    states,
    tools,
    count,
    signal: hardStop.signal,
    onStoreTrouble,
  }

  await recallPace()
  const running = run()

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await housekeeping()
        if (lookAgain) await takeUp()
        await bury()
        storeTroubled = false
      } catch (error) {
        lookAgain = true
        onStoreTrouble(error)
      }
      for (const lane of lanes.all()) startSending(lane)
      await pause(storeTroubled ? 1000 : waiting.size > 0 ? TICK_MS : IDLE_TICK_MS)
    }
  }

  async function pause(ms: number): Promise<void> {
    const timer = new AbortController()
    const slept = clock.sleep(ms, AbortSignal.any([timer.signal, stop.signal])).catch(() => {})
    await Promise.race([slept, wake.promise])
    timer.abort()
    wake = Promise.withResolvers()
  }

  async function housekeeping(): Promise<void> {
    const now = clock.monotonicMs()
    if (own.length > 0) {
      const writes = [...own]
      await store.commit(writes)
      own = own.slice(writes.length)
      lookAgain = true
    }
    if (now >= due.canary) {
      due.canary = now + CANARY_EVERY_MS
      const canaries = canaryNotices(hall, clock.wallMs())
      if (canaries.length > 0) {
        await store.commit(noticeWrites(canaries))
        lookAgain = true
      }
    }
    if (now >= due.prune) {
      due.prune = now + PRUNE_EVERY_MS
      await store.commit(pruneWrites(clock.wallMs()))
    }
  }

  /** A restart does not give a robot a new minute. */
  async function recallPace(): Promise<void> {
    const wall = clock.wallMs()
    const rows = await store.read<{ channel: string | null; recipient: string; sent_at: number }>(RECENT_SQL, [
      wall - 60_000,
    ])
    for (const { channel, recipient, sent_at } of rows)
      if (channel !== null)
        lanes.lane(channel, recipient)?.sends.push(clock.monotonicMs() - Math.max(0, wall - sent_at))
    for (const lane of lanes.all()) lane.sends.sort((a, b) => a - b)
  }

  /** What came into the table since the last look. */
  async function takeUp(): Promise<void> {
    lookAgain = false
    for (let more = true; more; ) {
      const rows = await store.read<NoticeRow>(WAITING_SQL, [highest])
      for (const row of rows) {
        highest = Math.max(highest, row.seq)
        const taken = takenUp(row, clock.monotonicMs(), clock.wallMs())
        waiting.set(row.seq, taken)
        // What is too old must not get into a lane: it ends at the next look.
        const ends = ageMs(taken, taken.takenAt) > lifetimeMs(taken.notice) || !lanes.place(taken, taken.takenAt)
        if (ends) due.distribute = 0
      }
      more = rows.length === 5000
    }
  }

  /** Ends what has no channel left, is too old or too much; now and then lets everything choose its channel anew. */
  async function bury(): Promise<void> {
    const now = clock.monotonicMs()
    if (now < due.distribute && waiting.size <= MOST_WAITING) return
    due.distribute = now + DISTRIBUTE_EVERY_MS
    const idle = [...waiting.values()].filter((row) => !flying.has(row.seq))
    const ends = new Map<Waiting, { code: string; reason: string }>()
    for (const row of lanes.distribute(idle, now))
      ends.set(row, { code: row.code ?? 'NO_CHANNEL', reason: row.reason ?? NOWHERE })
    for (const row of idle)
      if (ageMs(row, now) > lifetimeMs(row.notice))
        ends.set(row, { code: 'EXPIRED', reason: row.reason ?? 'too late to be of use' })
    const tooMany = idle.length - ends.size - MOST_WAITING
    if (tooMany > 0)
      for (const row of leastUrgent(idle, ends).slice(0, tooMany))
        ends.set(row, { code: 'FULL', reason: 'too many notices waited' })
    if (ends.size === 0) return
    const at = clock.wallMs()
    const rows = [...ends].map(([row, { code, reason }]) => [progressOf(row), code, reason, at, row.seq])
    await store.commit([{ sql: DEAD_LETTER_SQL, rows }])
    for (const [row, end] of ends) {
      waiting.delete(row.seq)
      dead++
      const { key, kind } = row.notice
      log.warn(
        { code: 'HW_NOTIFY_DEAD', notice: key, failure: end.code, reason: end.reason },
        'A notice could not be delivered',
      )
      // A notice about undelivered notices that is itself not delivered must not breed another one.
      if (kind === 'dead-letter' || kind === 'canary') continue
      options.onDead?.({ key, notice: row.notice, ...end, at })
      queueOwn(deadLetterNotices(hall, { notice: row.notice, ...end }, at))
    }
    lanes.distribute(
      idle.filter((row) => !ends.has(row)),
      now,
    )
  }

  function startSending(lane: Lane): void {
    const now = clock.monotonicMs()
    if (lane.busy || lane.holdUntil > now || lane.rows.length === 0 || stop.signal.aborted) return
    const next = nextMessage(lane.rows, lane.channel.limits, lane, now)
    if (!next) return
    lane.busy = true
    for (const row of next.rows) flying.add(row.seq)
    lane.rows = lane.rows.filter((row) => !flying.has(row.seq))
    const delivery = deliver(context, lane, next)
      .then((result) => landed(next.rows, result))
      .finally(() => {
        lane.busy = false
        deliveries.delete(delivery)
        wake.resolve()
      })
    deliveries.add(delivery)
  }

  function landed(taken: readonly Waiting[], { accepted, rows, away }: Awaited<ReturnType<typeof deliver>>): void {
    const now = clock.monotonicMs()
    for (const row of taken) flying.delete(row.seq)
    if (accepted) for (const row of rows) waiting.delete(row.seq)
    for (const row of taken) if (waiting.has(row.seq) && !lanes.place(row, now)) due.distribute = 0
    if (away) due.distribute = 0
  }

  function tellChannel(id: string, working: boolean, failure?: Failure): void {
    if (working) log.info({ channel: id }, 'The channel works again')
    else
      log.warn(
        { code: 'HW_NOTIFY_CHANNEL', channel: id, failure: failure?.code, reason: failure?.reason },
        'A channel is broken',
      )
    options.onChannel?.(id, working, failure)
    if (failure) queueOwn(brokenChannelNotices(hall, id, failure, clock.wallMs()))
  }

  function queueOwn(notices: readonly Notice[]): void {
    own.push(...noticeWrites(notices))
    wake.resolve()
  }

  function onStoreTrouble(error: unknown): void {
    failedCommits++
    const code = error instanceof HallwattError ? error.code : 'HW_INTERNAL'
    if (!storeTroubled) log.warn({ code, error: String(error) }, 'The outbox cannot write; sending waits')
    storeTroubled = true
  }

  return {
    kick() {
      lookAgain = true
      wake.resolve()
    },
    setChannels(nextHall, nextChannels) {
      for (const [id, channel] of channels) if (nextChannels.get(id) !== channel) channel.close?.()
      hall = nextHall
      channels = nextChannels
      lanes.setChannels(channels)
      states.forgetAllBut(channels)
      due.distribute = 0
      due.canary = 0
      wake.resolve()
    },
    async testChannel(id, to) {
      const channel = channels.get(id)
      if (!channel) return undefined
      const wall = clock.wallMs()
      const person = to ?? hall.repair.people.find((one) => one.channels.includes(id))?.id ?? ''
      const notice = canaryNotice(hall, id, person, `test-${wall}`, wall)
      const row = newWaiting(0, notice, clock.monotonicMs(), 0)
      const { message } = buildMessage(
        { rows: [row], gathered: false, paced: false },
        { id, limits: channel.limits },
        row.takenAt,
        tools,
      )
      lanes.lane(id, person)?.sends.push(row.takenAt)
      const verdict = await channel.send(message, hardStop.signal)
      if (verdict.type === 'ok') states.proved(id, wall)
      else states.failed(id, verdict)
      return verdict
    },
    channels: () => states.list(channels, lanes, clock.monotonicMs()),
    async deadLetters(limit = 200) {
      const rows = await store.read<NoticeRow>(DEAD_SQL, [limit])
      return rows.map((row) => ({
        key: row.key,
        notice: JSON.parse(row.body) as Notice,
        code: row.code ?? '',
        reason: row.reason ?? '',
        at: row.done_at ?? 0,
      }))
    },
    async retry(key) {
      const [row] = await store.read<NoticeRow>("SELECT * FROM notice WHERE key = ? AND state = 'dead'", [key])
      if (!row || waiting.has(row.seq)) return false
      await store.commit([{ sql: REVIVE_SQL, rows: [[key]] }])
      // It has its full time again: it is wanted now.
      const revived = newWaiting(row.seq, JSON.parse(row.body) as Notice, clock.monotonicMs(), 0)
      waiting.set(row.seq, revived)
      if (!lanes.place(revived, clock.monotonicMs())) due.distribute = 0
      wake.resolve()
      return true
    },
    stats: () => {
      const now = clock.monotonicMs()
      let oldestWaitMs = 0
      for (const row of waiting.values()) oldestWaitMs = Math.max(oldestWaitMs, ageMs(row, now))
      return { waiting: waiting.size, oldestWaitMs, ...count, dead, brokenChannels: states.broken(), failedCommits }
    },
    async close() {
      stop.abort()
      wake.resolve()
      await running
      const timer = new AbortController()
      await Promise.race([Promise.all(deliveries), clock.sleep(CLOSING_MS, timer.signal).catch(() => {})])
      timer.abort()
      hardStop.abort()
      for (const channel of channels.values()) channel.close?.()
    },
  }
}

const NOWHERE = 'none of the channels of this person is in hall.yaml'

const leastUrgent = (rows: readonly Waiting[], without: ReadonlyMap<Waiting, unknown>): Waiting[] =>
  rows
    .filter((row) => !without.has(row))
    .sort((a, b) => b.notice.priority.localeCompare(a.notice.priority) || b.seq - a.seq)
