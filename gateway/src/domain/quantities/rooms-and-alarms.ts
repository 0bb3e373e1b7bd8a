import type { QuantityDefinition } from './definition.ts'

/** What is measured around the devices, and what the gateway knows about each. */
export const ROOMS_AND_ALARMS = {
  // Everything else
  temperature: { type: 'number', unit: '°C', zh: '温度', en: 'Temperature', qualifier: 'where it is measured' },
  socPercent: { type: 'number', unit: '%', zh: '荷电状态', en: 'State of charge' },
  evseState: { type: 'state', unit: '', zh: '充电桩状态', en: 'Charger state', states: ['A', 'B', 'C', 'D', 'E', 'F'] },
  switchedOn: { type: 'boolean', unit: '', zh: '通断', en: 'Switched on' },
  alarmId: { type: 'text', unit: '', zh: '告警编号', en: 'Alarm id' },
  alarmState: { type: 'text', unit: '', zh: '告警状态', en: 'Alarm state' },
  alarmPriority: { type: 'text', unit: '', zh: '告警优先级', en: 'Alarm priority' },
  alarmActive: { type: 'boolean', unit: '', zh: '告警存在', en: 'Alarm condition present' },
  alarmAcknowledged: { type: 'boolean', unit: '', zh: '告警已确认', en: 'Alarm acknowledged' },
  alarmSuppressed: { type: 'boolean', unit: '', zh: '告警已抑制', en: 'Alarm suppressed or shelved' },
  orderId: { type: 'text', unit: '', zh: '工单编号', en: 'Work order id' },
  orderState: { type: 'text', unit: '', zh: '工单状态', en: 'Work order state' },
  orderPriority: { type: 'text', unit: '', zh: '工单优先级', en: 'Work order priority' },
  orderOpen: { type: 'boolean', unit: '', zh: '工单未关闭', en: 'Work order open' },
  orderAge: { type: 'number', unit: 's', zh: '工单历时', en: 'Work order age' },
  online: { type: 'boolean', unit: '', zh: '在线', en: 'Online' },
  readLatency: { type: 'number', unit: 's', zh: '读取耗时', en: 'Read latency' },
  readErrors: { type: 'number', unit: '', zh: '读取错误数', en: 'Read errors' },
} as const satisfies Record<string, QuantityDefinition>
