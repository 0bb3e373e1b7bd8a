export const zh = {
  heading: '扫码找设备',
  start: '打开相机',
  stop: '关闭相机',
  aim: '对准机器上的二维码',
  insecure: '相机只能在 HTTPS 下使用，请输入编号或名称。',
  denied: '相机没有打开：请允许使用相机，或输入编号。',
  notOurs: '这不是设备的二维码',
  unknown: '没有这台设备：{id}',
  type: '编号或名称',
  hint: '编号写在机器的二维码下面',
  none: '没有找到',
} as const
