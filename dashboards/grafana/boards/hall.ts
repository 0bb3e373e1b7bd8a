import type { BoardSpec } from '../board.ts'
import { hallScope, influxQl, scope } from '../influxql.ts'
import { field, UNIT, unitOf } from '../units.ts'
import { devices, hall, kind, zone } from '../variables.ts'
import { alarmsBy, alarmsNow, availability } from './shared-queries.ts'

const own = (quantity: string) =>
  influxQl(`SELECT last(${field(quantity)}) AS "n" FROM "gateway" WHERE ${hallScope} GROUP BY "hall"`, {
    alias: '$tag_hall',
  })

const FUNCTIONS: readonly (readonly [word: string, zh: string])[] = [
  ['payCash', '现金缴费'],
  ['payQr', '扫码缴费'],
  ['payCard', '刷卡缴费'],
  ['printReceipt', '打印凭条'],
  ['printInvoice', '打印发票'],
  ['topUpCard', '购电卡充值'],
  ['verifyId', '刷身份证'],
  ['takeNumber', '取号'],
  ['rateService', '评价服务'],
  ['chargeEv', '汽车充电'],
  ['watchDemo', '用电演示'],
]

const functions = (which: 'unitsAble' | 'unitsTotal') =>
  influxQl(
    `SELECT ${FUNCTIONS.map(([word, zh]) => `last(${field(`${which}.${word}`)}) AS "${zh}"`).join(', ')} FROM "gateway" WHERE ${hallScope}`,
    { alias: '$col' },
  )

export const hallBoard: BoardSpec = {
  uid: 'hallwatt-hall',
  zh: '厅总览',
  en: 'Hall overview',
  question: { zh: '营业厅现在能不能正常办理业务?', en: 'Can the hall serve right now?' },
  range: 'now-24h',
  refresh: '30s',
  variables: [hall(), zone(), kind(), devices()],
  panels: [
    {
      id: 1,
      look: 'stat',
      zh: '服务时间可用率',
      en: 'Availability in service hours',
      tells:
        '面向客户的设备在服务时间内可用的比例(P1、P2 级故障期间为不可用)。Share of service hours in which devices for customers had no fault of priority P1 or P2.',
      at: [0, 0, 4, 4],
      queries: [availability()],
      unit: UNIT.percent,
      thresholds: 'availability',
    },
    {
      id: 2,
      look: 'stat',
      zh: '未结束告警',
      en: 'Alarms open',
      tells: '网关此刻未结束的告警数。Alarms of the gateway that are not over.',
      at: [4, 0, 4, 4],
      queries: [own('alarmsOpen')],
      unit: UNIT.count,
      thresholds: 'anyIsWarning',
      links: 'alarms',
    },
    {
      id: 3,
      look: 'stat',
      zh: '未确认告警',
      en: 'Alarms nobody has taken',
      tells: '还没有人接手的告警数。Alarms that nobody acknowledged.',
      at: [8, 0, 4, 4],
      queries: [own('alarmsUnacknowledged')],
      unit: UNIT.count,
      thresholds: 'anyIsCritical',
      links: 'alarms',
    },
    {
      id: 4,
      look: 'stat',
      zh: '未关闭工单',
      en: 'Work orders open',
      tells: '此刻未关闭的工单数。Work orders that are not closed.',
      at: [12, 0, 4, 4],
      queries: [own('ordersOpen')],
      unit: UNIT.count,
      thresholds: 'anyIsWarning',
    },
    {
      id: 5,
      look: 'stat',
      zh: '在线设备',
      en: 'Devices online',
      tells: '最近一次状态为在线的设备数。Devices whose newest status is online.',
      at: [16, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT count("on") AS "n" FROM (SELECT last(${field('online')}) AS "on" FROM "device_status" WHERE ${scope} GROUP BY "device") WHERE "on" = true`,
        ),
      ],
      unit: UNIT.count,
    },
    {
      id: 6,
      look: 'stat',
      zh: '设备总数',
      en: 'Devices',
      tells: '网关管理的设备数。Devices of the hall file.',
      at: [20, 0, 4, 4],
      queries: [own('devicesTotal')],
      unit: UNIT.count,
    },
    {
      id: 7,
      look: 'bars',
      zh: '各项业务可办理台数',
      en: 'Units that can do each function now',
      tells:
        '每项业务此刻还有几台设备可以办理;0 表示全厅无法办理。How many units can do what customers come for; 0 means that the hall cannot do it.',
      at: [0, 4, 8, 11],
      queries: [functions('unitsAble')],
      unit: UNIT.count,
      thresholds: 'unitsAble',
    },
    {
      id: 8,
      look: 'table',
      zh: '当前告警',
      en: 'Alarms now',
      tells:
        '每台设备每种故障的最新状态,已结束的不显示。The newest word about each fault of each device, without those that are over.',
      at: [8, 4, 10, 11],
      queries: [alarmsNow()],
      links: 'rowDevice',
    },
    {
      id: 9,
      look: 'bars',
      zh: '具备功能的台数',
      en: 'Units that have each function',
      tells: '每项业务共有几台设备具备。Units that offer the function when they are well.',
      at: [18, 4, 6, 11],
      queries: [functions('unitsTotal')],
      unit: UNIT.count,
    },
    {
      id: 10,
      look: 'lines',
      zh: '告警与工单',
      en: 'Alarms and work orders',
      tells: '未结束告警数与未关闭工单数随时间的变化。Open alarms and open orders over time.',
      at: [0, 15, 12, 8],
      queries: [
        influxQl(
          `SELECT max(${field('alarmsOpen')}) AS "告警", max(${field('ordersOpen')}) AS "工单" FROM "gateway" WHERE ${hallScope} GROUP BY time($__interval) fill(none)`,
          { alias: '$col' },
        ),
      ],
      unit: UNIT.count,
    },
    {
      id: 11,
      look: 'lines',
      zh: '等候人数',
      en: 'Customers waiting',
      tells: '取号机报告的等候人数。Waiting customers, as the ticket machine tells.',
      at: [12, 15, 6, 8],
      queries: [
        influxQl(
          `SELECT max(${field('waiting')}) AS "n" FROM "queue" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
      ],
      unit: UNIT.count,
      links: 'seriesDevice',
    },
    {
      id: 12,
      look: 'lines',
      zh: '用电功率(各电表)',
      en: 'Power by meter',
      tells: '各电表有功功率的平均值;取用为正,送出为负。Mean active power of each meter; import is positive.',
      at: [18, 15, 6, 8],
      queries: [
        influxQl(
          `SELECT mean(${field('activePower')}) AS "W" FROM "meter" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
      ],
      unit: unitOf('activePower'),
      links: 'seriesDevice',
    },
    {
      id: 13,
      look: 'ranking',
      zh: '故障最多的设备',
      en: 'Devices with the most alarms',
      tells: '所选时间内各设备的告警数。Alarms of each device in the time range.',
      at: [0, 23, 12, 8],
      queries: [alarmsBy('device')],
      links: 'rowDevice',
    },
    {
      id: 14,
      look: 'ranking',
      zh: '告警按区域',
      en: 'Alarms by zone',
      tells: '所选时间内各区域的告警数。Alarms of each zone in the time range.',
      at: [12, 23, 12, 8],
      queries: [alarmsBy('zone')],
    },
  ],
}
