import { setTimeout as delay } from 'node:timers/promises'
import type { DrillAlarm, DrillApi, DrillOrder } from './drill-api.ts'
import type { Received, Receiver } from './drill-receiver.ts'

/** What is known right now, to all rows that are drilled side by side. */
export interface Seen {
  readonly alarms: readonly DrillAlarm[]
  readonly orders: readonly DrillOrder[]
  readonly messages: readonly Received[]
}

export interface Board {
  seen(): Seen
  /** Resolves with the first answer that is not undefined; rejects after `timeoutMs`. */
  until<Answer>(look: (seen: Seen) => Answer | undefined, timeoutMs: number): Promise<Answer>
  /** Whoever still waits is told that the drill was stopped. */
  close(): Promise<void>
}

/** One set of questions for all rows: the gateway answers 1,200 a minute to one address. Times are read from its records. */
const ASK_EVERY_MS = 600

export function createBoard(api: DrillApi, receiver: Receiver): Board {
  const over = new AbortController()
  const looks = new Set<() => void>()
  const waiting = new Set<(why: Error) => void>()
  let seen: Seen = { alarms: [], orders: [], messages: receiver.messages }
  const tell = () => {
    for (const look of [...looks]) look()
  }
  receiver.onMessage(tell)

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      try {
        const [alarms, orders] = await Promise.all([api.openAlarms(), api.openOrders()])
        seen = { alarms, orders, messages: receiver.messages }
        tell()
      } catch {
        // An answer that did not come is asked for again; a gateway that stays away shows as a row that hangs.
      }
      await delay(ASK_EVERY_MS, undefined, { signal: over.signal }).catch(() => {})
    }
  }
  const watching = watch()

  return {
    seen: () => seen,
    until: (look, timeoutMs) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer)
          looks.delete(again)
          waiting.delete(giveUp)
        }
        const giveUp = (why: Error) => {
          end()
          reject(why)
        }
        const again = () => {
          const answer = look(seen)
          if (answer === undefined) return
          end()
          resolve(answer)
        }
        const timer = setTimeout(() => giveUp(new Error(`nothing within ${timeoutMs / 1000} s`)), timeoutMs)
        looks.add(again)
        waiting.add(giveUp)
        again()
      }),
    async close() {
      over.abort()
      for (const giveUp of waiting) giveUp(new Error('the drill was stopped'))
      await watching
    },
  }
}
