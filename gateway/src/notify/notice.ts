import type { Priority } from '../domain/priority.ts'

export type NoticeKind = 'alarm' | 'recovery' | 'order' | 'urge' | 'escalation' | 'digest' | 'canary' | 'dead-letter'

/** One thing one person or group has to be told, whatever the channel. Composed by decisions, sent by the outbox. */
export interface Notice {
  /** Idempotency key: `alarm:A20261122-0007:3:zhang`. The same key is never sent twice to the same channel. */
  readonly key: string
  readonly kind: NoticeKind
  readonly priority: Priority
  /** Person id, or group (`lead`, `operations`). */
  readonly to: string
  /** Channel ids of hall.yaml in fail-over order. */
  readonly channels: readonly string[]
  /** One line, with priority, hall, device and what is broken. */
  readonly title: string
  /** What the customer cannot do and what still works, first step, part to bring … One sentence each. */
  readonly lines: readonly string[]
  /** One-tap links: 接单 / 已到现场 / 工作结束. Signed when sent. */
  readonly taps: readonly { readonly act: 'accept' | 'arrive' | 'finish' | 'view'; readonly order: string }[]
  /** Alarm or order it is about: updates of one thing thread together. */
  readonly thread: string
  readonly createdAt: number
}
