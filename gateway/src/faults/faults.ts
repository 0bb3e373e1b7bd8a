import { type FaultEvent, type FaultKey, faultId } from '../domain/fault-event.ts'
import type { DeviceState, StateChange } from '../readings/readings.ts'
import { createPeers, type Peers } from './drift-judge.ts'
import { createEngineClock, type Instant } from './engine-clock.ts'
import { createHourOfWeek } from './hour-of-week.ts'
import type { FaultDevice } from './rules.ts'
import { createWatch, type Watch } from './watch.ts'

export { type FaultDevice, faultDevice } from './rules.ts'

/** What must survive a restart. Plain JSON; its size is bounded by the rules of the hall. */
export interface FaultMemory {
  readonly version: 1
  /** Raised, with the rules that raised it. */
  readonly active: readonly (FaultKey & { readonly by: readonly string[] })[]
  /** Rule of a device → how long its on- or off-delay has run, ms. */
  readonly running: Readonly<Record<string, number>>
  /** Rule of a device → what it learnt. */
  readonly learnt: Readonly<Record<string, unknown>>
}

export interface FaultsOptions {
  /** IANA name; hours of the week are the hall's. */
  readonly timeZone?: string
  readonly memory?: FaultMemory | undefined
  /** Faults that are known elsewhere to be present (open alarms), in case the memory is older than they are. */
  readonly open?: readonly FaultKey[]
}

export interface FaultsStats {
  readonly devices: number
  readonly rules: number
  readonly active: number
  readonly unknown: number
  readonly raised: number
  readonly cleared: number
}

/** Finds faults in readings. Pure: time is the `now` it is given (Unix ms). */
export interface Faults {
  /**
   * Tells which devices and rules there are. A fault of a device or rule that is gone is withdrawn: told as cleared, without
   * evidence. A fault of a device that starts anew under another profile is unknown until it shows itself.
   */
  setDevices(devices: readonly FaultDevice[], now: number): FaultEvent[]
  /** Call on every change of readings, in the same turn. */
  take(change: StateChange, now: number): FaultEvent[]
  /** Delays, silence, windows, forecasts. Call about once a second. */
  tick(now: number): FaultEvent[]
  /** Raised and not cleared, whether it can be seen right now or not. */
  active(): readonly FaultKey[]
  memory(): FaultMemory
  stats(): FaultsStats
}

const NONE: FaultEvent[] = []

export function createFaults(options: FaultsOptions = {}): Faults {
  const { timeZone = 'Asia/Shanghai', memory, open = [] } = options
  const clock = createEngineClock()
  const hourOfWeek = createHourOfWeek(timeZone)
  const peers = new Map<string, Peers>()
  const watches = new Map<string, Watch>()
  /** Kept for devices nobody has told us of yet: readings may know them first. */
  const states = new Map<string, DeviceState>()
  const learnt = new Map<string, unknown>(Object.entries(memory?.learnt ?? {}))
  const running = new Map<string, number>(Object.entries(memory?.running ?? {}))
  let remembered = rememberedFaults(memory, open)
  let raised = 0
  let cleared = 0

  const bench = {
    peers(profileId: string, quantity: string): Peers {
      const key = `${profileId} ${quantity}`
      const known = peers.get(key) ?? createPeers()
      peers.set(key, known)
      return known
    },
  }

  function told(events: FaultEvent[]): FaultEvent[] {
    for (const { type } of events) {
      if (type === 'raised') raised++
      else if (type === 'cleared') cleared++
    }
    return events
  }

  const instant = (now: number): Instant => ({ t: clock.advance(now), now, hour: hourOfWeek(now) })

  function forget(watch: Watch): void {
    for (const group of peers.values()) group.tell(watch.device.id, undefined)
    for (const [key, value] of watch.learnt()) learnt.set(key, value)
    watches.delete(watch.device.id)
  }

  function setDevices(devices: readonly FaultDevice[], now: number): FaultEvent[] {
    const at = instant(now)
    const events: FaultEvent[] = []
    const wanted = new Set(devices.map(({ id }) => id))
    for (const watch of watches.values()) {
      if (wanted.has(watch.device.id)) continue
      forget(watch)
      for (const { key } of watch.active()) events.push(withdrawn(key, now))
    }
    for (const device of devices) {
      const before = watches.get(device.id)
      if (before?.device.fingerprint === device.fingerprint) continue
      const carried = before ? before.active() : (remembered.get(device.id) ?? [])
      if (before) forget(before)
      remembered.delete(device.id)
      const watch = createWatch(device, bench, { learnt, running }, at)
      watches.set(device.id, watch)
      for (const one of carried) {
        if (!watch.carry(one)) events.push(withdrawn(one.key, now))
        else if (one.told !== 'unknown') events.push({ type: 'unknown', fault: one.key, at: now, evidence: [] })
      }
      const state = states.get(device.id)
      if (state) watch.look(state, at, events)
    }
    for (const faults of remembered.values()) for (const { key } of faults) events.push(withdrawn(key, now))
    remembered = new Map()
    running.clear()
    return told(events)
  }

  function take(change: StateChange, now: number): FaultEvent[] {
    if (change.type === 'removed') {
      states.delete(change.device)
      return NONE
    }
    const { state, quantities } = change
    states.set(state.device, state)
    const watch = watches.get(state.device)
    if (!watch) return NONE
    const events: FaultEvent[] = []
    watch.take(state, quantities, instant(now), events)
    return events.length === 0 ? NONE : told(events)
  }

  function tick(now: number): FaultEvent[] {
    const at = instant(now)
    const events: FaultEvent[] = []
    for (const watch of watches.values()) watch.tick(at, events)
    return told(events)
  }

  return {
    setDevices,
    take,
    tick,
    active: () => [...watches.values()].flatMap((watch) => watch.active().map(({ key }) => key)),
    memory() {
      const all = [...watches.values()]
      return {
        version: 1,
        active: all.flatMap((watch) => watch.active().map(({ key, by }) => ({ ...key, by: by ?? [] }))),
        running: Object.fromEntries(all.flatMap((watch) => watch.running())),
        learnt: Object.fromEntries(all.flatMap((watch) => watch.learnt())),
      }
    },
    stats() {
      const active = [...watches.values()].flatMap((watch) => watch.active())
      return {
        devices: watches.size,
        rules: [...watches.values()].reduce((sum, watch) => sum + watch.rules, 0),
        active: active.length,
        unknown: active.filter(({ told }) => told === 'unknown').length,
        raised,
        cleared,
      }
    },
  }
}

const withdrawn = (fault: FaultKey, now: number): FaultEvent => ({ type: 'cleared', fault, at: now, evidence: [] })

interface Remembered {
  readonly key: FaultKey
  readonly by: readonly string[] | undefined
  readonly told: 'raised' | 'unknown'
}

/** By device. The memory knows which rule raised a fault; what is open elsewhere only says that one did. */
function rememberedFaults(memory: FaultMemory | undefined, open: readonly FaultKey[]): Map<string, Remembered[]> {
  const byId = new Map<string, Remembered>()
  for (const { device, code, part } of open) {
    const key = { device, code, part }
    byId.set(faultId(key), { key, by: undefined, told: 'raised' })
  }
  for (const { device, code, part, by } of memory?.active ?? []) {
    const key = { device, code, part }
    byId.set(faultId(key), { key, by, told: 'raised' })
  }
  return Map.groupBy(byId.values(), ({ key }) => key.device)
}
