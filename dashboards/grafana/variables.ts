import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DEVICE_KINDS, type DeviceKind } from '../../gateway/src/domain/device-kind.ts'
import { filled } from './filled.ts'
import { chosen, DATASOURCE } from './influxql.ts'

/** Where the console is; `docker-compose.yml` puts HALLWATT_CONSOLE_URL in its place when Grafana starts. */
export const CONSOLE_PLACEHOLDER = 'http://127.0.0.1:8080'

const ALL = { text: ['All'], value: ['$__all'], selected: true }

export const dataSource = () =>
  new DatasourceVariableBuilder('ds').label('数据源 Data source').type('influxdb').hide(VariableHide.HideVariable)

export const consoleAddress = () =>
  new TextBoxVariableBuilder('console')
    .label('值班台 Console')
    .description('Address of the gateway: links from panels lead there.')
    .defaultValue(CONSOLE_PLACEHOLDER)
    .current({ text: CONSOLE_PLACEHOLDER, value: CONSOLE_PLACEHOLDER })
    .hide(VariableHide.HideVariable)

const tagVariable = (name: string, label: string, query: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.NaturalAsc)

/** Every measurement that has a device of the kind. */
export const kindsOf = (kinds: readonly DeviceKind[]) => `/^(${kinds.join('|')})$/`

const ALL_KINDS = Object.keys(DEVICE_KINDS) as DeviceKind[]

export const hall = () =>
  tagVariable('hall', '营业厅 Hall', 'SHOW TAG VALUES FROM "gateway" WITH KEY = "hall"')
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current(ALL)

export const zone = () =>
  tagVariable('zone', '区域 Zone', `SHOW TAG VALUES FROM "device_status" WITH KEY = "zone" WHERE ${chosen('hall')}`)
    .multi(true)
    .includeAll(true)
    // What belongs to no zone (the gateway, a dead bus) stays in "All".
    .allValue('.*')
    .current(ALL)

export const kind = (kinds: readonly DeviceKind[] = ALL_KINDS) =>
  tagVariable('kind', '类别 Kind', `SHOW MEASUREMENTS WITH MEASUREMENT =~ ${kindsOf(kinds)}`)
    .multi(true)
    .includeAll(true)
    .current(ALL)

/** Chained: devices of the chosen halls, zones and kinds. "All" is these devices, so a chosen kind also narrows alarms and orders. */
export const devices = () => deviceVariable().multi(true).includeAll(true).current(ALL)

export const oneDevice = () => deviceVariable()

const deviceVariable = () =>
  tagVariable(
    'device',
    '设备 Device',
    `SHOW TAG VALUES FROM /^${filled('kind:regex')}$/ WITH KEY = "device" WHERE ${chosen('hall')} AND ${chosen('zone')}`,
  )

/** The kind of the one chosen device: links lead here with a device only. */
export const measurementOfDevice = () =>
  tagVariable(
    'measurement',
    '类别 Kind of the device',
    `SHOW MEASUREMENTS WITH MEASUREMENT =~ ${kindsOf(ALL_KINDS)} WHERE ${chosen('device')}`,
  ).hide(VariableHide.HideVariable)

/** Which meter is the one the hall is billed by. Grafana keeps the default where there is such a meter, else takes the first. */
export const mainMeter = () =>
  tagVariable(
    'main',
    '总表 Main meter',
    `SHOW TAG VALUES FROM "meter" WITH KEY = "device" WHERE ${chosen('hall')}`,
  ).current({
    text: 'meter-main',
    value: 'meter-main',
  })
