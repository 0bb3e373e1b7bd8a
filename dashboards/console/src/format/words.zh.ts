export const zh = {
  now: '刚刚',
  ago: '{duration}前',
  seconds: '{n} 秒',
  minutes: '{n} 分钟',
  hours: '{h} 小时 {m} 分',
  days: '{d} 天 {h} 小时',
} as const
