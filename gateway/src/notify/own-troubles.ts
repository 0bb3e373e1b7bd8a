import type { NotifyHall } from './canary.ts'
import type { Failure } from './channel.ts'
import type { Notice } from './notice.ts'

const SLOT_MS = 600_000

/** A notice that nobody got, told to lead and operations by whatever channel they have: once in ten minutes, with the first title. */
export const deadLetterNotices = (hall: NotifyHall, dead: { notice: Notice; reason: string }, now: number): Notice[] =>
  toThoseInCharge(hall, `dead-letter:${Math.floor(now / SLOT_MS)}`, now, {
    title: `【P2 重要】${hall.name} 有通知没有送达：${dead.notice.title}`,
    lines: [`收件人 ${dead.notice.to}，原因：${dead.reason}。`, '第一步：在“未送达”页面查看全部，修好通道后重发。'],
  })

/** A channel that needs a person: wrong key, quota, robot removed. */
export const brokenChannelNotices = (hall: NotifyHall, channel: string, failure: Failure, now: number): Notice[] =>
  toThoseInCharge(hall, `broken-${channel}:${Math.floor(now / SLOT_MS)}`, now, {
    title: `【P2 重要】${hall.name} 告警通道 ${channel} 失效（${failure.code}）`,
    lines: [`原因：${failure.reason}。通知已改走其他通道。`, '第一步：检查该通道的密钥和配置，再点“测试”。'],
  })

function toThoseInCharge(hall: NotifyHall, key: string, now: number, said: Pick<Notice, 'title' | 'lines'>): Notice[] {
  const { lead, operations, people } = hall.repair
  const told = people.filter(({ id }) => id === lead || id === operations)
  return (told.length > 0 ? told : people.slice(0, 1)).map(({ id, channels }) => ({
    key: `${key}:${id}`,
    kind: 'dead-letter',
    priority: 'P2',
    to: id,
    channels,
    ...said,
    taps: [],
    thread: key,
    createdAt: now,
  }))
}
