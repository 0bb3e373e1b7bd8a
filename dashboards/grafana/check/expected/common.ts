import { apart, different, type ExpectedRow, figure, latest, mean, rises, sum } from '../arithmetic.ts'
import type { Fact, Tag } from '../facts.ts'
import type { Expectation } from '../situation.ts'

export const availability =
  (by: readonly Tag[] = []): Expectation =>
  (seen) =>
    figure(seen.status(), 'dutyAvailability', mean, '%', by)

export const alarmsCounted =
  (by: readonly Tag[] = []): Expectation =>
  (seen) =>
    different(seen.alarms(), 'alarmId', by)

/** The newest value for each device or hall. */
export const newestOf = (facts: readonly Fact[], quantity: string, by: Tag, column = 'n'): ExpectedRow[] =>
  apart(facts, [by]).flatMap(({ tags, own }) => {
    const value = latest(own, quantity)
    return value === undefined ? [] : [{ tags, values: { [column]: value } }]
  })

/** How many devices have a newest value that fits. */
export const howMany = (facts: readonly Fact[], quantity: string, fits: (value: unknown) => boolean): ExpectedRow[] => {
  const n = newestOf(facts, quantity, 'device').filter(({ values }) => fits(values.n)).length
  return n === 0 ? [] : [{ tags: {}, values: { n } }]
}

export const online: Expectation = (seen) => howMany(seen.status(), 'online', (value) => value === true)

/** Of each device and fault the newest word, where it is not the closing one. */
const stillOpen = (
  facts: readonly Fact[],
  state: string,
  closing: string,
  shown: Record<string, string>,
): ExpectedRow[] =>
  apart(facts, ['device', 'code'])
    .filter(({ own }) => latest(own, state) !== closing)
    .map(({ tags, own }) => ({
      tags,
      values: Object.fromEntries(
        Object.entries(shown).map(([column, quantity]) => [column, latest(own, quantity) as string]),
      ),
    }))

export const alarmsNow: Expectation = (seen) =>
  stillOpen(seen.alarms(), 'alarmState', 'normal', {
    alarm: 'alarmId',
    priority: 'alarmPriority',
    state: 'alarmState',
    present: 'alarmActive',
  })

export const ordersNow: Expectation = (seen) =>
  stillOpen(seen.orders(), 'orderState', 'closed', {
    order: 'orderId',
    priority: 'orderPriority',
    state: 'orderState',
    age: 'orderAge',
  })

/** All that counters rose in the time range, by tag; `facts` with what was before. */
export const risen = (
  facts: readonly Fact[],
  quantity: string,
  ms: number,
  from: number,
  column: string,
  by?: 'device' | 'zone',
): ExpectedRow[] => {
  const all = rises(facts, quantity, ms, from)
  const groups = Map.groupBy(all, ({ tags }) => (by ? tags[by]! : ''))
  return [...groups].map(([name, own]) => ({
    tags: by ? { [by]: name } : {},
    values: { [column]: sum(own.map(({ rise }) => rise)) },
  }))
}
