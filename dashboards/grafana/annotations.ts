import { type AnnotationQuery, AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DATASOURCE, scopeWithGateway } from './influxql.ts'
import { COLOR } from './thresholds.ts'
import { field } from './units.ts'

/** Fields that the InfluxDB data source reads from an annotation beside those the SDK knows. */
type InfluxAnnotation = AnnotationQuery & {
  readonly query: string
  readonly textColumn: string
  readonly tagsColumn: string
  readonly fromAnnotations: true
}

function annotation(name: string, color: string, query: string, textColumn: string): InfluxAnnotation {
  const built = new AnnotationQueryBuilder().name(name).datasource(DATASOURCE).enable(true).iconColor(color).build()
  return { ...built, query, textColumn, tagsColumn: 'device,code', fromAnnotations: true }
}

/** When alarms that call somebody came, and when orders closed. */
export const annotations = (): InfluxAnnotation[] => [
  annotation(
    '告警 Alarms',
    COLOR.critical,
    `SELECT ${field('alarmId')}, "device", "code" FROM "alarm" WHERE ${scopeWithGateway} AND ${field('alarmState')} = 'unacknowledged' AND ${field('alarmSuppressed')} = false AND ${field('alarmPriority')} =~ /^P[12]$/`,
    'alarm_id',
  ),
  annotation(
    '工单关闭 Orders closed',
    COLOR.ok,
    `SELECT ${field('orderId')}, "device", "code" FROM "work_order" WHERE ${scopeWithGateway} AND ${field('orderState')} = 'closed'`,
    'order_id',
  ),
]
