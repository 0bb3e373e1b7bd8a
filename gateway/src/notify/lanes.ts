import type { Channel } from './channel.ts'
import type { Notice } from './notice.ts'
import { triesPerTurn } from './retry-policy.ts'
import { byTurn, type Waiting } from './waiting.ts'

/** One line of messages: a channel, or with mail and SMS one person on it. One message at a time. */
export interface Lane {
  readonly channelId: string
  channel: Channel
  /** Monotonic ms of what was sent, oldest first; of the last minute only. */
  sends: number[]
  lastPacedAt: number
  /** Monotonic ms until which nothing is sent. */
  holdUntil: number
  /** Failures in a row. */
  failures: number
  busy: boolean
  rows: Waiting[]
}

/** A lane that waits longer than this is passed over when the person has another channel. */
const AWAY_MS = 5000

/** Which channels there are, what they wait for, and who goes where. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  #channels: ReadonlyMap<string, Channel> = new Map()

  /** Lanes outlive a new hall.yaml: a robot has no new minute because of it. What was broken is tried anew. */
  setChannels(channels: ReadonlyMap<string, Channel>): void {
    this.#channels = channels
    for (const [id, lane] of this.#lanes) {
      const next = channels.get(lane.channelId)
      if (!next || next.limits.personal !== lane.channel.limits.personal) this.#lanes.delete(id)
      else {
        if (next.type !== lane.channel.type) lane.sends = []
        lane.channel = next
        lane.holdUntil = 0
        lane.failures = 0
      }
    }
  }

  all(): Iterable<Lane> {
    return this.#lanes.values()
  }

  ofChannel(channelId: string): Lane[] {
    return [...this.#lanes.values()].filter((lane) => lane.channelId === channelId)
  }

  lane(channelId: string, to: string): Lane | undefined {
    const channel = this.#channels.get(channelId)
    if (!channel) return undefined
    const id = channel.limits.personal ? `${channelId}/${to}` : channelId
    let lane = this.#lanes.get(id)
    if (!lane) {
      const never = Number.NEGATIVE_INFINITY
      lane = { channelId, channel, sends: [], lastPacedAt: never, holdUntil: 0, failures: 0, busy: false, rows: [] }
      this.#lanes.set(id, lane)
    }
    return lane
  }

  /** Puts every notice into the lane it should take now. @returns those that have no channel left */
  distribute(waiting: Iterable<Waiting>, now: number): Waiting[] {
    for (const lane of this.#lanes.values()) lane.rows = []
    const lost: Waiting[] = []
    for (const row of waiting) {
      const lane = this.#choose(row, now)
      if (lane) lane.rows.push(row)
      else lost.push(row)
    }
    for (const lane of this.#lanes.values()) lane.rows.sort(byTurn)
    return lost
  }

  /** Puts one notice into the lane it should take now, at its turn. False when it has no channel left. */
  place(row: Waiting, now: number): boolean {
    const rows = this.#choose(row, now)?.rows
    if (!rows) return false
    let low = 0
    let high = rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (byTurn(rows[middle]!, row) < 0) low = middle + 1
      else high = middle
    }
    rows.splice(low, 0, row)
    return true
  }

  /**
   * The person's first channel that has not refused the notice and is not away; each gets a few tries before the next has a
   * turn, round and round. What may already have been delivered stays where its id can be recognised.
   */
  #choose(row: Waiting, now: number): Lane | undefined {
    const open = this.#openChannels(row.notice, row.refused)
    if (row.sealed && open.includes(row.sealed.channel)) {
      const sealed = this.lane(row.sealed.channel, row.notice.to)
      const moves = open.length > 1 && (this.#turnOver(row, row.sealed.channel) || isAway(sealed, now))
      if (sealed && !moves) return sealed
    }
    const perTurn = triesPerTurn(row.notice.priority)
    let best: { lane: Lane; turns: number; away: boolean } | undefined
    for (const id of open) {
      const lane = this.lane(id, row.notice.to)
      if (!lane) continue
      const turns = Math.floor((row.tries[id] ?? 0) / perTurn)
      const away = isAway(lane, now)
      if (!best || (best.away && !away) || (best.away === away && turns < best.turns)) best = { lane, turns, away }
    }
    return best?.lane
  }

  #turnOver(row: Waiting, channel: string): boolean {
    const tries = row.tries[channel] ?? 0
    return tries > 0 && tries % triesPerTurn(row.notice.priority) === 0
  }

  #openChannels(notice: Notice, refused: readonly string[]): string[] {
    return notice.channels.filter((id) => !refused.includes(id) && this.#channels.has(id))
  }
}

const isAway = (lane: Lane | undefined, now: number): boolean => lane !== undefined && lane.holdUntil - now > AWAY_MS
