export const zh = {
  orders: '工单',
  order: '工单',
  alarms: '告警',
  devices: '设备',
  device: '设备',
  scan: '扫码',
  me: '我',
} as const
