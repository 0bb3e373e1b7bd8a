import { apart, bucketOf, course, type ExpectedRow, figure, latest, mean, most, rises, sum } from '../arithmetic.ts'
import type { Expectations, Seen } from '../situation.ts'
import { alarmsCounted, alarmsNow, availability, howMany, newestOf, risen } from './common.ts'

const TEN_MINUTES = 600_000
const DAY = 86_400_000

const states =
  (quantity: string, column: string) =>
  (seen: Seen): ExpectedRow[] =>
    apart(seen.readings('evse'), ['device']).flatMap(({ tags, own }) =>
      [...Map.groupBy(own, ({ at }) => bucketOf(at, seen.intervalMs))].flatMap(([time, within]) => {
        const word = latest(within, quantity)
        return word === undefined ? [] : [{ tags, time, values: { [column]: word } }]
      }),
    )

const charged = (seen: Seen, by?: 'device') =>
  risen(seen.history('evse'), 'sessionEnergy', TEN_MINUTES, seen.from, 'kWh', by)

export const chargersExpected: Expectations = {
  'hallwatt-chargers/401/A': (seen) => howMany(seen.readings('evse'), 'activePower', (watts) => Number(watts) <= 100),
  'hallwatt-chargers/402/A': (seen) => howMany(seen.readings('evse'), 'activePower', (watts) => Number(watts) > 100),
  'hallwatt-chargers/403/A': (seen) => {
    const watts = newestOf(seen.readings('evse'), 'activePower', 'device').map(({ values }) => Number(values.n))
    return [{ tags: {}, values: { W: sum(watts) } }]
  },
  'hallwatt-chargers/404/A': (seen) => charged(seen),
  'hallwatt-chargers/405/A': availability(),
  'hallwatt-chargers/406/A': (seen) => figure(seen.readings('evse'), 'temperature.connector', most, 'C'),
  'hallwatt-chargers/407/A': states('evseState', 'state'),
  'hallwatt-chargers/407/B': states('chargerState', 'process'),
  'hallwatt-chargers/408/A': (seen) =>
    course(seen.readings('evse'), 'activePower', mean, 'W', seen.intervalMs, ['device']),
  'hallwatt-chargers/409/A': alarmsNow,
  'hallwatt-chargers/410/A': alarmsCounted(['code']),
  'hallwatt-chargers/411/A': (seen) => charged(seen, 'device'),
  'hallwatt-chargers/412/A': (seen) => {
    const within = rises(seen.history('evse'), 'sessionEnergy', TEN_MINUTES, seen.from).filter(
      ({ time }) => time >= seen.from,
    )
    const days = Map.groupBy(within, ({ tags, time }) => `${tags.device} ${bucketOf(time, DAY)}`)
    return [...days.values()].map((own) => ({
      tags: { device: own[0]!.tags.device! },
      time: bucketOf(own[0]!.time, DAY),
      values: { kWh: sum(own.map(({ rise }) => rise)) },
    }))
  },
  'hallwatt-chargers/413/A': (seen) => figure(seen.readings('evse'), 'activePower', most, 'W', ['device']),
}
