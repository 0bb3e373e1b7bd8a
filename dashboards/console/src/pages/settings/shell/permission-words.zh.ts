import type { Permission } from '../../../session/session.ts'

/** What each permission lets a person do. */
export const zh = {
  'read-hall': '看大厅的一切',
  'handle-alarm': '确认和搁置告警',
  'work-on-order': '处理工单',
  'dispatch-order': '派单',
  'give-feedback': '填写回访',
  'override-close': '没有自检证明也关闭工单',
  'report-fault': '报故障',
  'plan-maintenance': '安排维护',
  'command-device': '开关体验区电器',
  'run-demos': '放演示、看记录、管大屏',
  'adjust-device': '调整、重启、自检设备',
  'see-notices': '看通道和没送到的消息',
  'see-audit': '看审计',
  'manage-users': '管理用户',
  'read-settings': '看设置',
  'see-inside': '看设备的原始寄存器和报文',
  commission: '扫描总线、试读新设备',
  'change-devices': '增加、更改、移除设备和链路',
  'change-site': '更改营业厅、人员、通道、规则',
  'back-up': '下载备份',
  'edit-flows': '编辑流程 (Node-RED)',
} as const satisfies Record<Permission, string>
