import type { Person } from '../../config/repair-schema.ts'
import type { NotifyHall } from '../canary.ts'
import type { Message } from '../channel.ts'
import type { Notice } from '../notice.ts'

export const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  name: id,
  channels: ['robot'],
  skills: [],
  zones: [],
  ...more,
})

export const sampleHall = (people: Person[], more: Partial<NotifyHall['repair']> = {}): NotifyHall => ({
  name: '东湖厅',
  timeZone: 'Asia/Shanghai',
  // Canaries would mix with what a test looks at: a test of canaries says its own hours.
  repair: { people, duty: [], openingHours: [], channels: {}, ...more },
})

export const sampleNotice = (number: number, more: Partial<Notice> = {}): Notice => ({
  key: `alarm:A20261122-${number}:1:${more.to ?? 'zhang'}`,
  kind: 'alarm',
  priority: 'P1',
  to: 'zhang',
  channels: ['robot'],
  title: `【${more.priority ?? 'P1'} 紧急】东湖厅 ${number}号缴费机 发票打印机卡纸 14:05`,
  lines: ['客户打印不了发票，1号机可用。', '第一步：打开上盖，取出卡纸。'],
  taps: [],
  thread: `A20261122-${number}`,
  createdAt: 1_795_000_000_000,
  ...more,
})

export const sampleMessage = (more: Partial<Message> = {}): Message => ({
  id: 'hw_0123456789',
  keys: ['alarm:A20261122-0007:1:zhang'],
  kind: 'alarm',
  priority: 'P1',
  title: '【P1 紧急】东湖厅 2号缴费机 发票打印机卡纸 14:05',
  lines: ['客户打印不了发票，1号机可用。', '第一步：打开上盖，取出卡纸。'],
  links: [{ label: '接单', url: 'https://hall.example/t/abc' }],
  people: [person('zhang', { phone: '13800000000', chatId: 'zhang.wei', email: 'zhang@example.com' })],
  thread: 'A20261122-0007',
  createdAt: 1_795_000_000_000,
  ...more,
})
