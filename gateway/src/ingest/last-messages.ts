import type { IncomingPublish } from '../broker/broker.ts'

/** Bytes kept of a payload. */
export const KEPT_BYTES = 2048
/** Topics remembered; a hall of 300 devices has about 1,000. At the end a new topic takes the place of the one known longest. */
const MAX_TOPICS = 4000

export interface LastMessage {
  readonly topic: string
  readonly user: string
  /** Unix ms of receipt. */
  readonly at: number
  /** Of the whole payload. */
  readonly bytes: number
  readonly qos: number
  readonly retain: boolean
  /** The first 2,048 bytes as text, what looks like a credential replaced. */
  readonly payload: string
  readonly truncated: boolean
}

interface Kept {
  user: string
  at: number
  bytes: number
  qos: number
  retain: boolean
  buffer: Buffer
}

/** The last message of each topic, for the person who looks inside a device. A message that is as long as the one before it costs a copy, nothing more. */
export function createLastMessages() {
  const kept = new Map<string, Kept>()
  return {
    take({ topic, user, payload, qos, retain }: IncomingPublish, at: number): void {
      const length = Math.min(payload.length, KEPT_BYTES)
      let entry = kept.get(topic)
      if (!entry) {
        if (kept.size >= MAX_TOPICS) for (const [first] of kept) if (kept.delete(first)) break
        entry = { user, at, bytes: 0, qos, retain, buffer: roomFor(length) }
        kept.set(topic, entry)
      } else if (entry.buffer.length < length) entry.buffer = roomFor(length)
      payload.copy(entry.buffer, 0, 0, length)
      entry.user = user
      entry.at = at
      entry.bytes = payload.length
      entry.qos = qos
      entry.retain = retain
    },
    /** Those of one user whose topic is wanted, newest first. */
    of(user: string, wanted: (topic: string) => boolean, limit: number): LastMessage[] {
      const found: LastMessage[] = []
      for (const [topic, { buffer, ...entry }] of kept) {
        if (entry.user !== user || !wanted(topic)) continue
        const text = buffer.toString('utf8', 0, Math.min(entry.bytes, KEPT_BYTES))
        found.push({ topic, ...entry, payload: withoutCredentials(text), truncated: entry.bytes > KEPT_BYTES })
      }
      return found.sort((a, b) => b.at - a.at).slice(0, limit)
    },
    stats: () => ({ rememberedTopics: kept.size }),
  }
}

export type LastMessages = ReturnType<typeof createLastMessages>

const roomFor = (length: number): Buffer =>
  Buffer.alloc(Math.min(KEPT_BYTES, Math.max(64, 2 ** Math.ceil(Math.log2(length + 1)))))

const CREDENTIAL =
  /(["']?[\w.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|authori[sz]ation|credential|psk|wifi[-_]?key)[\w.-]*["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&}\]]+)/gi

/** What follows a name like password or token is not shown. */
export const withoutCredentials = (text: string): string => text.replace(CREDENTIAL, '$1"***"')
