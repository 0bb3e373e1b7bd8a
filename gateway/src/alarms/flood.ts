const WINDOW_MS = 10 * 60_000
/** EEMUA 191 and ISA-18.2: more than ten alarms in ten minutes are more than a person can take in; below five it is over. */
const BEGINS_ABOVE = 10
const ENDS_BELOW = 5

/** Counts alarms that call somebody, for one hall. The newest eleven are enough to know whether it is a flood. */
export function createFlood() {
  let calls: number[] = []
  let flooded = false
  function judge(now: number): boolean {
    // `at > now` stands there after a clock that jumped back.
    calls = calls.filter((at) => at <= now && now - at < WINDOW_MS)
    flooded = flooded ? calls.length >= ENDS_BELOW : calls.length > BEGINS_ABOVE
    return flooded
  }
  return {
    /** Somebody is called; returns whether that is part of a flood. */
    call(now: number): boolean {
      calls = [...calls.slice(-BEGINS_ABOVE), now]
      return judge(now)
    },
    judge,
    flooded: () => flooded,
  }
}
