import type { Metric } from './metric.ts'
import { INFO_HELP, ROOM_METRICS, roomNames } from './metrics.ts'

const ROOM_TITLES = {
  readings: 'Devices and readings',
  polling: 'Modbus polling',
  links: 'Modbus polling, by link',
  asking: 'Devices asked over the network',
  broker: 'MQTT broker',
  ingest: 'MQTT messages',
  store: 'Embedded store',
  spool: 'Spool',
  influx: 'Forwarding to InfluxDB',
  history: 'History',
  live: 'Live stream',
  faults: 'Faults',
  repair: 'Alarms and work orders',
  notify: 'Messages to people',
  demos: 'Demonstrations',
  bigScreens: 'Big screens',
  commands: 'Commands to devices',
  auth: 'Users and sessions',
  http: 'HTTP',
  flows: 'Node-RED',
  ocpp: 'Charge points',
  process: 'Process',
} as const satisfies Record<keyof typeof ROOM_METRICS, string>

/** `gateway/docs/metrics.md`, from the definitions themselves. */
export function metricsPage(): string {
  const sections = roomNames.map((room) => {
    const { metrics, by }: { metrics: Readonly<Record<string, Metric>>; by?: string } = ROOM_METRICS[room]
    const rows = Object.values(metrics).map((metric) => rowOf(metric, by))
    return `## ${ROOM_TITLES[room]}\n\n${HEAD}\n${rows.join('\n')}\n`
  })
  return `# Metrics

What \`/metrics\` says about the gateway, for Prometheus and whatever reads its format. Counters start at 0 with the process
unless the text says otherwise. A room that a hall does not use is left out. This page is generated: \`npm run generate\`.

${HEAD}
| \`hallwatt_info\` | gauge | \`version\` | ${INFO_HELP} |

${sections.join('\n')}`
}

const HEAD = '| Name | Type | Labels | Meaning |\n|---|---|---|---|'

function rowOf({ name, type, help, label }: Metric, by: string | undefined): string {
  const labels = [by, label].filter((one) => one !== undefined).map((one) => `\`${one}\``)
  return `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} |`
}
