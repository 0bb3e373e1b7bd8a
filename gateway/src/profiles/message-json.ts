import { isAscii, isUtf8 } from 'node:buffer'
import type { FindPlaces } from './json-places.ts'

/** Why a payload as a whole is not used. Nothing is read from it, not even what looks sound: half a truth is not a reading. */
export type Rejection =
  | 'oversized'
  | 'not-utf8'
  | 'malformed' // not JSON, or no object or array where the profile expects one
  | 'duplicate-key' // RFC 8259 §4 leaves open which of the two counts
  | 'too-deep'
  | 'too-slow' // an expression of the profile ran into its bound

export type ParsedMessage =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly rejected: Rejection }

/** A message of one device. Terminals send about 2 KiB; a long inverter dump 8 KiB. */
export const MAX_MESSAGE_BYTES = 64 * 1024
/** No device we know nests deeper than eight. */
export const MAX_DEPTH = 32

/** The payload as text; a byte order mark, which some Windows agents send, is dropped. */
export function readText(payload: Buffer): { ok: true; text: string } | { ok: false; rejected: Rejection } {
  if (payload.length > MAX_MESSAGE_BYTES) return { ok: false, rejected: 'oversized' }
  // Most messages are plain ASCII, which needs no decoding.
  if (isAscii(payload)) return { ok: true, text: payload.toString('latin1') }
  if (!isUtf8(payload)) return { ok: false, rejected: 'not-utf8' }
  const text = payload.toString('utf8')
  return { ok: true, text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text }
}

/**
 * Reads JSON that a stranger sent: bounded in size and depth, every key once. Never throws.
 * @param findPlaces  puts what it finds into `found`, and counts the members on its way
 */
export function parseMessage(payload: Buffer, findPlaces: FindPlaces, found: unknown[]): ParsedMessage {
  const read = readText(payload)
  if (!read.ok) return read
  const members = scanMembers(payload)
  if (members < 0) return { ok: false, rejected: 'too-deep' }
  let value: unknown
  try {
    value = JSON.parse(read.text)
  } catch {
    return { ok: false, rejected: 'malformed' }
  }
  // JSON.parse keeps the last of two equal keys without a word; then the text has more members than the value.
  if (findPlaces(value, found) !== members) return { ok: false, rejected: 'duplicate-key' }
  return { ok: true, value }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/** One pass over the bytes (in UTF-8 none of these is part of another character): how many members (`"key":`); -1 when it nests too deep. */
function scanMembers(bytes: Buffer): number {
  let depth = 0
  let members = 0
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]
    if (c === QUOTE) {
      i++
      while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1
    } else if (c === COLON) members++
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_DEPTH) return -1
    } else if (c === 0x7d || c === 0x5d) depth--
  }
  return members
}
