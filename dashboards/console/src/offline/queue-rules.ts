import type { PathOf } from '../api/client.ts'

/** What a person does with an order, as the API calls it. */
export type OrderAct =
  PathOf<'post'> extends infer P ? (P extends `/api/v1/orders/{id}/${infer Act}` ? Act : never) : never

/** Why the gateway did not take an act; somebody has to look. */
interface Trouble {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** An act on its way to the gateway. */
export interface QueuedAct {
  /** Made here, once: however often the act is sent, the gateway records it once. */
  readonly key: string
  /** Acts are sent in this order. */
  readonly place: number
  /** Only ever sent while this person is signed in. */
  readonly user: string
  readonly order: string
  /** For showing it without asking anybody. */
  readonly deviceName: string
  readonly act: OrderAct
  readonly body: Readonly<Record<string, unknown>>
  /** The gateway's clock, as far as this phone knows it, when the person did it. Unix ms. */
  readonly doneAt: number
  /** How often it was sent without an answer. */
  readonly tries: number
  readonly trouble?: Trouble
}

/** More than anybody does in a day without signal; one more is refused, so that nothing is thrown away. */
export const MOST_WAITING = 50
/** What reaches the gateway at once needs no time of its own. */
const AT_ONCE_MS = 5_000
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 60_000

/** The next act of this person that may go: what stands behind a refused act of the same order waits for a decision about it. */
export function nextToSend(queue: readonly QueuedAct[], user: string | undefined): QueuedAct | undefined {
  const blocked = new Set<string>()
  for (const act of inPlace(queue)) {
    if (act.user !== user) continue
    if (act.trouble) blocked.add(act.order)
    else if (!blocked.has(act.order)) return act
  }
  return undefined
}

export const inPlace = (queue: readonly QueuedAct[]): QueuedAct[] => [...queue].sort((a, b) => a.place - b.place)

/** later: nobody answered, or the gateway is busy. sign-in: the session is over. ask: it answered, and said no. */
export function afterFailure(status: number): 'later' | 'sign-in' | 'ask' {
  if (status === 401) return 'sign-in'
  return status === 0 || status === 408 || status === 429 || status >= 500 ? 'later' : 'ask'
}

export const retryDelayMs = (tries: number): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, tries - 1))

/** What is sent: with the time only when it comes later than it was done. */
export const sentBody = ({ body, key, doneAt, tries }: QueuedAct, now: number): Record<string, unknown> => ({
  ...body,
  key,
  ...(tries > 0 || now - doneAt > AT_ONCE_MS ? { doneAt } : {}),
})
