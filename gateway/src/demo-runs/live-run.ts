import type { Commands } from '../commands/command.ts'
import { advance } from '../demos/advance.ts'
import { type Binding, type KnownDevice, sourceOf } from '../demos/bindings.ts'
import type { Fact } from '../demos/fact-book.ts'
import { loadOf } from '../demos/loads.ts'
import type { Prices } from '../demos/money.ts'
import { rehearse } from '../demos/rehearsal.ts'
import { type Effect, isOver, type Run, type RunEvent, type Situation } from '../demos/run.ts'
import { shiftRun } from '../demos/shift-run.ts'
import { Tracks } from '../demos/track.ts'
import type { Value } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeviceState } from '../readings/readings.ts'
import type { LastOff } from './last-off.ts'
import type { Past } from './past.ts'
import { createSwitching, type Switching } from './switching.ts'

/** What one run needs of the gateway. */
export interface LiveRunParts {
  readonly commands: Pick<Commands, 'request' | 'allOff'>
  readonly clock: Clock
  now(): number
  state(device: string): DeviceState | undefined
  device(id: string): KnownDevice | undefined
  /** Of all runs. */
  readonly lastOff: Pick<LastOff, 'at' | 'switchedOn' | 'switchedOff'>
  readonly prices: Prices
  fact(id: string): Fact | undefined
  open(): boolean
  readonly staleMs: number
  circuits(): Situation['circuits']
  readonly past: Past
  /** More samples than those of devices: a lane that is played from a record. */
  moreSamples?(run: Run, from: number, to: number): readonly { slot: string; point: string; at: number; value: Value }[]
  onChange(urgent: boolean): void
  onAlarm(devices: readonly string[]): void
  onOver(): void
}

/** A run under way: what the pure room decides, carried out. */
export interface LiveRun {
  readonly run: Run
  readonly tracks: Tracks
  readonly situation: Situation
  take(event: RunEvent): void
  /** A device of the hall was read. */
  takeReading(state: DeviceState, quantities: readonly string[]): void
  /** About four times a second. */
  tick(): void
  hallOff(result: ReturnType<Commands['allOff']>): void
  /** The clock was set by so much: the run keeps its durations. */
  clockSet(byMs: number): void
  close(): void
}

/** A device stamps its readings itself; further from our clock than this, and we take our own. */
const CLOCK_AGREES_MS = 2000

export function createLiveRun(first: Run, bindings: ReadonlyMap<string, Binding>, parts: LiveRunParts): LiveRun {
  let run = first
  const tracks = new Tracks()
  const switchings = new Map<string, Switching>()
  /** Who shows what: device and quantity → slots and points. */
  const shown = new Map<string, { slot: string; point: string }[]>()
  const sources = new Map<string, { device: string; quantity: string }>()
  const stampsOf = new Map<string, boolean>()
  /** By slot and point: the stamp of the newest good reading. */
  const heardAt = new Map<string, number>()
  let lastTick = parts.now()
  let underHallOff: ReturnType<Commands['allOff']> | undefined

  for (const slot of run.slots) {
    const binding = bindings.get(slot.key)
    if (!binding) continue
    const points = [...new Set([...slot.points, ...slot.alsoPoints, 'activePower', 'activeEnergyImport', 'switchedOn'])]
    for (const point of points) {
      const source = sourceOf(binding, point)
      sources.set(`${slot.key}.${point}`, source)
      const key = `${source.device} ${source.quantity}`
      shown.set(key, [...(shown.get(key) ?? []), { slot: slot.key, point }])
    }
  }

  const newest = (slot: string, point: string) => {
    const source = sources.get(`${slot}.${point}`)
    return source && parts.state(source.device)?.readings.get(source.quantity)
  }
  const isDevice = (slot: string) => run.slots.find(({ key }) => key === slot)?.device !== undefined

  const situation: Situation = {
    tracks,
    reading(slot, point) {
      if (!isDevice(slot)) return tracks.of(slot, point)?.samples.at(-1)?.value
      const reading = newest(slot, point)
      return reading?.quality === 'good' ? reading.value : undefined
    },
    quality(slot) {
      if (!isDevice(slot)) return 'good'
      const points = run.slots.find(({ key }) => key === slot)?.points ?? []
      const qualities = points.map((point) => newest(slot, point)?.quality)
      if (qualities.every((quality) => quality === 'good')) return 'good'
      return qualities.every((quality) => quality === undefined) ? 'none' : 'stale'
    },
    ageMs(slot) {
      if (!isDevice(slot)) return 0
      const key = run.slots.find((one) => one.key === slot)
      const { ceilings } = run.read.scenario.safety
      const points = [
        ...(key?.points.includes('activePower') ? ['activePower'] : (key?.points.slice(0, 1) ?? [])),
        ...ceilings.flatMap(({ role, point }) => (role === key?.role ? [point] : [])),
      ]
      const ages = points.map((point) => {
        const at = heardAt.get(`${slot}.${point}`)
        return at === undefined ? undefined : parts.now() - at
      })
      return ages.some((age) => age === undefined) ? undefined : Math.max(...ages.map((age) => age ?? 0))
    },
    offAt: (slot) => parts.lastOff.at(run.slots.find(({ key }) => key === slot)?.device ?? ''),
    get circuits() {
      return parts.circuits()
    },
    get open() {
      return parts.open()
    },
    history(slot, point) {
      const source = sources.get(`${slot}.${point}`)
      return source ? parts.past(source.device, source.quantity) : []
    },
    staleMs: parts.staleMs,
    prices: parts.prices,
    fact: parts.fact,
  }

  /** The device’s own stamp while it agrees with our clock; a stamp that then stands still is a reading that grows old. */
  function stampOf(key: string, at: number, now: number): number {
    const known = stampsOf.get(key)
    if (known === undefined) stampsOf.set(key, Math.abs(at - now) <= CLOCK_AGREES_MS)
    return stampsOf.get(key) ? Math.min(at, now) : now
  }

  function note(device: string, quantity: string, state: DeviceState): string[] {
    const reading = state.readings.get(quantity)
    if (reading?.quality !== 'good' || reading.value === undefined) return []
    const key = `${device} ${quantity}`
    const now = parts.now()
    const at = stampOf(key, reading.at, now)
    return (shown.get(key) ?? []).map(({ slot, point }) => {
      tracks.note(slot, point, at, reading.value!)
      heardAt.set(`${slot}.${point}`, at)
      return `${slot} ${at}`
    })
  }

  // What is known already is the first sample of a run.
  for (const { device, quantity } of sources.values()) {
    const state = parts.state(device)
    if (state) note(device, quantity, state)
  }

  function take(event: RunEvent, now = parts.now()): void {
    if (isOver(run) && run.state !== 'offer') return
    const before = run
    const turn = advance(run, event, situation, now)
    run = turn.run
    for (const effect of turn.effects) carryOut(effect, now)
    const urgent =
      run.state !== before.state ||
      run.step !== before.step ||
      run.loads !== before.loads ||
      run.guesses !== before.guesses ||
      run.inputs !== before.inputs
    if (run !== before) parts.onChange(urgent)
  }

  function carryOut(effect: Effect, now: number): void {
    if (effect.do === 'alarm') {
      parts.onAlarm(effect.slots.flatMap((slot) => run.slots.find(({ key }) => key === slot)?.device ?? []))
      return
    }
    if (effect.do === 'record') {
      for (const switching of switchings.values()) switching.giveUp()
      parts.onOver()
      return
    }
    const slot = run.slots.find(({ key }) => key === effect.slot)
    const device = slot?.device
    if (!slot || device === undefined) {
      // Nothing is switched in a rehearsal: what is told is done.
      if (effect.do !== 'command') take({ is: 'switched', slot: effect.slot, on: effect.do === 'on', ok: true }, now)
      return
    }
    const switching = switchingOf(device, slot.key)
    const how = parts.device(device)?.switches.on
    if (effect.do === 'command') switching.set(effect.command, effect.value)
    else if (effect.do === 'off') {
      // What is off already is told to be sure; since when it is off stays what it was.
      const goesOff = loadOf(run, slot.key).state !== 'off'
      if (goesOff) parts.lastOff.switchedOff(device, now)
      void switching.off().then((ok) => {
        if (!ok || !goesOff) return
        parts.lastOff.switchedOff(device, parts.now())
        take({ is: 'switched', slot: slot.key, on: false, ok })
      })
    } else if (how) {
      parts.lastOff.switchedOn(device)
      void switching.on(how).then((ok) => ok !== undefined && take({ is: 'switched', slot: slot.key, on: true, ok }))
    } else take({ is: 'switched', slot: slot.key, on: true, ok: false }, now)
  }

  function switchingOf(device: string, slot: string): Switching {
    const known = switchings.get(device)
    if (known) return known
    const made = createSwitching(device, {
      commands: parts.commands,
      clock: parts.clock,
      by: run.by,
      run: run.id,
      onLost: () => take({ is: 'switched', slot, on: true, ok: false }),
      onNotSet: (command) => take({ is: 'not-set', slot, command }),
    })
    if (underHallOff) made.hallOff(underHallOff)
    switchings.set(device, made)
    return made
  }

  return {
    get run() {
      return run
    },
    tracks,
    situation,
    take,
    takeReading(state, quantities) {
      const heard = new Set(quantities.flatMap((quantity) => note(state.device, quantity, state)))
      for (const key of heard) {
        const [slot = '', at = ''] = key.split(' ')
        take({ is: 'reading', slot, at: Number(at) })
      }
    },
    tick() {
      const now = parts.now()
      const samples = [...rehearse(run, situation, lastTick, now), ...(parts.moreSamples?.(run, lastTick, now) ?? [])]
      lastTick = now
      for (const { slot, point, at, value } of samples) {
        tracks.note(slot, point, at, value)
        if (at < now) take({ is: 'reading', slot, at }, at)
      }
      take({ is: 'tick' }, now)
    },
    hallOff(result) {
      underHallOff = result
      for (const switching of switchings.values()) switching.hallOff(result)
    },
    clockSet(byMs) {
      run = shiftRun(run, byMs)
      tracks.shift(byMs)
      for (const [key, at] of heardAt) heardAt.set(key, at + byMs)
      lastTick += byMs
      // Whose clock agrees with the new one is found out anew.
      stampsOf.clear()
    },
    close() {
      for (const switching of switchings.values()) switching.giveUp()
    },
  }
}
