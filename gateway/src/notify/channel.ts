import type { Person } from '../config/repair-schema.ts'
import type { Priority } from '../domain/priority.ts'
import type { NoticeKind } from './notice.ts'

/** One message as a channel sends it: a notice, or several in one digest. */
export interface Message {
  /** The same for every attempt: receivers that look at it can drop a repetition. */
  readonly id: string
  /** Idempotency keys of the notices it carries. */
  readonly keys: readonly string[]
  readonly kind: NoticeKind
  readonly priority: Priority
  readonly title: string
  readonly lines: readonly string[]
  /** One-tap links with what stands on the button. Signed for this attempt. */
  readonly links: readonly { readonly label: string; readonly url: string }[]
  /** Who is to be called by name. Channels of persons (mail, SMS) have exactly one. */
  readonly people: readonly Person[]
  /** Updates of one thing share it; a digest has its own. */
  readonly thread: string
  /** Id of the first message of this thread to the same person, when there was one. */
  readonly firstOfThread?: string
  /** Unix ms of the oldest notice in it. */
  readonly createdAt: number
}

/**
 * What became of a message, read from the answer's body and never from the HTTP status alone.
 * `retry` back off and try again · `throttle` hold the channel · `content` shorten and send once more · `channel` the channel itself
 * is broken: hold it, tell, fail over · `unknown` an answer nobody knows: a failure, three tries.
 */
export type Verdict = { readonly type: 'ok' } | Failure

export interface Failure {
  readonly type: 'retry' | 'throttle' | 'content' | 'channel' | 'unknown'
  /** How long the other side wants to be left alone. */
  readonly afterMs?: number
  /** Code of the vendor, `HTTP 502`, or of the connection (`ECONNREFUSED`). */
  readonly code: string
  /** What it means for who keeps the channel. No URL, key or signature. */
  readonly reason: string
}

export interface ChannelLimits {
  /** Size of the text that fits, UTF-8 bytes. */
  readonly textBytes: number
  /** Messages in any 60 s; absent: as many as come. */
  readonly perMinute?: number
  /** Each person has an own lane with own limits (mail, SMS); otherwise one message names all of them. */
  readonly personal: boolean
  /** Read by people: P3, P4 and floods are gathered. Machines get every notice on its own. */
  readonly gathers: boolean
}

/** A way to tell people. Never throws for what the other side does. */
export interface Channel {
  readonly type: string
  readonly limits: ChannelLimits
  send(message: Message, signal: AbortSignal): Promise<Verdict>
  close?(): void
}

/** Codes as data: what a vendor's code means. Codes that are not in the table are `unknown`, never a success. */
export type CodeTable = Readonly<Record<string, { type: Failure['type']; reason: string; afterMs?: number }>>

export function byCode(table: CodeTable, code: string, text = ''): Failure {
  const known = Object.hasOwn(table, code) ? table[code] : undefined
  return known ? { ...known, code } : { type: 'unknown', code, reason: `unknown code ${harmless(text)}`.trim() }
}

/** Vendors quote what they were sent: nothing that could be an address, a key or a token is kept. */
const harmless = (text: string): string =>
  text
    .replaceAll(/\S*:\/\/\S+/g, '…')
    .replaceAll(/[\w%+/=-]{9,}/g, (word) => (/^[a-z]+$/i.test(word) ? word : '…'))
    .slice(0, 80)
