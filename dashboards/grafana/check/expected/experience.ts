import { apart, bucketOf, course, type ExpectedRow, figure, mean, most, sum } from '../arithmetic.ts'
import type { Fact } from '../facts.ts'
import type { Expectations, Seen } from '../situation.ts'
import { alarmsCounted, alarmsNow, howMany, newestOf, online, risen } from './common.ts'

const TEN_MINUTES = 600_000

const energy = (seen: Seen, by?: 'device') =>
  risen(seen.history('plug'), 'activeEnergyImport', TEN_MINUTES, seen.from, 'kWh', by)

const DAY = 86_400_000
const marked = (seen: Seen, mark: string) => seen.runs().filter(({ values }) => values.runMark === mark)
const live = (seen: Seen) => marked(seen, 'live')

const perDay = (mark: string) => (seen: Seen) =>
  [...Map.groupBy(marked(seen, mark), ({ at }) => bucketOf(at, DAY))].map(
    ([time, own]): ExpectedRow => ({
      tags: {},
      time,
      values: { n: own.length },
    }),
  )

const liveThatEnded = (state: string) => (seen: Seen) => {
  const n = live(seen).filter(({ values }) => values.runState === state).length
  return n === 0 ? [] : [{ tags: {}, values: { n } }]
}

/** Column → what it shows of a run. */
const COLUMNS = {
  outcome: 'runState',
  mark: 'runMark',
  length: 'runDuration',
  energy: 'runEnergy',
  guesses: 'guessesTaken',
  audience: 'runAudience',
  reason: 'stopReason',
}
const rowOf = ({ at, device, values }: Fact): ExpectedRow => ({
  tags: {},
  time: at,
  values: {
    scenario: device,
    ...Object.fromEntries(
      Object.entries(COLUMNS).flatMap(([column, quantity]) =>
        values[quantity] === undefined ? [] : [[column, values[quantity]]],
      ),
    ),
  },
})

export const experienceExpected: Expectations = {
  'hallwatt-experience/501/A': (seen) => {
    const watts = newestOf(seen.readings('plug'), 'activePower', 'device').map(({ values }) => Number(values.n))
    return [{ tags: {}, values: { W: sum(watts) } }]
  },
  'hallwatt-experience/502/A': (seen) => energy(seen),
  'hallwatt-experience/503/A': (seen) => howMany(seen.readings('plug'), 'switchedOn', (on) => on === true),
  'hallwatt-experience/504/A': online,
  'hallwatt-experience/505/A': alarmsCounted(),
  'hallwatt-experience/506/A': (seen) => newestOf(seen.readings('plug'), 'activePower', 'device', 'W'),
  'hallwatt-experience/507/A': (seen) =>
    course(seen.readings('plug'), 'activePower', mean, 'W', seen.intervalMs, ['device']),
  'hallwatt-experience/508/A': (seen) => energy(seen, 'device'),
  'hallwatt-experience/509/A': (seen) => figure(seen.readings('plug'), 'activePower', most, 'W', ['device']),
  'hallwatt-experience/510/A': alarmsNow,
  'hallwatt-experience/511/A': perDay('live'),
  'hallwatt-experience/511/B': perDay('replay'),
  'hallwatt-experience/511/C': perDay('simulated'),
  'hallwatt-experience/512/A': (seen) =>
    apart(live(seen), ['device']).map(({ tags, own }) => ({ tags, values: { n: own.length } })),
  'hallwatt-experience/513/A': liveThatEnded('done'),
  'hallwatt-experience/513/B': liveThatEnded('aborted'),
  'hallwatt-experience/514/A': (seen) => figure(live(seen), 'runEnergy', sum, 'kWh', ['device']),
  'hallwatt-experience/515/A': (seen) => seen.runs().slice(-20).map(rowOf),
}
