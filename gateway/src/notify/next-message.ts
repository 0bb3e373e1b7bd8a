import type { ChannelLimits } from './channel.ts'
import { ageMs, type Waiting } from './waiting.ts'

/** Whether a lane may speak: monotonic ms of its newest messages, oldest first, and of the last one that kept its distance. */
export interface Pace {
  readonly sends: readonly number[]
  readonly lastPacedAt: number
}

/** What goes out next: these notices as one message. `gathered` ones may be left over when they do not fit. */
export interface NextMessage {
  readonly rows: readonly Waiting[]
  readonly gathered: boolean
  /** One of the messages that keep their distance. */
  readonly paced: boolean
}

/** P3, P4 and floods wait so long for company. */
const GATHER_MS = 20_000
const ENOUGH_TO_GATHER = 40
/** Digests keep this distance: twelve a minute name some 900 things and leave the rest of a robot’s minute to single messages. */
const BETWEEN_DIGESTS_MS = 5000
/** Kept for P1 of each robot’s minute. */
const RESERVE = 5
/** More urgent subjects than this at once are a flood and become one message. */
const SINGLE_URGENT = 3
const SINGLE_PROMPT = 2
/** Messages of a minute after which single ones keep their distance too: six and twelve paced ones are a robot’s eighteen. */
const SINGLE_URGENT_USED = 6
const SINGLE_PROMPT_USED = 4
/** No more than this is looked through for one message. */
const LOOK_AHEAD = 2000

/**
 * Decides what a lane sends now, if anything. Two updates of one thing to one person never overtake each other.
 * @param rows  in their turn (byTurn)
 */
export function nextMessage(
  rows: readonly Waiting[],
  limits: ChannelLimits,
  pace: Pace,
  now: number,
): NextMessage | undefined {
  const ready = readyRows(rows, limits, now)
  const first = ready[0]
  if (!first) return undefined
  const room = roomOf(limits, pace, now)
  if (room.urgent <= 0) return undefined
  if (first.sealed)
    return { rows: ready.filter((row) => row.sealed?.message === first.sealed?.message), gathered: false, paced: false }
  const single = (row: Waiting, paced = false): NextMessage => ({
    rows: sameSubject(row, ready, limits),
    gathered: false,
    paced,
  })
  if (!limits.gathers) return single(first)

  const sorted = sortOut(ready)
  const mayDigest = now - pace.lastPacedAt >= BETWEEN_DIGESTS_MS
  const digest = (): NextMessage => {
    const free = ready.filter((row) => row.sealed === undefined)
    return countSubjects(free) === 1 ? single(free[0]!, true) : { rows: free, gathered: true, paced: true }
  }
  if (sorted.urgent.length > 0) {
    if (countSubjects(sorted.urgent) <= SINGLE_URGENT && room.used < SINGLE_URGENT_USED)
      return single(sorted.urgent[0]!)
    return mayDigest ? digest() : undefined
  }
  if (room.others <= 0) return undefined
  if (sorted.prompt.length > 0) {
    if (countSubjects(sorted.prompt) <= SINGLE_PROMPT && room.used < SINGLE_PROMPT_USED)
      return single(sorted.prompt[0]!)
    return mayDigest ? digest() : undefined
  }
  const oldest = Math.max(...sorted.patient.map((row) => ageMs(row, now)))
  return mayDigest && (oldest >= GATHER_MS || sorted.patient.length >= ENOUGH_TO_GATHER) ? digest() : undefined
}

/** A notice whose turn has not come holds back the later ones of its thread, or a recovery would come before its alarm. */
function readyRows(rows: readonly Waiting[], limits: ChannelLimits, now: number): Waiting[] {
  const ready: Waiting[] = []
  const held = new Set<string>()
  const wanted = limits.gathers ? LOOK_AHEAD : 30
  for (const row of rows) {
    const thread = `${row.notice.thread}\n${row.notice.to}`
    if (row.notBefore > now || held.has(thread)) held.add(thread)
    else if (ready.push(row) >= wanted && !ready[0]?.sealed) break
  }
  return ready
}

function roomOf(limits: ChannelLimits, pace: Pace, now: number) {
  const perMinute = limits.perMinute ?? Number.POSITIVE_INFINITY
  const used = pace.sends.filter((at) => now - at < 60_000).length
  const reserve = Math.min(RESERVE, Math.floor(perMinute / 2))
  return { perMinute, used, urgent: perMinute - used, others: perMinute - used - reserve }
}

/** A group is told once, with everybody's name; a person on an own lane is alone anyway. */
const sameSubject = (row: Waiting, ready: readonly Waiting[], limits: ChannelLimits): Waiting[] =>
  limits.personal ? [row] : ready.filter((other) => other.subject === row.subject && other.sealed === undefined)

function sortOut(ready: readonly Waiting[]) {
  const urgent: Waiting[] = []
  const prompt: Waiting[] = []
  const patient: Waiting[] = []
  const waitingThreads = new Set<string>()
  for (const row of ready) {
    const { priority, kind, thread } = row.notice
    const important = priority === 'P1' || priority === 'P2'
    if (kind === 'digest' || (kind === 'alarm' && !important)) {
      waitingThreads.add(thread)
      patient.push(row)
    } else if (priority === 'P1') urgent.push(row)
    // A recovery is told at once, unless its alarm itself still waits: then both go together.
    else if (important || kind === 'canary' || (kind === 'recovery' && !waitingThreads.has(thread))) prompt.push(row)
    else patient.push(row)
  }
  return { urgent, prompt, patient }
}

const countSubjects = (rows: readonly Waiting[]): number => new Set(rows.map((row) => row.subject)).size
