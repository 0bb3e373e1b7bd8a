import type { QuantityDefinition } from './definition.ts'

/** Stream `gateway`: how the gateway is doing. */
export const GATEWAY_ITSELF = {
  // The gateway itself (stream `gateway`)
  processMemory: { type: 'number', unit: 'B', zh: '进程内存', en: 'Process memory' },
  processCpuTime: { type: 'number', unit: 's', zh: '进程CPU时间', en: 'Process CPU time' },
  eventLoopDelay: { type: 'number', unit: 's', zh: '事件循环延迟', en: 'Event loop delay' },
  devicesTotal: { type: 'number', unit: '', zh: '设备总数', en: 'Devices' },
  devicesOnline: { type: 'number', unit: '', zh: '在线设备数', en: 'Devices online' },
  alarmsOpen: { type: 'number', unit: '', zh: '未结束告警数', en: 'Alarms open' },
  alarmsUnacknowledged: { type: 'number', unit: '', zh: '未确认告警数', en: 'Alarms not acknowledged' },
  ordersOpen: { type: 'number', unit: '', zh: '未关闭工单数', en: 'Work orders open' },
  unitsTotal: {
    type: 'number',
    unit: '',
    zh: '具备功能的设备数',
    en: 'Units that have the function',
    qualifier: 'the function',
  },
  unitsAble: {
    type: 'number',
    unit: '',
    zh: '可办理的设备数',
    en: 'Units that can do it now',
    qualifier: 'the function',
  },
  framesCommitted: { type: 'number', unit: '', zh: '已入库帧数', en: 'Frames committed' },
  framesDropped: { type: 'number', unit: '', zh: '未转发即丢弃帧数', en: 'Frames dropped before forwarding' },
  spoolUsed: { type: 'number', unit: 'B', zh: '缓存已用', en: 'Spool used' },
  storeDiskFree: { type: 'number', unit: 'B', zh: '磁盘剩余', en: 'Disk space left' },
  deadLetters: { type: 'number', unit: '', zh: '死信行数', en: 'Dead letters' },
  forwardLag: { type: 'number', unit: 's', zh: '转发延迟', en: 'Forward lag' },
  forwardLagFrames: { type: 'number', unit: '', zh: '待转发帧数', en: 'Frames not yet forwarded' },
} as const satisfies Record<string, QuantityDefinition>
