import type { LinkWorld } from '../src/live/event-link.ts'

/** A world for links in which a test moves time and streams by hand. */
export function streamRig() {
  const timers: { at: number; run: () => void }[] = []
  const sources: { events: Map<string, (text: string) => void>; fail: () => void; closed: boolean }[] = []
  const clock = { now: 0 }
  const world: LinkWorld = {
    open() {
      const source = { events: new Map<string, (text: string) => void>(), fail: () => {}, closed: false }
      sources.push(source)
      return {
        listen: (event, take) => void source.events.set(event, take),
        onError: (failed) => {
          source.fail = failed
        },
        close: () => {
          source.closed = true
        },
      }
    },
    now: () => clock.now,
    after(ms, run) {
      const timer = { at: clock.now + ms, run }
      timers.push(timer)
      return () => {
        const at = timers.indexOf(timer)
        if (at >= 0) timers.splice(at, 1)
      }
    },
    random: () => 0,
  }
  return {
    ...{ world, sources, clock },
    /** Lets time pass, and what is due by then happen. */
    pass(ms: number) {
      clock.now += ms
      for (const timer of timers.filter(({ at }) => at <= clock.now)) {
        if (!timers.includes(timer)) continue
        timers.splice(timers.indexOf(timer), 1)
        timer.run()
      }
    },
  }
}
