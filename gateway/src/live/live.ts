import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Readings, StateChange } from '../readings/readings.ts'
import { growthRate } from './growth-rate.ts'
import { type DescribedDevice, type LiveDevice, liveDevice } from './live-device.ts'
import type { GatewayFacts, LiveEvent, LiveOverview, LiveSink } from './live-event.ts'
import { type Changes, type LiveFilter, passes, type Subscriber, subscriber } from './subscriber.ts'

export type { DescribedDevice, LiveDevice } from './live-device.ts'
export type { GatewayFacts, LiveEvent, LiveOverview, LiveSink } from './live-event.ts'
export type { LiveFilter } from './subscriber.ts'

/** A delta goes out at most this often to each client; of several changes in between the last one is told. */
export const DELTA_EVERY_MS = 500
export const HEARTBEAT_EVERY_MS = 5_000
/** A reader that takes nothing for this long is told to start over and is dropped. */
export const SLOW_READER_MS = 15_000

export interface LiveSubscription {
  /** The sink can take more. */
  resume(): void
  close(): void
}

export interface LiveStats {
  readonly sequence: number
  readonly subscribers: number
  readonly deltas: number
  readonly heartbeats: number
  readonly droppedSlowReaders: number
  /** Quantities that wait for slow readers, all of them together. */
  readonly pendingChanges: number
  readonly framesPerSecond: number
}

export interface Live {
  devices(filter?: LiveFilter): LiveDevice[]
  device(id: string): LiveDevice | undefined
  overview(): LiveOverview
  snapshot(filter?: LiveFilter): Extract<LiveEvent, { type: 'snapshot' }>
  /** Delivers a snapshot at once and deltas from then on. */
  subscribe(options: { filter?: LiveFilter }, sink: LiveSink): LiveSubscription
  stats(): LiveStats
  close(): void
}

export interface LiveParts {
  readonly readings: Readings
  readonly describe: (id: string) => DescribedDevice | undefined
  readonly facts: () => GatewayFacts
  readonly clock: Clock
  readonly log: Log
}

/** The present of the hall for screens: one snapshot, then what changed. It only works while somebody looks. */
export function createLive({ readings, describe, facts, clock, log }: LiveParts): Live {
  const subscribers = new Set<Subscriber>()
  const rate = growthRate(
    () => clock.monotonicMs(),
    () => facts().committedFrames,
  )
  const total = { deltas: 0, heartbeats: 0, droppedSlowReaders: 0 }
  let sequence = 0
  let changed: Changes = new Map()
  let rounds: AbortController | undefined
  let lastHeartbeat = 0

  const stopListening = readings.onChange((change) => {
    rate.observe()
    if (subscribers.size > 0) note(changed, change)
  })

  const device = (id: string, only?: ReadonlySet<string>): LiveDevice | undefined => {
    const state = readings.device(id)
    const about = state && describe(id)
    return about && liveDevice(state, about, only)
  }

  const devices = (filter?: LiveFilter) =>
    readings.all().flatMap((state) => {
      const about = describe(state.device)
      return about && passes(about, filter) ? [liveDevice(state, about)] : []
    })

  const overview = (): LiveOverview => {
    const count = { online: 0, offline: 0, unknown: 0 }
    const all = readings.all()
    for (const state of all) count[state.presence] += 1
    return { devices: { total: all.length, ...count }, framesPerSecond: rate.perSecond(), ...facts() }
  }

  const snapshot = (filter?: LiveFilter) =>
    ({ type: 'snapshot', sequence, at: clock.wallMs(), overview: overview(), devices: devices(filter) }) as const

  const delta = (changes: Changes): LiveEvent => {
    const removed: string[] = []
    const told: LiveDevice[] = []
    for (const [id, change] of changes) {
      if (change.removed) removed.push(id)
      const now = device(id, change.removed ? undefined : change.quantities)
      if (now) told.push(now)
    }
    return { type: 'delta', sequence, at: clock.wallMs(), removed, devices: told }
  }

  function round() {
    const now = clock.monotonicMs()
    if (changed.size > 0) sequence += 1
    const shared = changed.size > 0 ? delta(changed) : undefined
    const beat = now - lastHeartbeat >= HEARTBEAT_EVERY_MS
    if (beat) lastHeartbeat = now
    const heartbeat: LiveEvent | undefined = beat
      ? { type: 'heartbeat', sequence, at: clock.wallMs(), overview: overview() }
      : undefined
    for (const one of [...subscribers]) {
      if (one.isSlow(now)) {
        drop(one, 'slow-reader')
        continue
      }
      const told = one.round(now, changed, shared, delta)
      if (told) total.deltas += 1
      if (heartbeat && one.give(now, heartbeat)) total.heartbeats += 1
    }
    changed = new Map()
  }

  function drop(one: Subscriber, reason: 'slow-reader' | 'closing') {
    subscribers.delete(one)
    if (reason === 'slow-reader') {
      total.droppedSlowReaders += 1
      log.warn(
        { code: 'HW_LIVE_SLOW_READER' },
        `a live reader took nothing for ${SLOW_READER_MS / 1000} s and was dropped`,
      )
    }
    one.last({ type: 'resnapshot', sequence, at: clock.wallMs(), reason })
    if (subscribers.size === 0) stopRounds()
  }

  function startRounds() {
    if (rounds) return
    const stop = new AbortController()
    rounds = stop
    lastHeartbeat = clock.monotonicMs()
    changed = new Map()
    void runRounds(stop.signal)
  }

  async function runRounds(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await clock.sleep(DELTA_EVERY_MS, signal)
        if (!signal.aborted) round()
      } catch (error) {
        if (!signal.aborted) log.error({ code: 'HW_INTERNAL', error: String(error) }, 'a round of live updates failed')
      }
    }
  }

  function stopRounds() {
    rounds?.abort()
    rounds = undefined
    changed = new Map()
  }

  return {
    devices,
    device: (id) => device(id),
    overview,
    snapshot,
    subscribe({ filter }, sink) {
      const one = subscriber(filter, sink, (id) => describe(id), SLOW_READER_MS)
      subscribers.add(one)
      startRounds()
      one.give(clock.monotonicMs(), snapshot(filter))
      return {
        resume: () => one.resume(),
        close: () => {
          if (subscribers.delete(one) && subscribers.size === 0) stopRounds()
        },
      }
    },
    stats: () => ({
      sequence,
      subscribers: subscribers.size,
      ...total,
      pendingChanges: [...subscribers].reduce((sum, one) => sum + one.pendingChanges(), 0),
      framesPerSecond: rate.perSecond(),
    }),
    close() {
      stopListening()
      for (const one of [...subscribers]) drop(one, 'closing')
      stopRounds()
    },
  }
}

/** Remembers which quantities changed, not their values: the newest is read when the round comes. */
function note(changes: Changes, change: StateChange) {
  if (change.type === 'removed') {
    changes.set(change.device, { removed: true, quantities: new Set() })
    return
  }
  if (change.state.readings.size === 0) {
    // A device that starts over under a new profile: what a reader holds of its old life must go.
    changes.set(change.state.device, { removed: true, quantities: new Set() })
    return
  }
  const known = changes.get(change.state.device) ?? { removed: false, quantities: new Set<string>() }
  for (const quantity of change.quantities) known.quantities.add(quantity)
  changes.set(change.state.device, known)
}
