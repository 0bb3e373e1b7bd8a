export const zh = {
  table: '看数据表',
  time: '时间',
  empty: '这段时间没有记录',
  nothing: '{name}：没有记录',
  summary: '{name}：最低 {low}（{lowAt}），最高 {high}（{highAt}），最后 {last}',
  gaps: '，有 {n} 段空缺',
  gap: '空缺',
} as const
