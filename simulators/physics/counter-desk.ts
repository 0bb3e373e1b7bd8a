import { counterCustomersPerHour } from './footfall.ts'
import { isOpen, type LocalTime } from './local-time.ts'
import type { Random } from './random.ts'

/** The ticket machine and the counters it feeds: tickets are taken, called, served, and rated at the evaluator of the counter. */
export function createCounters(count: number, random: Random) {
  const state = {
    tickets: 0,
    waiting: 0,
    served: 0,
    meanWaitS: 0,
    ticketPaperPercent: 40 + 55 * random(),
    /** Conditions of the ticket machine, in the words of the kiosk contract. */
    parts: { 'printer.ticket': 'ok', 'paperPath.ticket': 'ok', ticketService: 'ok', caller: 'ok' } as Record<
      'printer.ticket' | 'paperPath.ticket' | 'ticketService' | 'caller',
      string
    >,
    counters: Array.from({ length: count }, () => ({
      serving: false,
      served: 0,
      /** Ratings by score, 5 (very good) to 1. */
      ratings: [0, 0, 0, 0, 0] as [number, number, number, number, number],
      lastScore: 0,
      pressedAt: 0,
      /** The customers press, but nothing arrives. */
      muted: false,
      linkLost: false,
    })),
  }
  const queue: number[] = []
  const left: number[] = state.counters.map(() => 0)
  let day = -1
  return {
    state,
    step(at: number, time: LocalTime, seconds: number): void {
      if (time.day !== day) {
        day = time.day
        queue.length = 0
      }
      const works =
        state.parts.ticketService === 'ok' &&
        state.parts['printer.ticket'] === 'ok' &&
        state.parts['paperPath.ticket'] === 'ok' &&
        state.ticketPaperPercent > 0
      if (works && random() < (count * counterCustomersPerHour(time) * seconds) / 3600) {
        state.tickets++
        state.ticketPaperPercent = Math.max(0, state.ticketPaperPercent - 100 / 1500)
        if (queue.length < 60) queue.push(at)
      }
      for (const [index, counter] of state.counters.entries()) {
        left[index] = Math.max(0, (left[index] ?? 0) - seconds)
        if (counter.serving && left[index] === 0) {
          counter.serving = false
          state.served++
          counter.served++
          if (random() < 0.7 && !counter.muted) rate(counter, at)
        }
        const takenAt = counter.serving || !isOpen(time) ? undefined : queue.shift()
        if (takenAt !== undefined) {
          counter.serving = true
          left[index] = Math.round(180 + 360 * random())
          state.meanWaitS += ((at - takenAt) / 1000 - state.meanWaitS) * 0.1
        }
      }
      state.waiting = queue.length
      if (time.hour >= 8 && time.hour < 8.05 && state.ticketPaperPercent < 25) state.ticketPaperPercent = 100
    },
  }

  function rate(counter: (typeof state.counters)[number], at: number): void {
    const draw = random()
    const score = draw < 0.82 ? 5 : draw < 0.95 ? 4 : draw < 0.98 ? 3 : draw < 0.995 ? 2 : 1
    counter.lastScore = score
    counter.pressedAt = at
    counter.ratings[(5 - score) as 0 | 1 | 2 | 3 | 4]++
  }
}

export type Counters = ReturnType<typeof createCounters>
