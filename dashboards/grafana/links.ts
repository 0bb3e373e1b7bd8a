import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard'
import { filled } from './filled.ts'

/** Every board carries it, so that the boards find each other. */
export const TAG = 'hallwatt'

/** At the top of every board: all other boards, with the same devices and time. */
export const toBoards = () =>
  new DashboardLinkBuilder('看板 Boards')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true)

/** At the top of every board: the gateway's own console. */
export const toConsole = () =>
  new DashboardLinkBuilder('值班台 Console')
    .type(DashboardLinkType.Link)
    .url(`${filled('console')}/ops/alarms`)
    .targetBlank(true)

const opens = (title: string, url: string) => ({ title, url, targetBlank: true })

/** On a value: where a person goes on. `series`: the device is a tag of the series; `row`: a column of the table. */
export const DATA_LINKS = {
  seriesDevice: [
    opens('设备页 Device page', `${filled('console')}/ops/devices/${filled('__field.labels.device')}`),
    opens(
      '单台设备看板 Device board',
      `/d/hallwatt-device?var-device=${filled('__field.labels.device')}&${filled('__url_time_range')}`,
    ),
  ],
  rowDevice: [
    opens('设备页 Device page', `${filled('console')}/ops/devices/${filled('__data.fields.device')}`),
    opens(
      '单台设备看板 Device board',
      `/d/hallwatt-device?var-device=${filled('__data.fields.device')}&${filled('__url_time_range')}`,
    ),
  ],
  rowOrder: [opens('工单页 Work order', `${filled('console')}/m/orders/${filled('__data.fields.order')}`)],
  alarms: [opens('告警页 Alarms', `${filled('console')}/ops/alarms`)],
} as const

export type DataLinkName = keyof typeof DATA_LINKS
