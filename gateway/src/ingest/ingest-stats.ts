import type { ErrorCode } from '../domain/error-codes.ts'
import type { Rejection } from '../profiles/message-json.ts'

/** Counters since the start, but for `devices` and `troubles`, which are now. */
export interface IngestStats {
  readonly devices: number
  /** Subjects (a device's topic, a user) that are in trouble now. */
  readonly troubles: number
  readonly messages: number
  readonly frames: number
  readonly values: number
  /** Values of understood messages that were of the wrong type, out of range or said to be missing. */
  readonly badValues: number
  readonly presenceMessages: number
  /** Understood, but with nothing in it that is read. */
  readonly silentMessages: number
  /** Empty payloads: they clear a retained message. */
  readonly clearedMessages: number
  /** Sent again by a client that had no answer, and taken with the time of the first one. */
  readonly duplicates: number
  readonly oversized: number
  readonly notUtf8: number
  readonly malformed: number
  readonly duplicateKey: number
  readonly tooDeep: number
  readonly tooSlow: number
  readonly stampsAbsurd: number
  readonly stampsUnreadable: number
  readonly forbidden: number
  readonly unknownTopic: number
  readonly unknownDevice: number
  /** On topics a device may use and nothing reads. */
  readonly unread: number
  readonly notStored: number
  /** Devices left out because their profile and topic values do not fit. */
  readonly profileErrors: number
}

export const newStats = (): { -readonly [K in keyof IngestStats]: number } => ({
  devices: 0,
  troubles: 0,
  messages: 0,
  frames: 0,
  values: 0,
  badValues: 0,
  presenceMessages: 0,
  silentMessages: 0,
  clearedMessages: 0,
  duplicates: 0,
  oversized: 0,
  notUtf8: 0,
  malformed: 0,
  duplicateKey: 0,
  tooDeep: 0,
  tooSlow: 0,
  stampsAbsurd: 0,
  stampsUnreadable: 0,
  forbidden: 0,
  unknownTopic: 0,
  unknownDevice: 0,
  unread: 0,
  notStored: 0,
  profileErrors: 0,
})

/** How a message that is not used is counted and reported. */
export const REJECTIONS = {
  oversized: { code: 'HW_INGEST_OVERSIZED', counter: 'oversized', says: 'sends messages that are too long' },
  'not-utf8': { code: 'HW_INGEST_NOT_UTF8', counter: 'notUtf8', says: 'sends messages that are not UTF-8' },
  malformed: {
    code: 'HW_INGEST_MALFORMED',
    counter: 'malformed',
    says: 'sends messages that are not the expected JSON',
  },
  'duplicate-key': { code: 'HW_INGEST_DUPLICATE_KEY', counter: 'duplicateKey', says: 'sends JSON with one key twice' },
  'too-deep': { code: 'HW_INGEST_TOO_DEEP', counter: 'tooDeep', says: 'sends JSON that is nested too deep' },
  'too-slow': {
    code: 'HW_INGEST_TOO_SLOW',
    counter: 'tooSlow',
    says: 'sends messages its profile takes too long to read',
  },
} as const satisfies Record<Rejection, { code: ErrorCode; counter: keyof IngestStats; says: string }>
