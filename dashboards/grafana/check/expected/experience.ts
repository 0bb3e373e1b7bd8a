import { course, figure, mean, most, sum } from '../arithmetic.ts'
import type { Expectations, Seen } from '../situation.ts'
import { alarmsCounted, alarmsNow, howMany, newestOf, online, risen } from './common.ts'

const TEN_MINUTES = 600_000

const energy = (seen: Seen, by?: 'device') =>
  risen(seen.history('plug'), 'activeEnergyImport', TEN_MINUTES, seen.from, 'kWh', by)

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
}
