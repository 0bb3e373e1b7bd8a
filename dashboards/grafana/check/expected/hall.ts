import { course, type ExpectedRow, latest, mean, most } from '../arithmetic.ts'
import type { Expectations, Seen } from '../situation.ts'
import { alarmsCounted, alarmsNow, availability, newestOf, online } from './common.ts'

const own = (quantity: string) => (seen: Seen) => newestOf(seen.gateway(), quantity, 'hall')

/** Chinese name of each function on the panel → the gateway's word for it. */
const FUNCTIONS = {
  现金缴费: 'payCash',
  扫码缴费: 'payQr',
  刷卡缴费: 'payCard',
  打印凭条: 'printReceipt',
  打印发票: 'printInvoice',
  购电卡充值: 'topUpCard',
  刷身份证: 'verifyId',
  取号: 'takeNumber',
  评价服务: 'rateService',
  汽车充电: 'chargeEv',
  用电演示: 'watchDemo',
}

const functions =
  (which: string) =>
  (seen: Seen): ExpectedRow[] => [
    {
      tags: {},
      values: Object.fromEntries(
        Object.entries(FUNCTIONS).map(([name, word]) => [name, latest(seen.gateway(), `${which}.${word}`)!]),
      ),
    },
  ]

/** Two quantities over the same buckets are one row each. */
function together(a: ExpectedRow[], b: ExpectedRow[]): ExpectedRow[] {
  const second = new Map(b.map((row) => [row.time, row.values]))
  return a.map((row) => ({ ...row, values: { ...row.values, ...second.get(row.time) } }))
}

export const hallExpected: Expectations = {
  'hallwatt-hall/1/A': availability(),
  'hallwatt-hall/2/A': own('alarmsOpen'),
  'hallwatt-hall/3/A': own('alarmsUnacknowledged'),
  'hallwatt-hall/4/A': own('ordersOpen'),
  'hallwatt-hall/5/A': online,
  'hallwatt-hall/6/A': own('devicesTotal'),
  'hallwatt-hall/7/A': functions('unitsAble'),
  'hallwatt-hall/8/A': alarmsNow,
  'hallwatt-hall/9/A': functions('unitsTotal'),
  'hallwatt-hall/10/A': (seen) =>
    together(
      course(seen.gateway(), 'alarmsOpen', most, '告警', seen.intervalMs),
      course(seen.gateway(), 'ordersOpen', most, '工单', seen.intervalMs),
    ),
  'hallwatt-hall/11/A': (seen) => course(seen.readings('queue'), 'waiting', most, 'n', seen.intervalMs, ['device']),
  'hallwatt-hall/12/A': (seen) => course(seen.readings('meter'), 'activePower', mean, 'W', seen.intervalMs, ['device']),
  'hallwatt-hall/13/A': alarmsCounted(['device']),
  'hallwatt-hall/14/A': alarmsCounted(['zone']),
}
