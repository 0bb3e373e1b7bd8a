import { type DynamicConfigValue, MappingType } from '@grafana/grafana-foundation-sdk/dashboard'
import { FAULT_CODES } from '../../gateway/src/domain/fault-codes.ts'
import { PRIORITIES } from '../../gateway/src/domain/priority.ts'
import { ORDER_STATES } from '../../gateway/src/work-orders/work-order.ts'
import { SCENARIO_NAMES } from './scenario-names.ts'
import { COLOR } from './thresholds.ts'
import { unitOf } from './units.ts'

/** What the columns of tables are called; links go by the names in the query. */
const NAMES: Readonly<Record<string, string>> = {
  device: '设备 device',
  zone: '区域 zone',
  code: '故障 fault',
  profile: '型号 profile',
  alarm: '告警 alarm',
  order: '工单 order',
  priority: '优先级 priority',
  state: '状态 state',
  present: '故障存在 present',
  online: '在线 online',
  age: '历时 age',
  n: '次数 count',
  scenario: '演示 demonstration',
  outcome: '结果 outcome',
  mark: '真实性 kind of truth',
  length: '时长 length',
  energy: '用电 energy',
  guesses: '竞猜 guesses',
  audience: '观众 audience',
  reason: '停止原因 reason',
}

type Words = Readonly<Record<string, { readonly text: string; readonly color?: string }>>

const named = (
  words: Readonly<Record<string, { readonly zh: string }>>,
  shown = (_id: string, zh: string) => zh,
): Words => Object.fromEntries(Object.entries(words).map(([id, { zh }]) => [id, { text: shown(id, zh) }]))

/** ISA-18.2; an alarm that is over is not shown. */
const ALARM_STATES: Words = {
  unacknowledged: { text: '未确认', color: COLOR.critical },
  acknowledged: { text: '已确认', color: COLOR.warning },
  returnedUnacknowledged: { text: '已恢复，未确认', color: COLOR.maintenance },
}
const YES_NO: Words = { true: { text: '是' }, false: { text: '否' } }

const WORDS: Readonly<Record<string, Words>> = {
  code: named(FAULT_CODES, (id, zh) => `${zh} ${id}`),
  priority: named(PRIORITIES, (id, zh) => `${id} ${zh}`),
  state: { ...ALARM_STATES, ...named(ORDER_STATES) },
  present: YES_NO,
  online: YES_NO,
  scenario: SCENARIO_NAMES,
  outcome: { done: { text: '演完' }, aborted: { text: '中途停止', color: COLOR.warning } },
  mark: {
    live: { text: '实时' },
    replay: { text: '含回放', color: COLOR.unknown },
    simulated: { text: '示意', color: COLOR.unknown },
  },
}

/** Units of columns; those of stats and lines stand with their panel. */
const UNITS: Readonly<Record<string, string>> = {
  age: unitOf('orderAge'),
  length: unitOf('runDuration'),
  energy: unitOf('runEnergy'),
}

/** How each column is shown that a query of this panel names. */
export function columnsOf(queries: readonly string[]): readonly (readonly [column: string, DynamicConfigValue[]])[] {
  const text = queries.join(' ')
  return Object.entries(NAMES)
    .filter(([column]) => text.includes(`"${column}"`))
    .map(([column, name]) => {
      const words = WORDS[column]
      return [
        column,
        [
          { id: 'displayName', value: name },
          ...(words ? [{ id: 'mappings', value: [{ type: MappingType.ValueToText, options: words }] }] : []),
          ...(UNITS[column] === undefined ? [] : [{ id: 'unit', value: UNITS[column] }]),
        ],
      ]
    })
}
