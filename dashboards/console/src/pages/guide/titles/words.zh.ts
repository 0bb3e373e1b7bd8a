export const zh = {
  launcher: '演示台',
  run: '演示',
  rehearse: '彩排',
  records: '演示记录',
  cards: '讲解卡',
} as const
