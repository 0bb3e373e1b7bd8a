import type { BadReason, Presence } from '../domain/frame.ts'
import { partWord } from '../domain/part-states.ts'
import { quantityOf } from '../domain/quantity.ts'
import { qualifierName, stateWord } from '../domain/words.ts'
import type { LiveDevice, LiveReading } from '../live/live-device.ts'

/** Shape and word together; a colour may come on top but says nothing of its own. */
export const PRESENCE_WORDS: Readonly<Record<Presence, string>> = {
  online: '● 在线',
  offline: '× 离线',
  unknown: '○ 无数据',
}

/** Online, but a part of it says that it is broken, or no value of it is good. */
export const FAULT_WORDS = '▲ 注意'

const REASON_WORDS: Readonly<Record<string, string>> = {
  timeout: '无应答',
  exception: '设备拒绝',
  'link-down': '链路断开',
  'not-available': '设备无此值',
  'out-of-range': '数值超限',
  'wrong-type': '数据格式不符',
} satisfies Partial<Record<BadReason, string>>

/** A reason in words; an error code as it is. */
export const reasonText = (reason: string): string => REASON_WORDS[reason] ?? reason

export const hasFault = ({ readings }: LiveDevice): boolean =>
  Object.entries(readings).some(
    ([id, { value }]) => typeof value === 'string' && partWord(id, value)?.fault !== undefined,
  )

/** What the gateway itself says of a device: it proves nothing about the device's values. */
const OF_THE_GATEWAY = new Set(['online', 'readLatency', 'readErrors'])

/** Why no value of a device that is online is good, in words; undefined while one is. */
export function whyNoGoodValue({ presence, readings }: LiveDevice): string | undefined {
  if (presence !== 'online') return undefined
  const own = Object.entries(readings).flatMap(([id, reading]) => (OF_THE_GATEWAY.has(id) ? [] : [reading]))
  if (own.some(({ quality }) => quality === 'good')) return undefined
  if (own.length === 0) return '尚无读数'
  if (own.some(({ quality }) => quality === 'stale')) return '读数过时'
  const reasons = new Set(own.map(({ reason }) => reason))
  const [only] = reasons
  return reasons.size === 1 && only ? reasonText(only) : '读数全部无效'
}

/** W below 1,000, then kW with two decimals; energy with two; `—` when there never was a value, `~` before one that is not fresh. */
export function valueText(quantity: string, { value, unit, quality }: LiveReading): string {
  if (value === null) return '—'
  return `${quality === 'good' ? '' : '~'}${plainText(quantity, value, unit)}`
}

/** Units whose second decimal means nothing in a hall. */
const COARSE = new Set(['%', '°C'])

function plainText(quantity: string, value: string | number | boolean, unit: string): string {
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (typeof value === 'string') return stateWord(quantity, value)?.zh ?? value
  if (['W', 'var', 'VA'].includes(unit) && Math.abs(value) >= 1000) return `${(value / 1000).toFixed(2)} k${unit}`
  if (unit === 's' && value >= 120) return durationText(value)
  const digits = unit === 'kWh' ? 2 : Number.isInteger(value) ? 0 : Math.abs(value) >= 100 || COARSE.has(unit) ? 1 : 2
  return `${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}${unit && ` ${unit}`}`
}

/** `有功功率`, `温度（机柜）`; the id itself when the vocabulary has no such quantity. */
export function quantityText(id: string): string {
  const dot = id.indexOf('.')
  if (dot < 0) return quantityOf(id)?.zh ?? id
  const qualifier = id.slice(dot + 1)
  return `${quantityOf(id)?.zh ?? id.slice(0, dot)}（${qualifierName(qualifier)?.zh ?? qualifier}）`
}

export const ageText = (at: number | null, now: number): string =>
  at === null ? '—' : `${durationText(Math.max(0, Math.round((now - at) / 1000)))}前`

export function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} 秒`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} 分`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} 小时`
  return `${Math.floor(seconds / 86_400)} 天`
}

export const latencyText = (reading: LiveReading | undefined): string =>
  typeof reading?.value === 'number' ? `${Math.round(reading.value * 1000)} ms` : '—'
