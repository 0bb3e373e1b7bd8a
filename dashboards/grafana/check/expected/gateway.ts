import { apart, course, type ExpectedRow, latest, least, mean, most, numbers } from '../arithmetic.ts'
import type { Expectations, Seen } from '../situation.ts'
import { newestOf } from './common.ts'

const now = (quantity: string) => (seen: Seen) => newestOf(seen.gateway(), quantity, 'hall')

const overTime = (quantity: string, statistic: (numbers: readonly number[]) => number) => (seen: Seen) =>
  course(seen.gateway(), quantity, statistic, 'n', seen.intervalMs, ['hall'])

/** The pace of a counter between the highest values of neighbouring buckets that have one; a fall is no pace. */
const perSecond =
  (quantity: string) =>
  (seen: Seen): ExpectedRow[] => {
    const facts = seen.gatewayHistory().filter(({ at }) => at >= seen.from - seen.intervalMs)
    const tops = course(facts, quantity, most, 'top', seen.intervalMs, ['hall'])
    return tops.slice(1).flatMap(({ tags, time, values }, index) => {
      const before = tops[index]!
      const n = (Number(values.top) - Number(before.values.top)) / ((time! - before.time!) / 1000)
      return n >= 0 && time! >= seen.from ? [{ tags, time: time!, values: { n } }] : []
    })
  }

/** Two counters of the hall put together. */
const combined = (a: string, b: string, combine: (a: number, b: number) => number) => (seen: Seen) =>
  apart(seen.gateway(), ['hall']).map(({ tags, own }) => ({
    tags,
    values: { n: combine(Number(latest(own, a)), Number(latest(own, b))) },
  }))

export const gatewayExpected: Expectations = {
  'hallwatt-gateway/601/A': combined('devicesTotal', 'devicesOnline', (all, online) => all - online),
  'hallwatt-gateway/602/A': now('forwardLag'),
  'hallwatt-gateway/603/A': combined('deadLetters', 'framesDropped', (refused, dropped) => refused + dropped),
  'hallwatt-gateway/604/A': now('processMemory'),
  'hallwatt-gateway/605/A': now('storeDiskFree'),
  'hallwatt-gateway/606/A': now('spoolUsed'),
  'hallwatt-gateway/607/A': (seen) =>
    apart(seen.status(), ['device', 'zone'])
      .filter(({ own }) => latest(own, 'online') === false)
      .map(({ tags }) => ({ tags, values: { online: false } })),
  'hallwatt-gateway/608/A': perSecond('framesCommitted'),
  'hallwatt-gateway/609/A': overTime('forwardLag', most),
  'hallwatt-gateway/610/A': (seen) =>
    apart(seen.status(), ['device']).flatMap(({ tags, own }) => {
      const errors = numbers(own, 'readErrors')
      const n = errors.length === 0 ? 0 : most(errors) - least(errors)
      return n > 0 ? [{ tags, values: { n } }] : []
    }),
  'hallwatt-gateway/611/A': (seen) => course(seen.status(), 'readLatency', mean, 's', seen.intervalMs, ['device']),
  'hallwatt-gateway/612/A': overTime('devicesOnline', least),
  'hallwatt-gateway/613/A': perSecond('processCpuTime'),
  'hallwatt-gateway/614/A': overTime('eventLoopDelay', most),
  'hallwatt-gateway/615/A': overTime('processMemory', most),
}
