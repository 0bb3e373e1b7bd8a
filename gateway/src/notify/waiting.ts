import type { Notice } from './notice.ts'
import type { NoticeRow } from './outbox-tables.ts'

/** A notice on its way, as the outbox holds it in memory. */
export interface Waiting {
  readonly seq: number
  readonly notice: Notice
  /** The notice without its addressee: what several people are told at once. */
  readonly subject: string
  /** Monotonic ms at which it was taken up, and how old it was then. */
  readonly takenAt: number
  readonly ageAtTaking: number
  /** Set while an attempt is under way or its outcome is open: the same notices go out again under the same id. */
  sealed?: { readonly channel: string; readonly message: string } | undefined
  /** An attempt was cut off, so it may have been delivered. */
  uncertain: boolean
  /** How often it was refused as too long or unfit: each time the next one is half as long. */
  shortened: number
  tries: Record<string, number>
  /** Channels that refused it for good. */
  refused: string[]
  /** Monotonic ms. */
  notBefore: number
  code?: string
  reason?: string
}

const subjectOf = (key: string): string => key.slice(0, key.lastIndexOf(':'))

/** A notice nobody has tried to send yet. */
export const newWaiting = (seq: number, notice: Notice, takenAt: number, ageAtTaking: number): Waiting => ({
  seq,
  notice,
  subject: subjectOf(notice.key),
  takenAt,
  ageAtTaking,
  uncertain: false,
  shortened: 0,
  tries: {},
  refused: [],
  notBefore: 0,
})

/** A row of the queue; one still marked as being sent was cut off by a crash: nobody knows whether it was delivered. */
export function takenUp(row: NoticeRow, monotonicNow: number, wallNow: number): Waiting {
  const notice = JSON.parse(row.body) as Notice
  const progress = JSON.parse(row.progress) as Partial<Pick<Waiting, 'tries' | 'refused' | 'shortened' | 'uncertain'>>
  const sealed =
    row.message !== null && row.channel !== null ? { channel: row.channel, message: row.message } : undefined
  return {
    ...newWaiting(row.seq, notice, monotonicNow, Math.max(0, wallNow - notice.createdAt)),
    ...progress,
    uncertain: row.state === 'sending' || progress.uncertain === true,
    ...(sealed === undefined ? {} : { sealed }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
}

/** Age that no jump of the wall clock changes. */
export const ageMs = (row: Waiting, monotonicNow: number): number => row.ageAtTaking + monotonicNow - row.takenAt

const HOUR_MS = 3_600_000

/** After this the notice is of no use any more: it becomes a dead letter, which a person sees. */
export function lifetimeMs({ kind, priority }: Notice): number {
  if (kind === 'canary') return HOUR_MS / 2
  return priority === 'P1' || priority === 'P2' ? 24 * HOUR_MS : 72 * HOUR_MS
}

/** More urgent first; of equals the older. */
export const byTurn = (a: Waiting, b: Waiting): number =>
  a.notice.priority.localeCompare(b.notice.priority) || a.seq - b.seq
