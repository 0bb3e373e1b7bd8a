import type { BadReason, Frame, Presence, Quality, Value } from '../domain/frame.ts'

/** The newest we know of one quantity of one device. `value` stays when it grows stale; it is undefined when none ever came. */
export interface Reading {
  readonly value: Value | undefined
  /** Unix ms at which `value` was read; of the attempt, when there never was a value. */
  readonly at: number
  readonly quality: Quality
  readonly reason?: BadReason
}

/** The newest we know of one device. */
export interface DeviceState {
  readonly device: string
  readonly presence: Presence
  /** Unix ms since when `presence` holds. */
  readonly since: number
  /** Why it is offline or unknown, as a BadReason or an error code; absent while online. */
  readonly reason?: string
  /** Unix ms of the last frame; undefined when none ever came. */
  readonly lastFrameAt?: number
  readonly readings: ReadonlyMap<string, Reading>
}

/** What changed: a device's newest state with the quantities that are new or changed quality, or a device that left the hall. */
export type StateChange =
  | { readonly type: 'state'; readonly state: DeviceState; readonly quantities: readonly string[] }
  | { readonly type: 'removed'; readonly device: string }

/** What readings need to know of a device; a ResolvedDevice fits. */
export interface WatchedDevice {
  readonly id: string
  /** Period in which a quantity is expected anew; absent: it never grows stale by age. */
  readonly periodsMs: Readonly<Record<string, number>>
  readonly fingerprint: string
}

export interface ReadingsStats {
  readonly devices: number
  readonly online: number
  readonly offline: number
  readonly unknown: number
  readonly staleReadings: number
  readonly refusedFrames: number
}

/** The present of the hall, kept in memory. Decides quality and age; knows no clock but the `now` it is given. */
export interface Readings {
  /** Tells which devices exist; forgets the others and starts changed ones as unknown. */
  setDevices(devices: readonly WatchedDevice[], now: number): void
  /** Takes a frame of a known device, which is then no longer unknown; returns false when the device is not in the hall. */
  accept(frame: Frame, now: number): boolean
  setPresence(device: string, presence: Presence, now: number, reason?: string): void
  /**
   * The wall clock was set by so many ms: ages go on as they were, and after it was set back nothing that comes is older than what is
   * held. Call before the next `tick`.
   */
  clockSet(byMs: number, now: number): void
  /** Marks what grew too old: values stale after three periods; a device of which nothing is fresh, unknown. Call about once a second. */
  tick(now: number): void
  device(id: string): DeviceState | undefined
  all(): readonly DeviceState[]
  /** Called synchronously on every change; returns the way to stop it. */
  onChange(listener: (change: StateChange) => void): () => void
  stats(): ReadingsStats
}

/** A value is stale when it is older than this many of its periods: one lost message or poll is no news. */
export const STALE_AFTER_PERIODS = 3

interface MutableReading {
  value: Value | undefined
  at: number
  quality: Quality
  reason?: BadReason
  /** `now` of the last good value: age counts from when we heard it, so a device with a wrong clock does not look dead. */
  heardAt: number
}

interface MutableState {
  device: string
  presence: Presence
  since: number
  reason?: string
  lastFrameAt?: number
  heardAt: number
  readings: Map<string, MutableReading>
  watched: WatchedDevice
  longestPeriodMs: number
}

export function createReadings(): Readings {
  const states = new Map<string, MutableState>()
  const listeners = new Set<(change: StateChange) => void>()
  let refusedFrames = 0

  const tell = (state: MutableState, quantities: readonly string[]) => {
    for (const listener of listeners) listener({ type: 'state', state, quantities })
  }

  function setDevices(devices: readonly WatchedDevice[], now: number): void {
    const wanted = new Map(devices.map((device) => [device.id, device]))
    for (const id of states.keys()) {
      if (wanted.has(id)) continue
      states.delete(id)
      for (const listener of listeners) listener({ type: 'removed', device: id })
    }
    for (const device of devices) {
      if (states.get(device.id)?.watched.fingerprint === device.fingerprint) continue
      const state = unheardOf(device, now)
      states.set(device.id, state)
      tell(state, [])
    }
  }

  function accept(frame: Frame, now: number): boolean {
    const state = states.get(frame.device)
    if (!state) {
      refusedFrames++
      return false
    }
    const changed: string[] = []
    for (const quantity in frame.values) {
      if (takeValue(state, quantity, frame.values[quantity] as Value, frame.at, now)) changed.push(quantity)
    }
    if (frame.bad) {
      for (const quantity in frame.bad) takeFailure(state, quantity, frame.bad[quantity] as BadReason, frame.at)
      changed.push(...Object.keys(frame.bad))
    }
    if (frame.stream === 'reading') {
      state.lastFrameAt = frame.at
      state.heardAt = now
      // Who speaks is there. A device that was *said* to be offline stays so until it says otherwise: its last messages may be late.
      if (state.presence === 'unknown') {
        state.presence = 'online'
        state.since = now
        delete state.reason
      }
    }
    tell(state, changed)
    return true
  }

  function setPresence(device: string, presence: Presence, now: number, reason?: string): void {
    const state = states.get(device)
    if (!state || (state.presence === presence && state.reason === reason)) return
    if (state.presence !== presence) state.since = now
    state.presence = presence
    if (reason === undefined) delete state.reason
    else state.reason = reason
    if (presence === 'online') state.heardAt = now
    tell(state, presence === 'online' ? [] : growStale(state, () => true, 'link-down'))
  }

  function tick(now: number): void {
    for (const state of states.values()) {
      const stale = growStale(
        state,
        (reading, period) => now - reading.heardAt > period * STALE_AFTER_PERIODS,
        'timeout',
      )
      const silent =
        state.presence === 'online' &&
        state.longestPeriodMs > 0 &&
        now - state.heardAt > state.longestPeriodMs * STALE_AFTER_PERIODS
      if (silent) setPresence(state.device, 'unknown', now, 'timeout')
      if (stale.length > 0) tell(state, stale)
    }
  }

  function stats(): ReadingsStats {
    const count = { online: 0, offline: 0, unknown: 0 }
    let staleReadings = 0
    for (const state of states.values()) {
      count[state.presence]++
      for (const reading of state.readings.values()) if (reading.quality === 'stale') staleReadings++
    }
    return { devices: states.size, ...count, staleReadings, refusedFrames }
  }

  return {
    setDevices,
    accept,
    setPresence,
    clockSet(byMs, now) {
      for (const state of states.values()) moveTimes(state, byMs, now)
    },
    tick,
    device: (id) => states.get(id),
    all: () => [...states.values()],
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stats,
  }
}

const unheardOf = (watched: WatchedDevice, now: number): MutableState => ({
  device: watched.id,
  presence: 'unknown',
  since: now,
  heardAt: now,
  readings: new Map(),
  watched,
  longestPeriodMs: Math.max(0, ...Object.values(watched.periodsMs).filter(Number.isFinite)),
})

/**
 * An older value than the one we hold (a terminal emptying its offline queue) is history, not the present: it is stored
 * with its frame but does not turn the clock back here. Returns whether the present changed.
 */
function takeValue(state: MutableState, quantity: string, value: Value, at: number, now: number): boolean {
  const reading = state.readings.get(quantity)
  if (!reading) {
    state.readings.set(quantity, { value, at, quality: 'good', heardAt: now })
    return true
  }
  // Heard later than now: the clock was set back since, and nothing that is stamped by it is older.
  const isHistory = at < reading.at && reading.heardAt <= now
  if (reading.value !== undefined && isHistory && reading.quality === 'good') return false
  reading.value = value
  reading.at = at
  reading.quality = 'good'
  reading.heardAt = now
  delete reading.reason
  return true
}

/** As long at most it takes until somebody notices that the clock was set. */
const NOTICED_WITHIN_MS = 2000

/** By how much the wall-clock time of something heard has to move; 0 when it was heard after the clock was set. */
const movedBy = (byMs: number, heardAt: number, now: number): number =>
  heardAt <= now && heardAt > now - NOTICED_WITHIN_MS ? 0 : byMs

/** Set forward, what was read keeps the time it was read at, since the machine may have slept: only its age is counted on. */
function moveTimes(state: MutableState, byMs: number, now: number): void {
  const stateBy = movedBy(byMs, state.heardAt, now)
  state.heardAt += stateBy
  if (state.lastFrameAt !== undefined) state.lastFrameAt += Math.min(0, stateBy)
  for (const reading of state.readings.values()) {
    const by = movedBy(byMs, reading.heardAt, now)
    reading.heardAt += by
    reading.at += Math.min(0, by)
  }
}

function takeFailure(state: MutableState, quantity: string, reason: BadReason, at: number): void {
  const reading = state.readings.get(quantity)
  if (!reading) state.readings.set(quantity, { value: undefined, at, quality: 'bad', reason, heardAt: at })
  else {
    // The last good value stays visible with its own time; only its quality falls.
    reading.quality = 'bad'
    reading.reason = reason
  }
}

function growStale(
  state: MutableState,
  tooOld: (reading: MutableReading, periodMs: number) => boolean,
  reason: BadReason,
): string[] {
  const stale: string[] = []
  // Every second over every reading: forEach makes no list of two for each of them.
  state.readings.forEach((reading, quantity) => {
    if (reading.quality !== 'good') return
    const period = state.watched.periodsMs[quantity] ?? Number.POSITIVE_INFINITY
    if (!tooOld(reading, period)) return
    reading.quality = 'stale'
    reading.reason = reason
    stale.push(quantity)
  })
  return stale
}
