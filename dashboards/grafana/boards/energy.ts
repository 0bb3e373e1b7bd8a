import type { BoardSpec } from '../board.ts'
import { filled } from '../filled.ts'
import { chosen, HALL_TIME, influxQl, scope } from '../influxql.ts'
import { field, UNIT, unitOf } from '../units.ts'
import { devices, hall, kind, mainMeter, zone } from '../variables.ts'
import { rises } from './shared-queries.ts'

const IMPORT = 'activeEnergyImport'
/** The meter by which the hall is billed, whatever else is chosen. */
const main = `${chosen('hall')} AND "device" = '${filled('main')}' AND $timeFilter`
/** Every chosen meter but that one: it already holds what the others measure. */
const submeters = `${scope} AND "device" != '${filled('main')}'`

const mainEnergy = (quantity: string) =>
  influxQl(`SELECT sum("rise") AS "kWh" FROM (${rises(quantity, '"meter"', '1h', main)})`)

export const energyBoard: BoardSpec = {
  uid: 'hallwatt-energy',
  zh: '电能',
  en: 'Energy',
  question: {
    zh: '用了多少电、用在哪里、光伏和储能出了多少力、闭厅后还在耗多少?',
    en: 'How much energy, where, what do roof and battery give, what runs on after closing?',
  },
  range: 'now-7d',
  refresh: '1m',
  variables: [hall(), zone(), kind(['meter', 'pv', 'storage', 'meter_water', 'meter_gas']), devices(), mainMeter()],
  panels: [
    {
      id: 301,
      look: 'stat',
      zh: '取用电量',
      en: 'Energy taken from the grid',
      tells: '总表正向电能在所选时间内的增量。Increase of the main meter’s import register.',
      at: [0, 0, 4, 4],
      queries: [mainEnergy(IMPORT)],
      unit: UNIT.energy,
    },
    {
      id: 302,
      look: 'stat',
      zh: '送出电量',
      en: 'Energy given to the grid',
      tells: '总表反向电能在所选时间内的增量。Increase of the main meter’s export register.',
      at: [4, 0, 4, 4],
      queries: [mainEnergy('activeEnergyExport')],
      unit: UNIT.energy,
    },
    {
      id: 303,
      look: 'stat',
      zh: '当前功率',
      en: 'Power now',
      tells: '总表有功功率;取用为正,送出为负。Active power of the main meter; import is positive.',
      at: [8, 0, 4, 4],
      queries: [influxQl(`SELECT last(${field('activePower')}) AS "W" FROM "meter" WHERE ${main}`)],
      unit: unitOf('activePower'),
    },
    {
      id: 304,
      look: 'stat',
      zh: '光伏发电量',
      en: 'Roof yield',
      tells: '逆变器累计发电量在所选时间内的增量。Increase of the inverters’ yield counters.',
      at: [12, 0, 4, 4],
      queries: [influxQl(`SELECT sum("rise") AS "kWh" FROM (${rises('yieldEnergy', '"pv"', '1h')})`)],
      unit: UNIT.energy,
    },
    {
      id: 305,
      look: 'stat',
      zh: '储能电量',
      en: 'State of charge',
      tells: '储能最近上报的荷电状态。Newest state of charge.',
      at: [16, 0, 4, 4],
      queries: [
        influxQl(`SELECT last(${field('socPercent')}) AS "%" FROM "storage" WHERE ${scope} GROUP BY "device"`, {
          alias: '$tag_device',
        }),
      ],
      unit: UNIT.percent,
      max: 100,
    },
    {
      id: 306,
      look: 'stat',
      zh: '分表基础负荷',
      en: 'Base load behind the submeters',
      tells:
        '各分表每日最低半小时平均功率(期内平均)之和:闭厅后仍在运行的负荷。Sum over the submeters of the lowest half-hour mean of each day (mean over the days): what runs on after closing.',
      at: [20, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT sum("base") AS "W" FROM (SELECT mean("low") AS "base" FROM (
             SELECT min("p") AS "low" FROM (
               SELECT mean(${field('activePower')}) AS "p" FROM "meter" WHERE ${submeters} GROUP BY time(30m), "device" fill(none))
             WHERE $timeFilter GROUP BY time(1d), "device" fill(none) ${HALL_TIME})
           GROUP BY "device")`,
        ),
      ],
      unit: unitOf('activePower'),
    },
    {
      id: 307,
      look: 'lines',
      zh: '总表、光伏、储能功率',
      en: 'Grid, roof and battery',
      tells:
        '平均有功功率:总表取用为正,光伏发电为正,储能放电为正。Mean power: grid import, generation and discharge are positive.',
      at: [0, 4, 12, 11],
      queries: [
        influxQl(
          `SELECT mean(${field('activePower')}) AS "W" FROM "meter" WHERE ${main} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '电网 $tag_device' },
        ),
        influxQl(
          `SELECT mean(${field('generatedPower')}) AS "W" FROM "pv" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '光伏 $tag_device' },
        ),
        influxQl(
          `SELECT mean(${field('batteryPower')}) AS "W" FROM "storage" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '储能 $tag_device' },
        ),
      ],
      unit: unitOf('activePower'),
      links: 'seriesDevice',
    },
    {
      id: 308,
      look: 'bars',
      zh: '各分表电量',
      en: 'Energy by submeter',
      tells: '各分表正向电能在所选时间内的增量。Increase of each submeter’s import register.',
      at: [12, 4, 6, 11],
      queries: [
        influxQl(`SELECT sum("rise") AS "kWh" FROM (${rises(IMPORT, '"meter"', '1h', submeters)}) GROUP BY "device"`, {
          alias: '$tag_device',
        }),
      ],
      unit: UNIT.energy,
      links: 'seriesDevice',
    },
    {
      id: 309,
      look: 'bars',
      zh: '各区域电量',
      en: 'Energy by zone',
      tells:
        '各区域分表电量之和;一只分表挂在另一只之下时会重复计算。Sum of the submeters of a zone; a meter below another one counts twice.',
      at: [18, 4, 6, 11],
      queries: [
        influxQl(`SELECT sum("rise") AS "kWh" FROM (${rises(IMPORT, '"meter"', '1h', submeters)}) GROUP BY "zone"`, {
          alias: '$tag_zone',
        }),
      ],
      unit: UNIT.energy,
    },
    {
      id: 310,
      look: 'columns',
      zh: '每日电量(各分表)',
      en: 'Energy per day by submeter',
      tells: '各分表正向电能每日的增量。Daily increase of each import register.',
      at: [0, 15, 12, 8],
      queries: [
        influxQl(
          `SELECT non_negative_difference(last(${field(IMPORT)})) AS "kWh" FROM "meter" WHERE ${submeters} GROUP BY time(1d), "device" ${HALL_TIME}`,
          { alias: '$tag_device' },
        ),
      ],
      unit: UNIT.energy,
      links: 'seriesDevice',
    },
    {
      id: 311,
      look: 'lines',
      zh: '每日基础负荷(各分表)',
      en: 'Base load per day by submeter',
      tells: '每日最低的半小时平均功率。Lowest half-hour mean of each day.',
      at: [12, 15, 12, 8],
      queries: [
        influxQl(
          `SELECT min("p") AS "W" FROM (SELECT mean(${field('activePower')}) AS "p" FROM "meter" WHERE ${submeters} GROUP BY time(30m), "device" fill(none)) WHERE $timeFilter GROUP BY time(1d), "device" fill(none) ${HALL_TIME}`,
          { alias: '$tag_device' },
        ),
      ],
      unit: unitOf('activePower'),
      links: 'seriesDevice',
    },
    {
      id: 312,
      look: 'lines',
      zh: '总表电压',
      en: 'Voltage of the main meter',
      tells: '三相相电压的平均值;允许 198–242 V。Mean voltage to neutral; 198–242 V is allowed.',
      at: [0, 23, 8, 8],
      queries: [
        influxQl(
          `SELECT mean(${field('voltageL1')}) AS "A", mean(${field('voltageL2')}) AS "B", mean(${field('voltageL3')}) AS "C" FROM "meter" WHERE ${main} GROUP BY time($__interval) fill(none)`,
          { alias: '$col' },
        ),
      ],
      unit: unitOf('voltageL1'),
      thresholds: 'voltage',
    },
    {
      id: 313,
      look: 'lines',
      zh: '储能电量变化',
      en: 'State of charge over time',
      tells: '荷电状态的平均值。Mean state of charge.',
      at: [8, 23, 8, 8],
      queries: [
        influxQl(
          `SELECT mean(${field('socPercent')}) AS "%" FROM "storage" WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
      ],
      unit: UNIT.percent,
      max: 100,
      links: 'seriesDevice',
    },
    {
      id: 314,
      look: 'columns',
      zh: '每日光伏发电量',
      en: 'Roof yield per day',
      tells: '逆变器累计发电量每日的增量。Daily increase of the yield counters.',
      at: [16, 23, 8, 8],
      queries: [
        influxQl(
          `SELECT non_negative_difference(last(${field('yieldEnergy')})) AS "kWh" FROM "pv" WHERE ${scope} GROUP BY time(1d), "device" ${HALL_TIME}`,
          { alias: '$tag_device' },
        ),
      ],
      unit: UNIT.energy,
      links: 'seriesDevice',
    },
  ],
}
