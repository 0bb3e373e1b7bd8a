import type { Store } from '../store/store.ts'

/** What channels took in a period: how many messages, and how soon after its composing each first word about an alarm was taken. */
export interface AcceptedNotices {
  readonly messages: number
  /** Unix ms. */
  readonly deliveries: readonly { readonly detectedAt: number; readonly acceptedAt: number }[]
}

/** Messages accepted in [from, to). */
export async function acceptedNotices(store: Store, from: number, to: number): Promise<AcceptedNotices> {
  const [count] = await store.read<{ messages: number }>(
    "SELECT count(DISTINCT message) AS messages FROM notice WHERE state = 'accepted' AND done_at >= ? AND done_at < ?",
    [from, to],
  )
  const deliveries = await store.read<{ detectedAt: number; acceptedAt: number }>(
    `SELECT created_at AS detectedAt, min(done_at) AS acceptedAt FROM notice
     WHERE state = 'accepted' AND done_at >= ? AND done_at < ? AND body ->> 'kind' = 'alarm' GROUP BY thread`,
    [from, to],
  )
  return { messages: count?.messages ?? 0, deliveries }
}
