import type { BoardSpec } from '../board.ts'
import { filled } from '../filled.ts'
import { influxQl, scope } from '../influxql.ts'
import { field, UNIT, unitOf } from '../units.ts'
import { hall, kind, measurementOfDevice, oneDevice, zone } from '../variables.ts'
import { alarmsBy, alarmsCounted, rises } from './shared-queries.ts'

/** Readings of the chosen device, whatever it is. */
const READINGS = `/^${filled('measurement:regex')}$/`

const newest = (quantity: string, from = READINGS) =>
  influxQl(`SELECT last(${field(quantity)}) AS "n" FROM ${from} WHERE ${scope} GROUP BY "device"`, {
    alias: '$tag_device',
  })

const lines = (quantities: readonly (readonly [quantity: string, name: string])[], how = 'mean') =>
  influxQl(
    `SELECT ${quantities.map(([quantity, name]) => `${how}(${field(quantity)}) AS "${name}"`).join(', ')} FROM ${READINGS} WHERE ${scope} GROUP BY time($__interval) fill(none)`,
    { alias: '$col' },
  )

export const deviceBoard: BoardSpec = {
  uid: 'hallwatt-device',
  zh: '单台设备',
  en: 'One device',
  question: { zh: '这台设备现在好不好、最近出过什么事?', en: 'Is this device well, and what happened to it lately?' },
  range: 'now-24h',
  refresh: '30s',
  variables: [hall(), zone(), kind(), oneDevice(), measurementOfDevice()],
  panels: [
    {
      id: 701,
      look: 'stat',
      zh: '在线',
      en: 'Online',
      tells: '最近一次状态。Newest status.',
      at: [0, 0, 4, 4],
      queries: [newest('online', '"device_status"')],
      words: {
        true: { text: '在线', color: '#48E2AF' },
        false: { text: '离线', color: '#8E96A0' },
      },
    },
    {
      id: 702,
      look: 'stat',
      zh: '在线率',
      en: 'Seen online',
      tells: '状态记录中在线的次数。Status records that say online.',
      at: [4, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT count(${field('online')}) AS "n" FROM "device_status" WHERE ${scope} AND ${field('online')} = true`,
        ),
      ],
      unit: UNIT.count,
    },
    {
      id: 703,
      look: 'stat',
      zh: '服务时间可用率',
      en: 'Availability in service hours',
      tells:
        '服务时间内没有 P1、P2 级故障的比例;不面向客户的设备没有此项。Share of its service hours without a fault of priority P1 or P2; only devices that serve customers have it.',
      at: [8, 0, 4, 4],
      queries: [influxQl(`SELECT mean(${field('dutyAvailability')}) AS "%" FROM "device_status" WHERE ${scope}`)],
      unit: UNIT.percent,
      thresholds: 'availability',
    },
    {
      id: 704,
      look: 'stat',
      zh: '期内告警',
      en: 'Alarms in the time range',
      tells: '所选时间内的告警数,每个只计一次。Alarms, each counted once.',
      at: [12, 0, 4, 4],
      queries: [alarmsCounted()],
      unit: UNIT.count,
      links: 'alarms',
    },
    {
      id: 705,
      look: 'stat',
      zh: '期内工单',
      en: 'Work orders in the time range',
      tells: '所选时间内有变化的工单数,每张只计一次。Orders that changed, each counted once.',
      at: [16, 0, 4, 4],
      queries: [influxQl(`SELECT count(distinct(${field('orderId')})) AS "n" FROM "work_order" WHERE ${scope}`)],
      unit: UNIT.count,
    },
    {
      id: 706,
      look: 'stat',
      zh: '当前功率',
      en: 'Power now',
      tells: '最近上报的有功功率。Newest active power.',
      at: [20, 0, 4, 4],
      queries: [newest('activePower')],
      unit: unitOf('activePower'),
    },
    {
      id: 707,
      look: 'table',
      zh: '最近上报的全部数值',
      en: 'Everything it said last',
      tells: '最近一次上报中的全部字段。All fields of the newest message.',
      at: [0, 4, 24, 4],
      timed: true,
      queries: [influxQl(`SELECT * FROM ${READINGS} WHERE ${scope} ORDER BY time DESC LIMIT 1`, { table: true })],
    },
    {
      id: 708,
      look: 'lines',
      zh: '功率',
      en: 'Power',
      tells: '有功功率的平均值;取用为正。Mean active power; import is positive.',
      at: [0, 8, 12, 8],
      queries: [lines([['activePower', '有功 active']])],
      unit: unitOf('activePower'),
    },
    {
      id: 709,
      look: 'ranking',
      zh: '出过的故障',
      en: 'Faults it had',
      tells: '所选时间内各故障代码的告警数。Alarms by fault code.',
      at: [12, 8, 12, 8],
      queries: [alarmsBy('code')],
    },
    {
      id: 710,
      look: 'lines',
      zh: '电压',
      en: 'Voltage',
      tells: '各相相电压的平均值。Mean voltage to neutral by phase.',
      at: [0, 16, 8, 8],
      queries: [
        lines([
          ['voltageL1', 'A'],
          ['voltageL2', 'B'],
          ['voltageL3', 'C'],
        ]),
      ],
      unit: unitOf('voltageL1'),
      thresholds: 'voltage',
    },
    {
      id: 711,
      look: 'lines',
      zh: '电流',
      en: 'Current',
      tells: '各相电流的最大值。Highest current by phase.',
      at: [8, 16, 8, 8],
      queries: [
        lines(
          [
            ['currentL1', 'A'],
            ['currentL2', 'B'],
            ['currentL3', 'C'],
          ],
          'max',
        ),
      ],
      unit: unitOf('currentL1'),
    },
    {
      id: 712,
      look: 'columns',
      zh: '每小时电量',
      en: 'Energy per hour',
      tells: '正向电能每小时的增量。Increase of the import register per hour.',
      at: [16, 16, 8, 8],
      queries: [influxQl(rises('activeEnergyImport', READINGS, '1h'), { alias: '$tag_device' })],
      unit: UNIT.energy,
    },
    {
      id: 713,
      look: 'lines',
      zh: '纸量与钞箱',
      en: 'Paper and cash box',
      tells: '终端的凭条纸、发票纸余量与钞箱占用。Receipt paper, invoice paper and cash box of a terminal.',
      at: [0, 24, 12, 8],
      queries: [
        lines([
          ['paperRemaining.receipt', '凭条纸 receipt'],
          ['paperRemaining.invoice', '发票纸 invoice'],
          ['cashBoxFill', '钞箱 cash box'],
        ]),
      ],
      unit: UNIT.percent,
      max: 100,
    },
    {
      id: 714,
      look: 'columns',
      zh: '每小时交易',
      en: 'Transactions per hour',
      tells: '交易计数每小时的增量。Increase of the transaction counter per hour.',
      at: [12, 24, 12, 8],
      queries: [influxQl(rises('transactions', READINGS, '1h'), { alias: '$tag_device' })],
      unit: UNIT.count,
    },
  ],
}
