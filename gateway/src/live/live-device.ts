import type { DeviceKind } from '../domain/device-kind.ts'
import type { BadReason, Presence, Quality, Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { DeviceState } from '../readings/readings.ts'
import { headlineOf } from './headline.ts'

/** What live needs to know of a device beyond its readings; a ResolvedDevice fits. */
export interface DescribedDevice {
  readonly id: string
  readonly name: string
  readonly zone: string
  readonly kind: DeviceKind
  readonly profileId: string
}

/** One value as a screen shows it. `value` and `at` are null when none ever came. */
export interface LiveReading {
  readonly value: Value | null
  /** Canonical unit of the quantity; '' for states, counts and ratios. */
  readonly unit: string
  /** Unix ms at which the value was read. */
  readonly at: number | null
  readonly quality: Quality
  readonly reason?: BadReason
}

/** One device as a screen shows it. */
export interface LiveDevice {
  readonly id: string
  readonly name: string
  readonly kind: DeviceKind
  readonly zone: string
  readonly profile: string
  readonly presence: Presence
  /** Unix ms since when `presence` holds. */
  readonly since: number
  readonly reason?: string
  /** Unix ms of the last frame; null when none ever came. */
  readonly lastFrameAt: number | null
  /** The worst quality of all its readings; null when it has none. */
  readonly quality: Quality | null
  /** Quantity ids a list row shows first, at most three. */
  readonly headline: readonly string[]
  readonly readings: Readonly<Record<string, LiveReading>>
}

/** `only`: the quantities that changed; absent: all of them. Headline and quality always speak of the whole device. */
export function liveDevice(state: DeviceState, about: DescribedDevice, only?: ReadonlySet<string>): LiveDevice {
  const readings: Record<string, LiveReading> = {}
  let quality: Quality | null = null
  for (const [id, reading] of state.readings) {
    quality = worse(quality, reading.quality)
    if (only && !only.has(id)) continue
    readings[id] = {
      value: reading.value ?? null,
      unit: quantityOf(id)?.unit ?? '',
      at: reading.value === undefined ? null : reading.at,
      quality: reading.quality,
      ...(reading.reason && { reason: reading.reason }),
    }
  }
  return {
    id: about.id,
    name: about.name,
    kind: about.kind,
    zone: about.zone,
    profile: about.profileId,
    presence: state.presence,
    since: state.since,
    ...(state.reason !== undefined && { reason: state.reason }),
    lastFrameAt: state.lastFrameAt ?? null,
    quality,
    headline: headlineOf(about.kind, state.readings),
    readings,
  }
}

const BADNESS: Record<Quality, number> = { good: 0, stale: 1, bad: 2 }
const worse = (a: Quality | null, b: Quality): Quality => (a !== null && BADNESS[a] >= BADNESS[b] ? a : b)
