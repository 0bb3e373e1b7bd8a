import { DEVICE_KINDS } from '../domain/device-kind.ts'
import { partWord } from '../domain/part-states.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { LiveDevice } from '../live/live-device.ts'

/** One reading in words: what it is called, how old it is. An age is never negative: a device's clock may run ahead of ours. */
export function readingAnswer(quantity: string, device: LiveDevice, now: number) {
  const reading = device.readings[quantity]!
  const definition = quantityOf(quantity)
  const dot = quantity.indexOf('.')
  const qualifier = dot < 0 ? '' : ` ${quantity.slice(dot + 1)}`
  const word = typeof reading.value === 'string' ? partWord(quantity, reading.value) : undefined
  return {
    quantity,
    zh: `${definition?.zh ?? quantity}${qualifier}`,
    en: `${definition?.en ?? quantity}${qualifier}`,
    ...reading,
    ...(word && { word: { zh: word.zh, en: word.en } }),
    ageS: reading.at === null ? null : Math.max(0, (now - reading.at) / 1000),
  }
}

export function deviceAnswer(device: LiveDevice) {
  const { readings: _readings, headline: _headline, ...rest } = device
  return { ...rest, kindName: DEVICE_KINDS[device.kind] }
}

export const summaryAnswer = (device: LiveDevice, now: number) => ({
  ...deviceAnswer(device),
  headline: device.headline.map((quantity) => readingAnswer(quantity, device, now)),
})

export interface Wanted {
  readonly device?: readonly string[] | undefined
  readonly zone?: readonly string[] | undefined
  readonly kind?: readonly string[] | undefined
  readonly presence?: readonly string[] | undefined
  readonly q?: string | undefined
}

export function isWanted(device: LiveDevice, { device: ids, zone, kind, presence, q }: Wanted): boolean {
  if (ids && !ids.includes(device.id)) return false
  if (zone && !zone.includes(device.zone)) return false
  if (kind && !kind.includes(device.kind)) return false
  if (presence && !presence.includes(device.presence)) return false
  return !q || `${device.id}\n${device.name}\n${device.profile}`.toLowerCase().includes(q.toLowerCase())
}
