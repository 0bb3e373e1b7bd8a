const WINDOW_MS = 10 * 60_000
/** EEMUA 191 and ISA-18.2: more than ten alarms in ten minutes are more than a person can take in; below five it is over. */
const BEGINS_ABOVE = 10
const ENDS_BELOW = 5

/** Counts alarms that call somebody, for one hall. */
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
    call(now: number): boolean {
      // A thousand calls need no thousand stamps: enough to know that it is a flood and when it ends.
      if (calls.length < 1000) calls.push(now)
      else calls[calls.length - 1] = now
      return judge(now)
    },
    judge,
    flooded: () => flooded,
  }
}
