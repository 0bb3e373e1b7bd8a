import type { BoardSpec } from '../board.ts'
import { HALL_TIME, hallScope, influxQl, scopeWithGateway } from '../influxql.ts'
import { field, UNIT, unitOf } from '../units.ts'
import { devices, hall, kind, zone } from '../variables.ts'

/** Every order that closed tells this once, unless it was merged into another. */
const CLOSED = field('orderFalseAlarm')
const rate = (quantity: string) =>
  influxQl(`SELECT mean(${field(quantity)}) AS "%" FROM "work_order" WHERE ${scopeWithGateway}`)

const STAGES: readonly (readonly [quantity: string, zh: string])[] = [
  ['orderDetectTime', '1 发现'],
  ['orderAcknowledgeTime', '2 接单'],
  ['orderArriveTime', '3 到场'],
  ['orderFixTime', '4 修复'],
  ['orderVerifyTime', '5 自检'],
]
const stages = (of: (field: string) => string) =>
  influxQl(
    `SELECT ${STAGES.map(([quantity, zh]) => `${of(field(quantity))} AS "${zh}"`).join(', ')} FROM "work_order" WHERE ${scopeWithGateway}`,
    { alias: '$col' },
  )

const byPriority = (figure: string) =>
  ['P1', 'P2', 'P3', 'P4'].map((priority) =>
    influxQl(
      `SELECT ${figure} AS "n" FROM "work_order" WHERE ${scopeWithGateway} AND ${field('orderPriority')} = '${priority}'`,
      { alias: priority },
    ),
  )

const TIME = unitOf('orderToRepairTime')

export const repairBoard: BoardSpec = {
  uid: 'hallwatt-repair',
  zh: '工单与修复',
  en: 'Repair',
  question: {
    zh: '修得快不快、卡在哪个环节、哪些故障反复出现?',
    en: 'How fast is repair, which stage takes the time, which faults come back?',
  },
  range: 'now-30d',
  refresh: '5m',
  variables: [hall(), zone(), kind(), devices()],
  panels: [
    {
      id: 201,
      look: 'stat',
      zh: '修复时间中位数',
      en: 'Median time to repair',
      tells: '自检通过 − 建单 − 挂起。From the order to the device’s own proof, without suspended time.',
      at: [0, 0, 4, 4],
      queries: [
        influxQl(`SELECT median(${field('orderToRepairTime')}) AS "s" FROM "work_order" WHERE ${scopeWithGateway}`),
      ],
      unit: TIME,
      thresholds: 'repairTime',
    },
    {
      id: 202,
      look: 'stat',
      zh: '时限达成率',
      en: 'SLA hit',
      tells:
        '各时限均未超时的已关闭工单 ÷ 有时限的已关闭工单。Closed orders with every clock in time ÷ closed orders with a clock.',
      at: [4, 0, 4, 4],
      queries: [rate('orderInTime')],
      unit: UNIT.percent,
      thresholds: 'rate',
    },
    {
      id: 203,
      look: 'stat',
      zh: '未关闭工单',
      en: 'Orders open',
      tells: '此刻未关闭的工单数。Work orders that are not closed.',
      at: [8, 0, 4, 4],
      queries: [
        influxQl(`SELECT last(${field('ordersOpen')}) AS "n" FROM "gateway" WHERE ${hallScope} GROUP BY "hall"`, {
          alias: '$tag_hall',
        }),
      ],
      unit: UNIT.count,
      thresholds: 'anyIsWarning',
    },
    {
      id: 204,
      look: 'stat',
      zh: '已关闭工单',
      en: 'Orders closed',
      tells: '所选时间内关闭的工单数(并入其他工单的不计)。Orders closed in the time range, without merged ones.',
      at: [12, 0, 4, 4],
      queries: [influxQl(`SELECT count(${CLOSED}) AS "n" FROM "work_order" WHERE ${scopeWithGateway}`)],
      unit: UNIT.count,
    },
    {
      id: 205,
      look: 'stat',
      zh: '一次修复率',
      en: 'First-time-fix rate',
      tells:
        '只到场一次且自检未失败的工单 ÷ 有到场的已关闭工单。Orders with one arrival and no failed proof ÷ closed orders with an arrival.',
      at: [16, 0, 4, 4],
      queries: [rate('orderFirstTimeFix')],
      unit: UNIT.percent,
      thresholds: 'rate',
    },
    {
      id: 206,
      look: 'stat',
      zh: '主动发现率',
      en: 'Found by us',
      tells:
        '期内关闭的工单中由遥测发现的比例(计划性工单不计)。Share of the orders closed in the time range that telemetry found, without planned ones.',
      at: [20, 0, 4, 4],
      queries: [rate('orderFoundByUs')],
      unit: UNIT.percent,
      thresholds: 'rate',
    },
    {
      id: 207,
      look: 'bars',
      zh: '五个环节用时:中位数',
      en: 'Five stages: median',
      tells: '发现、接单、到场、修复、自检各环节用时的中位数。Median time of each stage.',
      at: [0, 4, 8, 6],
      queries: [stages((of) => `median(${of})`)],
      unit: TIME,
      thresholds: 'repairTime',
    },
    {
      id: 208,
      look: 'bars',
      zh: '五个环节用时:P90',
      en: 'Five stages: 90th percentile',
      tells: '每十单中有九单不超过该用时。Nine of ten orders took no longer.',
      at: [0, 10, 8, 6],
      queries: [stages((of) => `percentile(${of}, 90)`)],
      unit: TIME,
      thresholds: 'repairTime',
    },
    {
      id: 209,
      look: 'table',
      zh: '未关闭工单清单',
      en: 'Orders that are open',
      tells:
        '每台设备每种故障最近一张工单,已关闭的不显示。The newest order of each device and fault, without closed ones.',
      at: [8, 4, 8, 12],
      queries: [
        influxQl(
          `SELECT "order", "priority", "state", "age" FROM (
             SELECT last(${field('orderState')}) AS "state", last(${field('orderPriority')}) AS "priority",
                    last(${field('orderId')}) AS "order", last(${field('orderAge')}) AS "age"
             FROM "work_order" WHERE ${scopeWithGateway} GROUP BY "device", "code")
           WHERE "state" != 'closed' GROUP BY "device", "code"`,
          { table: true },
        ),
      ],
      links: 'rowOrder',
    },
    {
      id: 210,
      look: 'table',
      zh: '重复故障',
      en: 'Repeat faults',
      tells: '所选时间内同一设备同一故障关闭过两张以上工单。Device and fault with two or more closed orders.',
      at: [16, 4, 8, 12],
      queries: [
        influxQl(
          `SELECT "n" FROM (SELECT count(${CLOSED}) AS "n" FROM "work_order" WHERE ${scopeWithGateway} GROUP BY "device", "code") WHERE "n" > 1 GROUP BY "device", "code"`,
          { table: true },
        ),
      ],
      links: 'rowDevice',
    },
    {
      id: 211,
      look: 'bars',
      zh: '时限达成率(按优先级)',
      en: 'SLA hit by priority',
      tells: '各优先级工单的时限达成率。Share of orders in time, by priority.',
      at: [0, 16, 6, 7],
      queries: byPriority(`mean(${field('orderInTime')})`),
      unit: UNIT.percent,
      thresholds: 'rate',
      max: 100,
    },
    {
      id: 212,
      look: 'bars',
      zh: '关闭数(按优先级)',
      en: 'Closed by priority',
      tells: '各优先级关闭的工单数。Closed orders by priority.',
      at: [6, 16, 6, 7],
      queries: byPriority(`count(${CLOSED})`),
      unit: UNIT.count,
    },
    {
      id: 213,
      look: 'bars',
      zh: '修复时间(按型号)',
      en: 'Time to repair by model',
      tells: '各型号修复时间的中位数。Median time to repair by device profile.',
      at: [12, 16, 6, 7],
      queries: [
        influxQl(
          `SELECT median(${field('orderToRepairTime')}) AS "s" FROM "work_order" WHERE ${scopeWithGateway} GROUP BY "profile"`,
          { alias: '$tag_profile' },
        ),
      ],
      unit: TIME,
      thresholds: 'repairTime',
    },
    {
      id: 214,
      look: 'bars',
      zh: '误报率与重开率',
      en: 'False alarms and reopened',
      tells:
        '期内关闭的工单中:以“无故障”结束的比例;因 24 小时内同设备同故障而重开的比例。Of the orders closed in the time range: finished as “no fault”; made because the same fault came back within 24 h.',
      at: [18, 16, 6, 7],
      queries: [
        influxQl(
          `SELECT mean(${field('orderFalseAlarm')}) AS "误报", mean(${field('orderReopened')}) AS "重开" FROM "work_order" WHERE ${scopeWithGateway}`,
          { alias: '$col' },
        ),
      ],
      unit: UNIT.percent,
      thresholds: 'failureRate',
      max: 100,
    },
    {
      id: 215,
      look: 'columns',
      zh: '每日关闭工单',
      en: 'Orders closed per day',
      tells: '每日关闭的工单数。Orders closed on each day.',
      at: [0, 23, 12, 8],
      queries: [
        influxQl(
          `SELECT count(${CLOSED}) AS "关闭 closed" FROM "work_order" WHERE ${scopeWithGateway} GROUP BY time(1d) fill(0) ${HALL_TIME}`,
          { alias: '$col' },
        ),
      ],
      unit: UNIT.count,
    },
    {
      id: 216,
      look: 'lines',
      zh: '每日修复时间',
      en: 'Time to repair per day',
      tells: '每日关闭工单修复时间的中位数。Median time to repair of the orders closed on each day.',
      at: [12, 23, 12, 8],
      queries: [
        influxQl(
          `SELECT median(${field('orderToRepairTime')}) AS "中位数 median" FROM "work_order" WHERE ${scopeWithGateway} GROUP BY time(1d) fill(none) ${HALL_TIME}`,
          { alias: '$col' },
        ),
      ],
      unit: TIME,
    },
  ],
}
