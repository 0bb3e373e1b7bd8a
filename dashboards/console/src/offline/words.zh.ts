export const zh = {
  offlineFor: '已离线 {time}',
  waitingActs: '{n} 个操作待发送',
  nothingWaiting: '没有待发送的操作',
  sendingActs: '正在发送',
  sendNow: '重试',
  refusedActs: '{n} 个操作没被接受',
  decide: '处理',
  signInToSend: '登录已过期，登录后接着发送',
  actsOfOthers: '另有 {n} 个操作等别人登录后发送',
} as const
