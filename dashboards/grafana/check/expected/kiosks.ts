import { apart, course, type ExpectedRow, least, mean, most, numbers, rises, sum } from '../arithmetic.ts'
import type { Expectations, Seen } from '../situation.ts'
import { alarmsCounted, alarmsNow, availability, newestOf, online, risen } from './common.ts'

const HOUR = 3_600_000

/** Days a level lasts for each terminal: `sign` −1 for what runs down to 0, 1 for what fills up to 100. */
function lasts(seen: Seen, quantity: string, sign: 1 | -1): ExpectedRow[] {
  return apart(seen.readings('kiosk'), ['device']).flatMap(({ tags, own }) => {
    const hours = [...Map.groupBy(own, ({ at }) => Math.floor(at / HOUR)).values()]
      .map((within) => numbers(within, quantity))
      .filter((levels) => levels.length > 0)
      .map((levels) => ({ level: levels.at(-1)!, used: sign * (levels.at(-1)! - levels[0]!) }))
      .filter(({ used }) => used >= 0)
    if (hours.length === 0) return []
    const pace = mean(hours.map(({ used }) => used))
    const level = hours.at(-1)!.level
    return pace > 0 ? [{ tags, values: { days: (sign < 0 ? level : 100 - level) / pace / 24 } }] : []
  })
}

const paper = (seen: Seen) => lasts(seen, 'paperRemaining.receipt', -1)

export const kiosksExpected: Expectations = {
  'hallwatt-kiosks/101/A': availability(),
  'hallwatt-kiosks/102/A': online,
  'hallwatt-kiosks/103/A': alarmsCounted(),
  'hallwatt-kiosks/104/A': (seen) => risen(seen.history('kiosk'), 'transactions', HOUR, seen.from, 'n'),
  'hallwatt-kiosks/105/A': (seen) => {
    const total = (quantity: string) =>
      sum(rises(seen.history('kiosk'), quantity, HOUR, seen.from, ['device']).map(({ rise }) => rise))
    const failed = total('transactionsFailed')
    return [{ tags: {}, values: { '%': (failed / (total('transactions') + failed)) * 100 } }]
  },
  'hallwatt-kiosks/106/A': (seen) => [
    { tags: {}, values: { days: least(paper(seen).map(({ values }) => Number(values.days))) } },
  ],
  'hallwatt-kiosks/107/A': alarmsCounted(['code']),
  'hallwatt-kiosks/108/A': availability(['device']),
  'hallwatt-kiosks/109/A': paper,
  'hallwatt-kiosks/110/A': (seen) => lasts(seen, 'cashBoxFill', 1),
  'hallwatt-kiosks/111/A': alarmsCounted(['profile']),
  'hallwatt-kiosks/112/A': (seen) => newestOf(seen.readings('kiosk'), 'paperRemaining.receipt', 'device'),
  'hallwatt-kiosks/113/A': (seen) => newestOf(seen.readings('kiosk'), 'cashBoxFill', 'device'),
  'hallwatt-kiosks/114/A': alarmsNow,
  'hallwatt-kiosks/115/A': (seen) =>
    course(seen.readings('kiosk'), 'paperRemaining.receipt', mean, '%', seen.intervalMs, ['device']),
  'hallwatt-kiosks/116/A': (seen) =>
    rises(seen.history('kiosk'), 'transactions', 24 * HOUR, seen.from, ['device']).map(({ tags, time, rise }) => ({
      tags,
      time,
      values: { n: rise },
    })),
  'hallwatt-kiosks/117/A': (seen) =>
    course(seen.readings('kiosk'), 'temperature.cabinet', most, 'C', seen.intervalMs, ['device']),
}
