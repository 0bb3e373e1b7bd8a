import { course, type ExpectedRow, least, mean, numbers, rises, sum } from '../arithmetic.ts'
import type { Fact } from '../facts.ts'
import type { Expectations, Seen } from '../situation.ts'
import { newestOf, risen } from './common.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const MAIN = 'meter-main'

const isMain = ({ device }: Fact) => device === MAIN
const main = (seen: Seen) => seen.readings('meter').filter(isMain)
const submeters = (seen: Seen) => seen.readings('meter').filter((fact) => !isMain(fact))
const submetersBefore = (seen: Seen) => seen.history('meter').filter((fact) => !isMain(fact))

const mainEnergy = (quantity: string) => (seen: Seen) =>
  risen(seen.history('meter').filter(isMain), quantity, HOUR, seen.from, 'kWh')

const daily = (facts: Fact[], quantity: string, from: number): ExpectedRow[] =>
  rises(facts, quantity, DAY, from, ['device']).map(({ tags, time, rise }) => ({ tags, time, values: { kWh: rise } }))

/** The lowest half-hour mean of each day and submeter; a half hour that began before the range is no whole one. */
function baseLoads(seen: Seen): ExpectedRow[] {
  const halfHours = course(submeters(seen), 'activePower', mean, 'p', HOUR / 2, ['device']).filter(
    ({ time }) => time! >= seen.from,
  )
  const days = Map.groupBy(halfHours, ({ tags, time }) => `${tags.device} ${Math.floor((time! + 8 * HOUR) / DAY)}`)
  return [...days.values()].map((own) => ({
    tags: own[0]!.tags,
    time: Math.floor((own[0]!.time! + 8 * HOUR) / DAY) * DAY - 8 * HOUR,
    values: { W: least(own.map(({ values }) => Number(values.p))) },
  }))
}

const power = (facts: Fact[], quantity: string, seen: Seen) =>
  course(facts, quantity, mean, 'W', seen.intervalMs, ['device'])

export const energyExpected: Expectations = {
  'hallwatt-energy/301/A': mainEnergy('activeEnergyImport'),
  'hallwatt-energy/302/A': mainEnergy('activeEnergyExport'),
  'hallwatt-energy/303/A': (seen) => [{ tags: {}, values: { W: numbers(main(seen), 'activePower').at(-1)! } }],
  'hallwatt-energy/304/A': (seen) => risen(seen.history('pv'), 'yieldEnergy', HOUR, seen.from, 'kWh'),
  'hallwatt-energy/305/A': (seen) => newestOf(seen.readings('storage'), 'socPercent', 'device', '%'),
  'hallwatt-energy/306/A': (seen) => {
    const perMeter = Map.groupBy(baseLoads(seen), ({ tags }) => tags.device)
    const means = [...perMeter.values()].map((days) => mean(days.map(({ values }) => Number(values.W))))
    return [{ tags: {}, values: { W: sum(means) } }]
  },
  'hallwatt-energy/307/A': (seen) => power(main(seen), 'activePower', seen),
  'hallwatt-energy/307/B': (seen) => power(seen.readings('pv'), 'generatedPower', seen),
  'hallwatt-energy/307/C': (seen) => power(seen.readings('storage'), 'batteryPower', seen),
  'hallwatt-energy/308/A': (seen) =>
    risen(submetersBefore(seen), 'activeEnergyImport', HOUR, seen.from, 'kWh', 'device'),
  'hallwatt-energy/309/A': (seen) => risen(submetersBefore(seen), 'activeEnergyImport', HOUR, seen.from, 'kWh', 'zone'),
  'hallwatt-energy/310/A': (seen) => daily(submetersBefore(seen), 'activeEnergyImport', seen.from),
  'hallwatt-energy/311/A': baseLoads,
  'hallwatt-energy/312/A': (seen) => {
    const rows = new Map<number, ExpectedRow>()
    for (const [column, quantity] of Object.entries({ A: 'voltageL1', B: 'voltageL2', C: 'voltageL3' }))
      for (const row of course(main(seen), quantity, mean, column, seen.intervalMs))
        rows.set(row.time!, { ...row, values: { ...rows.get(row.time!)?.values, ...row.values } })
    return [...rows.values()]
  },
  'hallwatt-energy/313/A': (seen) =>
    course(seen.readings('storage'), 'socPercent', mean, '%', seen.intervalMs, ['device']),
  'hallwatt-energy/314/A': (seen) => daily(seen.history('pv'), 'yieldEnergy', seen.from),
}
