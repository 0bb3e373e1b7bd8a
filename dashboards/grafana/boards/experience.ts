import type { DeviceKind } from '../../../gateway/src/domain/device-kind.ts'
import type { BoardSpec } from '../board.ts'
import { HALL_TIME, hallScope, influxQl, scope } from '../influxql.ts'
import { SCENARIO_NAMES } from '../scenario-names.ts'
import { field, UNIT, unitOf } from '../units.ts'
import { devices, hall, kind, kindsOf, zone } from '../variables.ts'
import { alarmsCounted, alarmsNow, rises } from './shared-queries.ts'

/** What visitors may try out; a metering plug takes the kind of what it feeds. */
const APPLIANCES: readonly DeviceKind[] = ['plug', 'cooker', 'water_heater', 'heat_pump', 'boiler', 'hvac', 'lamp']
const FROM = kindsOf(APPLIANCES)

const energy = (group: string) =>
  `SELECT sum("rise") AS "kWh" FROM (${rises('activeEnergyImport', FROM, '10m')})${group}`

const perAppliance = (how: string) =>
  influxQl(`SELECT ${how}(${field('activePower')}) AS "W" FROM ${FROM} WHERE ${scope} GROUP BY "device"`, {
    alias: '$tag_device',
  })

/** A run with a replayed part, or one that is computed, is never counted as live. */
const KINDS_OF_TRUTH = { live: '实时 live', replay: '含回放 partly replayed', simulated: '示意 simulated' }
const RUNS = `FROM "demo_run" WHERE ${hallScope}`
const LIVE = `${RUNS} AND ${field('runMark')} = 'live'`
/** Column → what it shows of a run. */
const LAST = {
  outcome: 'runState',
  mark: 'runMark',
  length: 'runDuration',
  energy: 'runEnergy',
  guesses: 'guessesTaken',
  audience: 'runAudience',
  reason: 'stopReason',
}
const counted = `count(${field('runDuration')}) AS "n"`

export const experienceBoard: BoardSpec = {
  uid: 'hallwatt-experience',
  zh: '体验区',
  en: 'Experience zone',
  question: {
    zh: '体验电器都能用吗、各用多少电、演了几场?',
    en: 'Do the appliances work, what does each use, and what was demonstrated?',
  },
  range: 'now-7d',
  refresh: '30s',
  variables: [hall(), zone(), kind(APPLIANCES), devices()],
  panels: [
    {
      id: 501,
      look: 'stat',
      zh: '当前总功率',
      en: 'Power now',
      tells: '各电器最近功率之和。Sum of the newest power of each appliance.',
      at: [0, 0, 5, 4],
      queries: [
        influxQl(
          `SELECT sum("p") AS "W" FROM (SELECT last(${field('activePower')}) AS "p" FROM ${FROM} WHERE ${scope} GROUP BY "device")`,
        ),
      ],
      unit: unitOf('activePower'),
    },
    {
      id: 502,
      look: 'stat',
      zh: '用电量',
      en: 'Energy',
      tells: '各电器电能计数在所选时间内的增量之和。Sum of the increases of the energy counters.',
      at: [5, 0, 5, 4],
      queries: [influxQl(energy(''))],
      unit: UNIT.energy,
    },
    {
      id: 503,
      look: 'stat',
      zh: '已通电的电器',
      en: 'Appliances switched on',
      tells: '插座最近状态为接通的电器数。Appliances whose plug was last seen switched on.',
      at: [10, 0, 4, 4],
      queries: [
        influxQl(
          `SELECT count("on") AS "n" FROM (SELECT last(${field('switchedOn')}) AS "on" FROM ${FROM} WHERE ${scope} GROUP BY "device") WHERE "on" = true`,
        ),
      ],
      unit: UNIT.count,
      thresholds: 'online',
    },
    {
      id: 504,
      look: 'stat',
      zh: '在线',
      en: 'Online',
      tells: '最近一次状态为在线的电器数。Appliances whose newest status is online.',
      at: [14, 0, 5, 4],
      queries: [
        influxQl(
          `SELECT count("on") AS "n" FROM (SELECT last(${field('online')}) AS "on" FROM "device_status" WHERE ${scope} GROUP BY "device") WHERE "on" = true`,
        ),
      ],
      unit: UNIT.count,
      thresholds: 'online',
    },
    {
      id: 505,
      look: 'stat',
      zh: '期内告警',
      en: 'Alarms in the time range',
      tells: '所选时间内的告警数,每个只计一次。Alarms, each counted once.',
      at: [19, 0, 5, 4],
      queries: [alarmsCounted()],
      unit: UNIT.count,
      links: 'alarms',
    },
    {
      id: 506,
      look: 'bars',
      zh: '当前功率(各电器)',
      en: 'Power now by appliance',
      tells: '各电器最近上报的功率。Newest power of each appliance.',
      at: [0, 4, 8, 12],
      queries: [perAppliance('last')],
      unit: unitOf('activePower'),
      links: 'seriesDevice',
    },
    {
      id: 507,
      look: 'stacked',
      zh: '功率变化',
      en: 'Power over time',
      tells: '各电器平均功率,叠加。Mean power of each appliance, stacked.',
      at: [8, 4, 16, 12],
      queries: [
        influxQl(
          `SELECT mean(${field('activePower')}) AS "W" FROM ${FROM} WHERE ${scope} GROUP BY time($__interval), "device" fill(none)`,
          { alias: '$tag_device' },
        ),
      ],
      unit: unitOf('activePower'),
      links: 'seriesDevice',
    },
    {
      id: 508,
      look: 'bars',
      zh: '用电量(各电器)',
      en: 'Energy by appliance',
      tells: '各电器电能计数在所选时间内的增量。Increase of each energy counter.',
      at: [0, 16, 8, 8],
      queries: [influxQl(energy(' GROUP BY "device"'), { alias: '$tag_device' })],
      unit: UNIT.energy,
      links: 'seriesDevice',
    },
    {
      id: 509,
      look: 'bars',
      zh: '最大功率(各电器)',
      en: 'Highest power by appliance',
      tells: '所选时间内各电器功率的最大值。Highest power of each appliance.',
      at: [8, 16, 8, 8],
      queries: [perAppliance('max')],
      unit: unitOf('activePower'),
      links: 'seriesDevice',
    },
    {
      id: 510,
      look: 'table',
      zh: '当前告警',
      en: 'Alarms now',
      tells:
        '每台电器每种故障的最新状态,已结束的不显示。The newest word about each fault, without those that are over.',
      at: [16, 16, 8, 8],
      queries: [alarmsNow()],
      links: 'rowDevice',
    },
    {
      id: 511,
      look: 'columns',
      zh: '每天演示场次',
      en: 'Demonstrations per day',
      tells:
        '每天结束的演示,按真实性分开;回放和彩排不计。Runs that ended, by kind of truth; replays of a record and rehearsals are in none.',
      at: [0, 24, 8, 8],
      queries: Object.entries(KINDS_OF_TRUTH).map(([mark, alias]) =>
        influxQl(
          `SELECT ${counted} ${RUNS} AND ${field('runMark')} = '${mark}' GROUP BY time(1d) fill(none) ${HALL_TIME}`,
          { alias },
        ),
      ),
      unit: UNIT.count,
      interval: '1d',
    },
    {
      id: 512,
      look: 'ranking',
      zh: '实时演示场次(各演示)',
      en: 'Live runs by demonstration',
      tells: '所选时间内实时演示的场次。Live runs in the time range.',
      at: [8, 24, 8, 8],
      queries: [influxQl(`SELECT ${counted} ${LIVE} GROUP BY "device"`, { table: true })],
      words: SCENARIO_NAMES,
    },
    {
      id: 513,
      look: 'bars',
      zh: '实时演示结果',
      en: 'How live runs ended',
      tells: '演完与中途停止的场次。Runs that came to their end, and runs that were stopped.',
      at: [16, 24, 8, 8],
      queries: [
        influxQl(`SELECT ${counted} ${LIVE} AND ${field('runState')} = 'done'`, { alias: '演完 done' }),
        influxQl(`SELECT ${counted} ${LIVE} AND ${field('runState')} = 'aborted'`, { alias: '中途停止 stopped' }),
      ],
      unit: UNIT.count,
    },
    {
      id: 514,
      look: 'bars',
      zh: '实时演示用电(各演示)',
      en: 'Energy of live runs by demonstration',
      tells: '实时演示中所接通电器的用电量。Energy of what was switched on in live runs.',
      at: [0, 32, 8, 8],
      queries: [
        influxQl(`SELECT sum(${field('runEnergy')}) AS "kWh" ${LIVE} GROUP BY "device"`, { alias: '$tag_device' }),
      ],
      unit: UNIT.energy,
      words: SCENARIO_NAMES,
    },
    {
      id: 515,
      look: 'table',
      zh: '最近的演示',
      en: 'Last demonstrations',
      tells:
        '最近二十场,含真实性、用电与停止原因。The last twenty, with kind of truth, energy and why one was stopped.',
      at: [8, 32, 16, 8],
      timed: true,
      queries: [
        influxQl(
          `SELECT "device" AS "scenario", ${Object.entries(LAST)
            .map(([column, quantity]) => `${field(quantity)} AS "${column}"`)
            .join(', ')} ${RUNS} ORDER BY time DESC LIMIT 20`,
          { table: true },
        ),
      ],
    },
  ],
}
