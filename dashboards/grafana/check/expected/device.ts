import type { DeviceKind } from '../../../../gateway/src/domain/device-kind.ts'
import { influxField } from '../../../../gateway/src/domain/quantity.ts'
import { course, different, type ExpectedRow, mean, most, rises } from '../arithmetic.ts'
import type { Expectations, Seen } from '../situation.ts'
import { alarmsCounted, availability, newestOf } from './common.ts'

const HOUR = 3_600_000

/** The device each panel is looked at with; a terminal where nothing else is said. */
export const LOOKED_AT: Readonly<Record<number, string>> = {
  706: 'meter-main',
  708: 'meter-main',
  710: 'meter-main',
  711: 'meter-main',
  712: 'meter-main',
}
export const TERMINAL = 'kiosk-01'
const KINDS: readonly DeviceKind[] = ['kiosk', 'meter']

const readings = (seen: Seen) => seen.readings(...KINDS)

function lines(seen: Seen, columns: Record<string, string>, statistic: (numbers: readonly number[]) => number) {
  const rows = new Map<number, ExpectedRow>()
  for (const [column, quantity] of Object.entries(columns))
    for (const row of course(readings(seen), quantity, statistic, column, seen.intervalMs))
      rows.set(row.time!, { ...row, values: { ...rows.get(row.time!)?.values, ...row.values } })
  return [...rows.values()]
}

const perHour = (quantity: string) => (seen: Seen) =>
  rises(seen.history(...KINDS), quantity, HOUR, seen.from).map(({ tags, time, rise }) => ({
    tags,
    time,
    values: { rise },
  }))

export const deviceExpected: Expectations = {
  'hallwatt-device/701/A': (seen) => newestOf(seen.status(), 'online', 'device'),
  'hallwatt-device/702/A': (seen) => [
    { tags: {}, values: { n: seen.status().filter(({ values }) => values.online === true).length } },
  ],
  'hallwatt-device/703/A': availability(),
  'hallwatt-device/704/A': alarmsCounted(),
  // What concerns the whole hall stands under the gateway, and not on the board of one device.
  'hallwatt-device/705/A': (seen) =>
    different(
      seen.orders().filter(({ device }) => device !== 'gateway'),
      'orderId',
    ),
  'hallwatt-device/706/A': (seen) => newestOf(readings(seen), 'activePower', 'device'),
  'hallwatt-device/707/A': (seen) => {
    const { at, device, hall, profile, zone, values } = readings(seen).at(-1)!
    const fields = Object.fromEntries(Object.entries(values).map(([quantity, value]) => [influxField(quantity), value]))
    return [{ tags: {}, time: at, values: { ...fields, device, hall, profile, zone } }]
  },
  'hallwatt-device/708/A': (seen) => lines(seen, { '有功 active': 'activePower' }, mean),
  'hallwatt-device/709/A': alarmsCounted(['code']),
  'hallwatt-device/710/A': (seen) => lines(seen, { A: 'voltageL1', B: 'voltageL2', C: 'voltageL3' }, mean),
  'hallwatt-device/711/A': (seen) => lines(seen, { A: 'currentL1', B: 'currentL2', C: 'currentL3' }, most),
  'hallwatt-device/712/A': perHour('activeEnergyImport'),
  'hallwatt-device/713/A': (seen) =>
    lines(
      seen,
      {
        '凭条纸 receipt': 'paperRemaining.receipt',
        '发票纸 invoice': 'paperRemaining.invoice',
        '钞箱 cash box': 'cashBoxFill',
      },
      mean,
    ),
  'hallwatt-device/714/A': perHour('transactions'),
}
