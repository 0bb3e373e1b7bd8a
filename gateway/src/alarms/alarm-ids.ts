/**
 * Numbers alarms: `A20261122-0007` is the seventh of that day in the hall's time zone. Ids grow even when the clock jumps back:
 * then the later day goes on counting.
 * @param last the greatest id ever given
 */
export function createAlarmIds(last: string | undefined, timeZone: () => string): (now: number) => string {
  const known = /^A(\d{8})-(\d+)$/.exec(last ?? '')
  let day = known?.[1] ?? ''
  let number = Number(known?.[2] ?? 0)
  return (now) => {
    const today = localDay(now, timeZone())
    number = today > day ? 1 : number + 1
    if (today > day) day = today
    return `A${day}-${String(number).padStart(4, '0')}`
  }
}

/** The greater of two ids, by day and then by number. */
export function laterId(a: string | undefined, b: string | undefined): string | undefined {
  if (!a || !b) return a ?? b
  if (a.length !== b.length && a.slice(0, 9) === b.slice(0, 9)) return a.length > b.length ? a : b
  return a > b ? a : b
}

const days = new Map<string, Intl.DateTimeFormat>()

function localDay(now: number, timeZone: string): string {
  let format = days.get(timeZone)
  if (!format) {
    // sv-SE writes 2026-11-22.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    days.set(timeZone, format)
  }
  return format.format(now).replaceAll('-', '')
}
