import type { QuantityDefinition } from './definition.ts'

/** What is measured around the devices, and what the gateway knows about each. */
export const ROOMS_AND_ALARMS = {
  // Everything else
  temperature: { type: 'number', unit: '°C', zh: '温度', en: 'Temperature', qualifier: 'where it is measured' },
  socPercent: { type: 'number', unit: '%', zh: '荷电状态', en: 'State of charge' },
  evseState: { type: 'state', unit: '', zh: '充电桩状态', en: 'Charger state', states: ['A', 'B', 'C', 'D', 'E', 'F'] },
  switchedOn: { type: 'boolean', unit: '', zh: '通断', en: 'Switched on' },
  // Read off the power of the plug a device hangs on: working draws more than waiting, waiting more than nothing
  powerSignature: {
    type: 'state',
    unit: '',
    zh: '功率特征',
    en: 'Power signature',
    states: ['off', 'dead', 'on', 'idle', 'active'],
  },
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
  orderSource: { type: 'text', unit: '', zh: '工单来源', en: 'Work order source' },
  // Told once, with the event that closes the order; times without 挂起. Rates are 100 or 0 %: their mean is the rate.
  orderDetectTime: { type: 'number', unit: 's', zh: '发现用时', en: 'Stage: onset to order' },
  orderAcknowledgeTime: { type: 'number', unit: 's', zh: '接单用时', en: 'Stage: order to acceptance' },
  orderArriveTime: { type: 'number', unit: 's', zh: '到场用时', en: 'Stage: acceptance to arrival' },
  orderFixTime: { type: 'number', unit: 's', zh: '修复用时', en: 'Stage: arrival to finish' },
  orderVerifyTime: { type: 'number', unit: 's', zh: '自检用时', en: 'Stage: finish to proof' },
  orderToSiteTime: { type: 'number', unit: 's', zh: '到场合计', en: 'Order to arrival' },
  orderToRepairTime: { type: 'number', unit: 's', zh: '修复合计', en: 'Order to proof' },
  orderSuspendedTime: { type: 'number', unit: 's', zh: '挂起时间', en: 'Time suspended' },
  orderInTime: { type: 'number', unit: '%', zh: '时限达成', en: 'Every clock in time' },
  orderFirstTimeFix: { type: 'number', unit: '%', zh: '一次修复', en: 'Fixed at the first visit' },
  orderFoundByUs: { type: 'number', unit: '%', zh: '主动发现', en: 'Found by telemetry' },
  orderFalseAlarm: { type: 'number', unit: '%', zh: '误报', en: 'Finished as no fault' },
  orderReopened: { type: 'number', unit: '%', zh: '重开', en: 'Reopens another order' },
  // 100 or 0, only while the device is on duty and known: the mean is its availability.
  dutyAvailability: { type: 'number', unit: '%', zh: '服务时间可用', en: 'Serving while on duty' },
  online: { type: 'boolean', unit: '', zh: '在线', en: 'Online' },
  readLatency: { type: 'number', unit: 's', zh: '读取耗时', en: 'Read latency' },
  readErrors: { type: 'number', unit: '', zh: '读取错误数', en: 'Read errors' },
} as const satisfies Record<string, QuantityDefinition>
