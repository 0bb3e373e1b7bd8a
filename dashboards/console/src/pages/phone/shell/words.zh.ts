export const zh = {
  pages: '页面',
  newP1: '新的紧急告警：{device} {fault}',
  look: '查看',
  toDesk: '电脑版',
  menu: '菜单',
  toMain: '跳到内容',
} as const
