import { apart, bucketOf, course, type ExpectedRow, figure, mean, median, ninetieth, numbers } from '../arithmetic.ts'
import type { Fact } from '../facts.ts'
import type { Expectations, Seen } from '../situation.ts'
import { newestOf, ordersNow } from './common.ts'

const DAY = 86_400_000

/** Orders that closed and were not merged: only they say whether the alarm was a false one. */
const closed = (seen: Seen): Fact[] => seen.orders().filter(({ values }) => values.orderFalseAlarm !== undefined)

const STAGES = {
  '1 发现': 'orderDetectTime',
  '2 接单': 'orderAcknowledgeTime',
  '3 到场': 'orderArriveTime',
  '4 修复': 'orderFixTime',
  '5 自检': 'orderVerifyTime',
}

const stages =
  (statistic: (numbers: readonly number[]) => number) =>
  (seen: Seen): ExpectedRow[] => [
    {
      tags: {},
      values: Object.fromEntries(
        Object.entries(STAGES).map(([name, quantity]) => [name, statistic(numbers(seen.orders(), quantity))]),
      ),
    },
  ]

const rate = (quantity: string) => (seen: Seen) => figure(seen.orders(), quantity, mean, '%')

/** The refIds of the four priorities. */
const PRIORITIES = { A: 'P1', B: 'P2', C: 'P3', D: 'P4' }
const byPriority = (panel: number, of: (facts: Fact[]) => ExpectedRow[]): Expectations =>
  Object.fromEntries(
    Object.entries(PRIORITIES).map(([refId, priority]) => [
      `hallwatt-repair/${panel}/${refId}`,
      (seen: Seen) => of(closed(seen).filter(({ values }) => values.orderPriority === priority)),
    ]),
  )

const counted = (facts: readonly Fact[]): ExpectedRow[] =>
  facts.length === 0 ? [] : [{ tags: {}, values: { n: facts.length } }]

export const repairExpected: Expectations = {
  'hallwatt-repair/201/A': (seen) => figure(seen.orders(), 'orderToRepairTime', median, 's'),
  'hallwatt-repair/202/A': rate('orderInTime'),
  'hallwatt-repair/203/A': (seen) => newestOf(seen.gateway(), 'ordersOpen', 'hall'),
  'hallwatt-repair/204/A': (seen) => counted(closed(seen)),
  'hallwatt-repair/205/A': rate('orderFirstTimeFix'),
  'hallwatt-repair/206/A': rate('orderFoundByUs'),
  'hallwatt-repair/207/A': stages(median),
  'hallwatt-repair/208/A': stages(ninetieth),
  'hallwatt-repair/209/A': ordersNow,
  'hallwatt-repair/210/A': (seen) =>
    apart(closed(seen), ['device', 'code'])
      .filter(({ own }) => own.length > 1)
      .map(({ tags, own }) => ({ tags, values: { n: own.length } })),
  ...byPriority(211, (facts) => figure(facts, 'orderInTime', mean, 'n')),
  ...byPriority(212, counted),
  'hallwatt-repair/213/A': (seen) => figure(seen.orders(), 'orderToRepairTime', median, 's', ['profile']),
  'hallwatt-repair/214/A': (seen) => [
    {
      tags: {},
      values: {
        误报: mean(numbers(seen.orders(), 'orderFalseAlarm')),
        重开: mean(numbers(seen.orders(), 'orderReopened')),
      },
    },
  ],
  'hallwatt-repair/215/A': (seen) => {
    const rows: ExpectedRow[] = []
    for (let time = bucketOf(seen.from, DAY); time <= seen.to; time += DAY)
      rows.push({
        tags: {},
        time,
        values: { '关闭 closed': closed(seen).filter(({ at }) => bucketOf(at, DAY) === time).length },
      })
    return rows
  },
  'hallwatt-repair/216/A': (seen) => course(seen.orders(), 'orderToRepairTime', median, '中位数 median', DAY),
}
