import type { BoardSpec } from '../board.ts'
import { influxQl, scope } from '../influxql.ts'
import { field, UNIT, unitOf } from '../units.ts'
import { devices, hall, kind, zone } from '../variables.ts'
import { alarmsBy, alarmsCounted, alarmsNow, availability, risen } from './shared-queries.ts'

const newest = (quantity: string) =>
  influxQl(`SELECT last(${field(quantity)}) AS "n" FROM "kiosk" WHERE ${scope} GROUP BY "device"`, {
    alias: '$tag_device',
  })

/**
 * Days until a level is used up at the pace of the time range: level ÷ mean use per hour ÷ 24. Hours in which it was filled up
 * are left out of the pace; a device that used nothing gets no forecast. `left`: paper runs down; else a box fills up to 100 %.
 */
function daysLeft(quantity: string, left: boolean): string {
  const level = field(quantity)
  const [used, rest] = left ? ['"from" - "to"', '"level"'] : ['"to" - "from"', '(100 - "level")']
  return `SELECT ${rest} / "pace" / 24 AS "days" FROM (
    SELECT last("to") AS "level", mean("used") AS "pace" FROM (
      SELECT "to", "used" FROM (
        SELECT "to", ${used} AS "used" FROM (
          SELECT first(${level}) AS "from", last(${level}) AS "to" FROM "kiosk" WHERE ${scope} GROUP BY time(1h), "device" fill(none)))
      WHERE "used" >= 0) GROUP BY "device")
  WHERE "pace" > 0 GROUP BY "device"`
}

const PAPER = 'paperRemaining.receipt'

export const kiosksBoard: BoardSpec = {
  uid: 'hallwatt-kiosks',
  zh: '自助终端',
  en: 'Kiosk health',
  question: {
    zh: '哪台终端不好用、哪种故障最多、纸和钞箱还能撑几天?',
    en: 'Which terminal is unwell, which fault is the most frequent, how long do paper and cash box last?',
  },
  range: 'now-7d',
  refresh: '1m',
  variables: [hall(), zone(), kind(['kiosk']), devices()],
  panels: [
    {
      id: 101,
      look: 'stat',
      zh: '终端可用率',
      en: 'Terminal availability',
      tells: 'Σ可用时间 ÷ Σ服务时间。Usable time ÷ service hours.',
      at: [0, 0, 4, 4],
      queries: [availability()],
      unit: UNIT.percent,
      thresholds: 'availability',
    },
    {
      id: 102,
      look: 'stat',
      zh: '在线终端',
      en: 'Terminals online',
      tells: '最近一次状态为在线的终端数。Terminals whose newest status is online.',
      at: [4, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT count("on") AS "n" FROM (SELECT last(${field('online')}) AS "on" FROM "device_status" WHERE ${scope} GROUP BY "device") WHERE "on" = true`,
        ),
      ],
      unit: UNIT.count,
    },
    {
      id: 103,
      look: 'stat',
      zh: '期内告警',
      en: 'Alarms in the time range',
      tells: '所选时间内的告警数,每个只计一次。Alarms, each counted once.',
      at: [8, 0, 4, 4],
      queries: [alarmsCounted()],
      unit: UNIT.count,
      links: 'alarms',
    },
    {
      id: 104,
      look: 'stat',
      zh: '交易笔数',
      en: 'Transactions',
      tells: '终端计数器在所选时间内的增量。Increase of the terminals’ counters.',
      at: [12, 0, 4, 4],
      queries: [risen('transactions', '"kiosk"')],
      unit: UNIT.count,
    },
    {
      id: 105,
      look: 'stat',
      zh: '交易失败率',
      en: 'Failed transactions',
      tells: '失败笔数 ÷ (成功+失败)笔数。Failed ÷ all transactions.',
      at: [16, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT sum("failed") / (sum("ok") + sum("failed")) * 100 AS "%" FROM (
             SELECT non_negative_difference(last(${field('transactions')})) AS "ok",
                    non_negative_difference(last(${field('transactionsFailed')})) AS "failed"
             FROM "kiosk" WHERE ${scope} GROUP BY time(1h), "device")`,
        ),
      ],
      unit: UNIT.percent,
      thresholds: 'failureRate',
    },
    {
      id: 106,
      look: 'stat',
      zh: '最先缺纸',
      en: 'First to run out of paper',
      tells:
        '凭条纸按所选时间内的消耗速度还能用的最少天数。Fewest days of receipt paper at the pace of the time range.',
      at: [20, 0, 4, 4],
      queries: [influxQl(`SELECT min("days") AS "days" FROM (${daysLeft(PAPER, true)})`)],
      unit: UNIT.days,
      thresholds: 'daysLeft',
    },
    {
      id: 107,
      look: 'ranking',
      zh: '故障帕累托',
      en: 'Pareto of faults',
      tells: '所选时间内各故障代码的告警数,从多到少。Alarms by fault code, most first.',
      at: [0, 4, 8, 11],
      queries: [alarmsBy('code')],
    },
    {
      id: 108,
      look: 'bars',
      zh: '可用率(各终端)',
      en: 'Availability by terminal',
      tells: '各终端在服务时间内可用的比例。Share of its service hours in which each terminal served.',
      at: [8, 4, 8, 11],
      queries: [availability('"device"')],
      unit: UNIT.percent,
      thresholds: 'availability',
      max: 100,
      links: 'seriesDevice',
    },
    {
      id: 109,
      look: 'bars',
      zh: '凭条纸还能用几天',
      en: 'Receipt paper: days left',
      tells:
        '剩余 ÷ 所选时间内平均每小时消耗 ÷ 24;补纸的小时不计入速度。Level ÷ mean use per hour ÷ 24; hours in which it was refilled do not count.',
      at: [16, 4, 8, 6],
      queries: [influxQl(daysLeft(PAPER, true), { alias: '$tag_device' })],
      unit: UNIT.days,
      thresholds: 'daysLeft',
      links: 'seriesDevice',
    },
    {
      id: 110,
      look: 'bars',
      zh: '钞箱几天后满',
      en: 'Cash box: days until full',
      tells: '(100 % − 占用) ÷ 平均每小时增加 ÷ 24。Free share ÷ mean rise per hour ÷ 24.',
      at: [16, 10, 8, 5],
      queries: [influxQl(daysLeft('cashBoxFill', false), { alias: '$tag_device' })],
      unit: UNIT.days,
      thresholds: 'daysLeft',
      links: 'seriesDevice',
    },
    {
      id: 111,
      look: 'ranking',
      zh: '故障按型号',
      en: 'Alarms by model',
      tells: '所选时间内各型号(配置文件)的告警数。Alarms by device profile.',
      at: [0, 15, 8, 8],
      queries: [alarmsBy('profile')],
    },
    {
      id: 112,
      look: 'bars',
      zh: '凭条纸余量',
      en: 'Receipt paper left',
      tells: '各终端最近上报的凭条纸余量。Newest level of each terminal.',
      at: [8, 15, 8, 8],
      queries: [newest(PAPER)],
      unit: UNIT.percent,
      thresholds: 'left',
      max: 100,
      links: 'seriesDevice',
    },
    {
      id: 113,
      look: 'bars',
      zh: '钞箱占用',
      en: 'Cash box fill',
      tells: '各终端最近上报的钞箱占用。Newest fill of each terminal.',
      at: [16, 15, 8, 8],
      queries: [newest('cashBoxFill')],
      unit: UNIT.percent,
      thresholds: 'fill',
      max: 100,
      links: 'seriesDevice',
    },
    {
      id: 114,
      look: 'table',
      zh: '当前告警',
      en: 'Alarms now',
      tells:
        '每台终端每种故障的最新状态,已结束的不显示。The newest word about each fault, without those that are over.',
      at: [0, 23, 12, 8],
      queries: [alarmsNow()],
      links: 'rowDevice',
    },
    {
      id: 115,
      look: 'lines',
      zh: '纸量变化',
      en: 'Receipt paper over time',
      tells: '各终端凭条纸余量的平均值。Mean level of each terminal.',
      at: [12, 23, 12, 8],
      queries: [
        influxQl(
          `SELECT mean(${field(PAPER)}) AS "%" FROM "kiosk" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
      ],
      unit: UNIT.percent,
      links: 'seriesDevice',
    },
    {
      id: 116,
      look: 'columns',
      zh: '每日交易笔数',
      en: 'Transactions per day',
      tells: '各终端计数器每日的增量。Daily increase of each terminal’s counter.',
      at: [0, 31, 12, 8],
      queries: [
        influxQl(
          `SELECT non_negative_difference(last(${field('transactions')})) AS "n" FROM "kiosk" WHERE ${scope} GROUP BY time(1d), "device" tz('Asia/Shanghai')`,
          { alias: '$tag_device' },
        ),
      ],
      unit: UNIT.count,
      links: 'seriesDevice',
    },
    {
      id: 117,
      look: 'lines',
      zh: '机柜温度',
      en: 'Cabinet temperature',
      tells: '各终端机柜温度的最大值。Highest cabinet temperature of each terminal.',
      at: [12, 31, 12, 8],
      queries: [
        influxQl(
          `SELECT max(${field('temperature.cabinet')}) AS "C" FROM "kiosk" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
      ],
      unit: unitOf('temperature.cabinet'),
      thresholds: 'temperature',
      links: 'seriesDevice',
    },
  ],
}
