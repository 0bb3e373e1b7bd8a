import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readSecret } from '../config/secrets.ts'
import type { Notice } from './notice.ts'

/** What one tap does: this act, on this order, by this person, until then. Good for nothing else. */
export interface Tap {
  readonly act: Notice['taps'][number]['act']
  readonly order: string
  readonly person: string
  /** Unix ms. */
  readonly expiresAt: number
}

export type TapCheck = { readonly result: 'ok'; readonly tap: Tap } | { readonly result: 'expired' | 'wrong' }

/** A day and a half: an order of the evening can still be taken in the next day's early shift. */
export const TAP_VALID_MS = 36 * 3_600_000

const MAC_BYTES = 16
const ACTS = ['accept', 'arrive', 'finish', 'view'] as const

/**
 * The last part of a one-tap address: `<payload>.<mac>`, both base64url. Opening it (GET) must only show a page, since mail
 * scanners open every link; the act is done by the POST of that page. Used twice, the order's own state refuses the second.
 */
export function signTap(tap: Tap, key: Uint8Array): string {
  const text = JSON.stringify([ACTS.indexOf(tap.act), tap.order, tap.person, Math.floor(tap.expiresAt / 1000)])
  const payload = Buffer.from(text).toString('base64url')
  return `${payload}.${mac(payload, key).toString('base64url')}`
}

/** `expired` only for what was truly signed by us; anything else is `wrong`. */
export function verifyTap(token: string, key: Uint8Array, now: number): TapCheck {
  const [payload, proof, ...rest] = token.split('.')
  if (payload === undefined || proof === undefined || rest.length > 0 || token.length > 512) return { result: 'wrong' }
  const given = Buffer.from(proof, 'base64url')
  if (given.length !== MAC_BYTES || !timingSafeEqual(given, mac(payload, key))) return { result: 'wrong' }
  const [act, order, person, seconds] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as [
    number,
    string,
    string,
    number,
  ]
  const tap: Tap = { act: ACTS[act]!, order, person, expiresAt: seconds * 1000 }
  return now > tap.expiresAt ? { result: 'expired' } : { result: 'ok', tap }
}

/** The purpose is in the key's use: a mac made for something else with the same secret never fits here. */
const mac = (payload: string, key: Uint8Array): Buffer =>
  createHmac('sha256', key).update(`hallwatt-tap-v1.${payload}`).digest().subarray(0, MAC_BYTES)

/**
 * The key of the links: HALLWATT_LINK_KEY (or _FILE), else one made at the first start and kept in the store, so that links
 * outlive a restart.
 */
export async function loadTapKey(
  environment: Record<string, string | undefined>,
  kept: { get(): Promise<string | undefined>; set(key: string): Promise<void> },
): Promise<Uint8Array> {
  const given = readSecret(environment, 'HALLWATT_LINK_KEY')
  if (given !== undefined) return Buffer.from(given)
  const known = await kept.get()
  if (known !== undefined) return Buffer.from(known, 'base64url')
  const made = randomBytes(32)
  await kept.set(made.toString('base64url'))
  return made
}
