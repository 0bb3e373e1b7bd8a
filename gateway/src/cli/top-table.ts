import type { LiveDevice } from '../live/live-device.ts'
import type { TopState } from './top-state.ts'
import { columnsOf, fitted, fittedEnd, printable, wrapped } from './top-text.ts'
import {
  ageText,
  durationText,
  FAULT_WORDS,
  hasFault,
  latencyText,
  PRESENCE_WORDS,
  quantityText,
  reasonText,
  valueText,
  whyNoGoodValue,
} from './top-words.ts'

const MARK_COLUMNS = 9
const AGE_COLUMNS = 10
const LATENCY_COLUMNS = 9
/** Below this a row has no room for a zone, and below that none for a latency. */
const ZONE_FROM_COLUMNS = 90
const LATENCY_FROM_COLUMNS = 70
/** So many devices are always seen before a note takes a line. */
const LEAST_DEVICES = 10
const NO_PAINT: Paint = (text) => text

/** Puts colour on a text that already says everything; the default leaves it plain. */
export type Paint = (text: string, role: 'online' | 'offline' | 'unknown' | 'quiet' | 'title') => string

/**
 * The table as lines, none wider than `columns`, at most `rows` of them. Worst device first, notes below. `now` is the local wall clock.
 * What does not fit is counted in the last line, never silently left out.
 */
export function renderTop(
  state: TopState,
  columns: number,
  rows: number,
  now: number,
  paint: Paint = NO_PAINT,
): string[] {
  const header = headerLines(state, columns, paint)
  const notes = state.notes.length > 0 ? ['', ...state.notes.flatMap((note) => wrapped(printable(note), columns))] : []
  const devices = worstFirst([...state.devices.values()])
  const layout = layoutOf(devices, columns)
  const title = paint(titleLine(layout), 'quiet')
  const fixed = [...header, '', title]
  if (devices.length === 0) return [...fixed.slice(0, -1), emptyText(state), ...notes].slice(0, rows)
  const withNotes = notesThatFit(notes, rows - fixed.length - Math.min(devices.length, LEAST_DEVICES))
  const room = Math.max(1, rows - fixed.length - withNotes.length)
  const hidden = Math.max(0, devices.length - room)
  const shown = hidden > 0 ? devices.slice(0, Math.max(0, room - 1)) : devices
  const lines = shown.map((device) => deviceLine(device, state, layout, now + state.aheadMs, paint))
  const more =
    hidden > 0
      ? [paint(fitted(`… 还有 ${devices.length - shown.length} 台，放大窗口可见`, columns).trimEnd(), 'quiet')]
      : []
  return [...fixed, ...lines, ...more, ...withNotes].slice(0, rows)
}

/** All notes, or the first (the most useful one), or none. */
const notesThatFit = (notes: readonly string[], room: number): readonly string[] =>
  notes.length <= room ? notes : room >= 2 ? notes.slice(0, 2) : []

function headerLines({ overview, link, trouble }: TopState, columns: number, paint: Paint): string[] {
  const linkText = { live: '实时', connecting: '正在连接', lost: '连接中断' }[link]
  const name = `Hallwatt  ${printable(overview?.hall.name ?? '')}`.trimEnd()
  const gap = columns - columnsOf(name) - columnsOf(linkText)
  const first = gap >= 2 ? `${name}${' '.repeat(gap)}${linkText}` : fitted(`${linkText}  ${name}`, columns).trimEnd()
  if (!overview) return [paint(first, 'title'), fitted(printable(trouble), columns).trimEnd()]
  const { devices, framesPerSecond, committedFrames, backlogFrames, forwardLagS } = overview
  const missing = [devices.offline > 0 && `离线 ${devices.offline}`, devices.unknown > 0 && `无数据 ${devices.unknown}`]
  const figures = [
    `在线 ${devices.online}/${devices.total}`,
    ...missing.filter((one) => one !== false),
    `每秒 ${framesPerSecond.toFixed(1)} 帧`,
    `已入库 ${committedFrames.toLocaleString('en-US')} 帧`,
    backlogFrames === null
      ? '未接 InfluxDB'
      : `待转发 ${backlogFrames.toLocaleString('en-US')} 帧${forwardLagS === null ? '' : `（延迟 ${durationText(forwardLagS)}）`}`,
  ]
  const second = link === 'lost' ? `以下为旧数据。${printable(trouble)}` : figures.join('   ')
  return [paint(first, 'title'), fitted(second, columns).trimEnd()]
}

const emptyText = ({ link }: TopState) => (link === 'live' ? '还没有设备。在 hall.yaml 里加一台。' : '')

const BADNESS = { offline: 0, unknown: 1, online: 2 } as const
const QUALITY_BADNESS = { bad: 0, stale: 1, good: 2 } as const

const wantsAttention = (device: LiveDevice) => hasFault(device) || whyNoGoodValue(device) !== undefined

/** Offline, then without data, then with a broken part or no good value at all, then with bad or stale values; equal ones by id, so that rows keep their place. */
export const worstFirst = (devices: readonly LiveDevice[]): LiveDevice[] =>
  [...devices].sort(
    (a, b) =>
      BADNESS[a.presence] - BADNESS[b.presence] ||
      Number(wantsAttention(b)) - Number(wantsAttention(a)) ||
      QUALITY_BADNESS[a.quality ?? 'good'] - QUALITY_BADNESS[b.quality ?? 'good'] ||
      (a.id < b.id ? -1 : 1),
  )

interface Layout {
  readonly name: number
  readonly zone: number
  readonly values: number
  readonly latency: number
}

function layoutOf(devices: readonly LiveDevice[], columns: number): Layout {
  const widest = devices.reduce((most, { name, id }) => Math.max(most, columnsOf(printable(name)) + id.length + 1), 4)
  const latency = columns >= LATENCY_FROM_COLUMNS ? LATENCY_COLUMNS : 0
  const zone = columns >= ZONE_FROM_COLUMNS ? 12 : 0
  const name = Math.min(widest + 2, Math.max(10, Math.floor(columns * 0.3)))
  return { name, zone, latency, values: Math.max(0, columns - MARK_COLUMNS - name - zone - AGE_COLUMNS - latency) }
}

const titleLine = ({ name, zone, values, latency }: Layout): string =>
  `${fitted('状态', MARK_COLUMNS)}${fitted('设备', name)}${zone ? fitted('区域', zone) : ''}${fitted('读数', values)}${fittedEnd('数据', AGE_COLUMNS)}${latency ? fittedEnd('耗时', latency) : ''}`

function deviceLine(device: LiveDevice, state: TopState, layout: Layout, now: number, paint: Paint): string {
  const broken = device.presence === 'online' && wantsAttention(device)
  const mark = broken
    ? paint(fitted(FAULT_WORDS, MARK_COLUMNS), 'unknown')
    : paint(fitted(PRESENCE_WORDS[device.presence], MARK_COLUMNS), device.presence)
  const name = `${fitted(`${printable(device.name)} ${device.id}`, layout.name - 1)} `
  const zone = layout.zone ? `${fitted(printable(state.zones.get(device.zone) ?? device.zone), layout.zone - 1)} ` : ''
  const values = fitted(valuesText(device, layout.values), layout.values)
  const age = fittedEnd(ageText(device.lastFrameAt, now), AGE_COLUMNS)
  const latency = layout.latency ? fittedEnd(latencyText(device.readings.readLatency), layout.latency) : ''
  return `${mark}${name}${zone}${device.presence === 'online' ? values : paint(values, 'quiet')}${age}${latency}`
}

/** As many whole headline values as fit; a cut number would be a wrong number. */
function valuesText(device: LiveDevice, columns: number): string {
  const why = device.presence === 'online' ? whyNoGoodValue(device) : device.reason && reasonText(device.reason)
  let text = why ? `[${printable(why)}]` : ''
  for (const id of device.headline) {
    const reading = device.readings[id]
    if (!reading) continue
    const next = `${text && `${text}  `}${quantityText(id)} ${printable(valueText(id, reading))}`
    if (columnsOf(next) > columns - 1) break
    text = next
  }
  const [first] = device.headline
  if (text === '' && first !== undefined && device.readings[first]) {
    // No room for the name: the value alone is still better than nothing.
    const alone = printable(valueText(first, device.readings[first]))
    if (columnsOf(alone) < columns) return alone
  }
  return text || '—'
}
