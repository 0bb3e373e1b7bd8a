const WINDOW_S = 10

/**
 * How fast a total grows, per second, over the last ten seconds (fewer at the start). Call `observe` at least about once a
 * second; it costs nothing in between.
 */
export function growthRate(monotonicMs: () => number, total: () => number) {
  const samples = [{ at: monotonicMs(), total: total() }]

  const observe = () => {
    const at = monotonicMs()
    if (at - samples.at(-1)!.at < 1000) return
    samples.push({ at, total: total() })
    while (samples.length > 2 && at - samples[1]!.at >= WINDOW_S * 1000) samples.shift()
  }
  return {
    observe,
    perSecond(): number {
      observe()
      const [first, last] = [samples[0]!, samples.at(-1)!]
      return last.at > first.at ? (last.total - first.total) / ((last.at - first.at) / 1000) : 0
    },
  }
}
