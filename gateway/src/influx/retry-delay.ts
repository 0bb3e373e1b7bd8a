/** Full-jitter back-off. `attempt` counts from 1; `random` is in [0, 1). Never above 60 s. */
export const retryDelayMs = (attempt: number, random: number): number =>
  Math.floor(random * Math.min(60_000, 1000 * 2 ** attempt))

/** A server that asks for more than an hour is taken to mean an hour: one wrong header must not stop forwarding for ever. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000

/**
 * Milliseconds a `Retry-After` header asks for, 0 when there is none or it cannot be read.
 * @param header   delay in seconds, or an HTTP date
 * @param date     the `Date` header of the same answer: a date is compared with the server's clock, since ours may be wrong
 * @see RFC 9110 §10.2.3
 */
export function retryAfterMs(header: string | undefined, date: string | undefined, wallMs: number): number {
  if (header === undefined) return 0
  const text = header.trim()
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_RETRY_AFTER_MS)
  const until = Date.parse(text)
  if (Number.isNaN(until)) return 0
  const serverNow = date === undefined ? Number.NaN : Date.parse(date)
  const wait = until - (Number.isNaN(serverNow) ? wallMs : serverNow)
  return Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS)
}
