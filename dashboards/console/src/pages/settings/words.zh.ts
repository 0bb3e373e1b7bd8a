export const zh = {
  settings: '设置',
  site: '营业厅',
  devices: '设备',
  profiles: '设备档案',
  rules: '规则',
  channels: '通道',
  duty: '值班',
  users: '用户',
  audit: '审计',
  backup: '备份',
  about: '关于',
  addDevice: '添加设备',
} as const
