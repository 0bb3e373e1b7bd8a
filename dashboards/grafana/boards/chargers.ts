import { stateWord } from '../../../gateway/src/domain/words.ts'
import type { BoardSpec } from '../board.ts'
import { HALL_TIME, influxQl, scope } from '../influxql.ts'
import { COLOR } from '../thresholds.ts'
import { field, UNIT, unitOf } from '../units.ts'
import { devices, hall, kind, zone } from '../variables.ts'
import { alarmsBy, alarmsNow, availability, rises } from './shared-queries.ts'

const { ok, maintenance, charging, critical, unknown, warning } = COLOR
/** IEC 61851-1: A free, B connected, C and D charging, E and F out of order. */
const STATE_COLORS = { A: ok, B: maintenance, C: charging, D: charging, E: critical, F: critical }
const PROCESS_COLORS = {
  starting: unknown,
  notReady: ok,
  available: ok,
  waitingForAuthorisation: maintenance,
  ready: maintenance,
  suspended: maintenance,
  charging,
  interrupted: warning,
  error: critical,
  other: unknown,
}
const words = (quantity: string, colors: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(colors).map(([state, color]) => [state, { text: stateWord(quantity, state)?.zh ?? state, color }]),
  )
const STATES = { ...words('evseState', STATE_COLORS), ...words('chargerState', PROCESS_COLORS) }

/** A charger counts each session from zero: only increases are energy. */
const energy = (outer: string) =>
  `SELECT sum("rise") AS "kWh" FROM (${rises('sessionEnergy', '"evse"', '10m')})${outer}`

/** A car takes power from here on; below it is a charger’s own electronics. */
const CHARGING_FROM_W = 100

const drawing = (compared: string) =>
  influxQl(
    `SELECT count("p") AS "n" FROM (SELECT last(${field('activePower')}) AS "p" FROM "evse" WHERE ${scope} GROUP BY "device") WHERE "p" ${compared} ${CHARGING_FROM_W}`,
  )

export const chargersBoard: BoardSpec = {
  uid: 'hallwatt-chargers',
  zh: '充电桩',
  en: 'EV chargers',
  question: {
    zh: '有没有空闲的桩、有没有坏的桩、充了多少电?',
    en: 'Is a charger free, is one out of order, how much was charged?',
  },
  range: 'now-7d',
  refresh: '1m',
  variables: [hall(), zone(), kind(['evse']), devices()],
  panels: [
    {
      id: 401,
      look: 'stat',
      zh: '未在充电',
      en: 'Not charging',
      tells:
        '最近功率不高于 100 W 的桩数;车辆可能仍插着枪,见下方状态。Chargers whose newest power is 100 W or less; a car may still be plugged in, see the states below.',
      at: [0, 0, 4, 4],
      queries: [drawing('<=')],
      unit: UNIT.count,
      thresholds: 'online',
    },
    {
      id: 402,
      look: 'stat',
      zh: '正在充电',
      en: 'Charging',
      tells: '最近功率高于 100 W 的桩数。Chargers whose newest power is above 100 W.',
      at: [4, 0, 4, 4],
      queries: [drawing('>')],
      unit: UNIT.count,
    },
    {
      id: 403,
      look: 'stat',
      zh: '当前充电功率',
      en: 'Charging power now',
      tells: '各桩最近上报功率之和。Sum of the newest power of each charger.',
      at: [8, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT sum("p") AS "W" FROM (SELECT last(${field('activePower')}) AS "p" FROM "evse" WHERE ${scope} GROUP BY "device")`,
        ),
      ],
      unit: unitOf('activePower'),
    },
    {
      id: 404,
      look: 'stat',
      zh: '充电量',
      en: 'Energy charged',
      tells: '各次充电电量增量之和。Sum of the increases of session energy.',
      at: [12, 0, 4, 4],
      queries: [influxQl(energy(''))],
      unit: UNIT.energy,
    },
    {
      id: 405,
      look: 'stat',
      zh: '可用率',
      en: 'Availability',
      tells: '服务时间内没有 P1、P2 级故障的比例。Share of service hours without a fault of priority P1 or P2.',
      at: [16, 0, 4, 4],
      queries: [availability()],
      unit: UNIT.percent,
      thresholds: 'availability',
    },
    {
      id: 406,
      look: 'stat',
      zh: '最高枪头温度',
      en: 'Hottest connector',
      tells: '所选时间内枪头温度的最大值(仅智能桩上报)。Highest connector temperature, of chargers that report it.',
      at: [20, 0, 4, 4],
      queries: [influxQl(`SELECT max(${field('temperature.connector')}) AS "C" FROM "evse" WHERE ${scope}`)],
      unit: unitOf('temperature.connector'),
      thresholds: 'temperature',
    },
    {
      id: 407,
      look: 'states',
      zh: '各桩状态',
      en: 'State of each charger',
      tells:
        '按 IEC 61851-1 的状态,以及桩自己报告的充电过程(“过程”行)随时间的变化。States of IEC 61851-1 over time, and the charging process as the charger itself tells it.',
      at: [0, 4, 14, 6],
      queries: [
        influxQl(
          `SELECT last(${field('evseState')}) AS "state" FROM "evse" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
        influxQl(
          `SELECT last(${field('chargerState')}) AS "process" FROM "evse" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device 过程' },
        ),
      ],
      words: STATES,
      links: 'seriesDevice',
    },
    {
      id: 408,
      look: 'stacked',
      zh: '充电功率',
      en: 'Charging power',
      tells: '各桩平均功率,叠加。Mean power of each charger, stacked.',
      at: [0, 10, 14, 6],
      queries: [
        influxQl(
          `SELECT mean(${field('activePower')}) AS "W" FROM "evse" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
      ],
      unit: unitOf('activePower'),
      links: 'seriesDevice',
    },
    {
      id: 409,
      look: 'table',
      zh: '当前告警',
      en: 'Alarms now',
      tells: '每个桩每种故障的最新状态,已结束的不显示。The newest word about each fault, without those that are over.',
      at: [14, 4, 10, 6],
      queries: [alarmsNow()],
      links: 'rowDevice',
    },
    {
      id: 410,
      look: 'ranking',
      zh: '告警按故障',
      en: 'Alarms by fault',
      tells: '所选时间内各故障代码的告警数。Alarms by fault code.',
      at: [14, 10, 10, 6],
      queries: [alarmsBy('code')],
    },
    {
      id: 411,
      look: 'bars',
      zh: '充电量(各桩)',
      en: 'Energy by charger',
      tells: '各桩充电电量增量之和。Sum of the increases of session energy of each charger.',
      at: [0, 16, 8, 8],
      queries: [influxQl(energy(' GROUP BY "device"'), { alias: '$tag_device' })],
      unit: UNIT.energy,
      links: 'seriesDevice',
    },
    {
      id: 412,
      look: 'columns',
      zh: '每日充电量',
      en: 'Energy per day',
      tells: '每日充电电量增量之和。Sum of the increases of session energy on each day.',
      at: [8, 16, 8, 8],
      queries: [
        influxQl(`${energy(' WHERE $timeFilter GROUP BY time(1d), "device" fill(none)')} ${HALL_TIME}`, {
          alias: '$tag_device',
        }),
      ],
      unit: UNIT.energy,
      links: 'seriesDevice',
    },
    {
      id: 413,
      look: 'bars',
      zh: '最大充电功率',
      en: 'Highest power',
      tells: '所选时间内各桩功率的最大值。Highest power of each charger.',
      at: [16, 16, 8, 8],
      queries: [
        influxQl(`SELECT max(${field('activePower')}) AS "W" FROM "evse" WHERE ${scope} GROUP BY "device"`, {
          alias: '$tag_device',
        }),
      ],
      unit: unitOf('activePower'),
      links: 'seriesDevice',
    },
  ],
}
