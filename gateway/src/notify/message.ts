import { createHash } from 'node:crypto'
import type { Person } from '../config/repair-schema.ts'
import { PRIORITIES } from '../domain/priority.ts'
import type { ChannelLimits, Message } from './channel.ts'
import type { NextMessage } from './next-message.ts'
import type { Notice } from './notice.ts'
import { byteLength, fitLines } from './split-bytes.ts'
import { ageMs, type Waiting } from './waiting.ts'

export interface MessageTools {
  readonly hallName: string
  readonly person: (id: string) => Person | undefined
  /** Signs a one-tap link. */
  readonly tap: (tap: { act: Notice['taps'][number]['act']; order: string; person: string }) => string
  /** Where everything can be seen. */
  readonly overview: () => string | undefined
  /** The page of an order in the console, for whoever signs in; absent where phones cannot reach it. */
  readonly order?: (id: string) => string | undefined
}

/** What a tap says on its button. */
const TAP_LABELS = { accept: '接单', arrive: '已到现场', finish: '工作结束', view: '查看工单' } as const

/** Later than this is said: the reader must know that the world has moved on. P3, P4 and floods wait on purpose. */
const LATE_MS = 30_000
const LATE_DIGEST_MS = 120_000

/** Ids are made of what is in the message and where it goes: the same notices on the same channel always get the same one. */
export const messageId = (keys: readonly string[], channel: string): string =>
  `hw_${createHash('sha256')
    .update([...keys].sort().join('\n'))
    .update(`\n${channel}`)
    .digest('base64url')
    .slice(0, 24)}`

/** Builds the message and says which notices are in it: a digest takes what fits, the others go next time. */
export function buildMessage(
  next: NextMessage,
  channel: { readonly id: string; readonly limits: ChannelLimits },
  now: number,
  tools: MessageTools,
): { message: Message; rows: readonly Waiting[] } {
  const sealed = next.rows[0]?.sealed
  const gathered = next.gathered || (sealed !== undefined && new Set(next.rows.map((row) => row.subject)).size > 1)
  const room = channel.limits.textBytes / 2 ** Math.max(...next.rows.map((row) => row.shortened))
  // What was sealed goes out with everything in it, whatever it says: the receiver may have it under this id already.
  const rows = gathered && sealed === undefined ? whatFits(next.rows, room, tools.hallName) : next.rows
  const first = rows[0]!
  const people = [...new Set(rows.map((row) => row.notice.to))].flatMap((id) => tools.person(id) ?? [])
  const keys = rows.map((row) => row.notice.key)
  const text = gathered ? digestText(rows, tools) : singleText(first)
  return {
    rows,
    message: {
      id: sealed?.message ?? messageId(keys, channel.id),
      keys,
      kind: gathered ? 'digest' : first.notice.kind,
      priority: first.notice.priority,
      title: text.title + remarks(rows, gathered, now),
      lines: fitLines(text.lines, room, (left) => `……另有 ${left} 行`),
      links: gathered ? overviewLink(tools) : tapLinks(rows, tools),
      people,
      thread: gathered ? `digest-${messageId(keys, channel.id)}` : first.notice.thread,
      createdAt: Math.min(...rows.map((row) => row.notice.createdAt)),
    },
  }
}

const singleText = ({ notice }: Waiting) => ({ title: notice.title, lines: notice.lines })

function digestText(rows: readonly Waiting[], { hallName }: MessageTools): { title: string; lines: string[] } {
  const lines = digestLines(rows, hallName)
  const priorities = (['P1', 'P2', 'P3', 'P4'] as const).flatMap((priority) => {
    const threads = new Set(rows.filter((row) => row.notice.priority === priority).map((row) => row.notice.thread))
    return threads.size > 0 ? `${PRIORITIES[priority].zh} ${threads.size}` : []
  })
  return { title: `【汇总】${hallName} ${lines.length} 条：${priorities.join('、')}`, lines: [...lines.values()] }
}

/** One line per thing: the newest title of its thread, so that what came and went is one line. */
function digestLines(rows: readonly Waiting[], hallName: string): string[] {
  const newest = new Map<string, Waiting>()
  for (const row of rows) {
    const known = newest.get(row.notice.thread)
    if (!known || known.seq < row.seq) newest.set(row.notice.thread, row)
  }
  return [...newest.values()].map(({ notice }) => digestLine(notice.title, hallName))
}

/** `【P2 重要】东湖厅 2号缴费机 卡纸 14:05` → `P2 2号缴费机 卡纸 14:05`: the heading says the rest. */
const digestLine = (title: string, hallName: string): string =>
  title.replace(/^【(P[1-4]|[^】]*)[^】]*】/, '$1 ').replace(`${hallName} `, '')

function whatFits(rows: readonly Waiting[], room: number, hallName: string): Waiting[] {
  const fitting: Waiting[] = []
  const threads = new Set<string>()
  let bytes = 200
  for (const row of rows) {
    const known = threads.has(row.notice.thread)
    const size = known ? 0 : byteLength(digestLine(row.notice.title, hallName)) + 2
    if (bytes + size > room && fitting.length > 0) break
    bytes += size
    threads.add(row.notice.thread)
    fitting.push(row)
  }
  return fitting
}

function remarks(rows: readonly Waiting[], gathered: boolean, now: number): string {
  const oldest = Math.max(...rows.map((row) => ageMs(row, now)))
  const patient = gathered || ['P3', 'P4'].includes(rows[0]!.notice.priority)
  const late = oldest > (patient ? LATE_DIGEST_MS : LATE_MS) ? ` · 迟到 ${Math.round(oldest / 1000)} 秒` : ''
  return late + (rows.some((row) => row.uncertain) ? ' · 可能重复' : '')
}

function tapLinks(rows: readonly Waiting[], tools: MessageTools): Message['links'] {
  const links = new Map<string, { label: string; url: string }>()
  const pages = new Map<string, { label: string; url: string }>()
  for (const { notice } of rows)
    for (const { act, order } of notice.taps) {
      if (links.has(`${act} ${order}`)) continue
      const url = tools.tap({ act, order, person: notice.to })
      links.set(`${act} ${order}`, { label: TAP_LABELS[act], url })
      const page = tools.order?.(order)
      if (page !== undefined) pages.set(order, { label: '打开工单', url: page })
    }
  return [...links.values(), ...pages.values()]
}

function overviewLink({ overview }: MessageTools): Message['links'] {
  const url = overview()
  return url === undefined ? [] : [{ label: '全部告警', url }]
}
