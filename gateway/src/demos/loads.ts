import { change, type Load, type Run, type Slot, type Turn } from './run.ts'

/** Switching within a run: the only place that says `on`. */

const NEVER_ON: Load = { state: 'off', since: 0, beforeMs: 0, order: 0 }

export const loadOf = (run: Run, slot: string): Load => run.loads[slot] ?? NEVER_ON

export const isOnOrComing = ({ state }: Load): boolean => state === 'on' || state === 'turning-on'

/** How long a slot has been on in this run, ms. */
export const onMs = (load: Load, now: number): number =>
  load.beforeMs + (isOnOrComing(load) ? Math.max(0, now - load.since) : 0)

function set(turn: Turn, slot: string, load: Load): void {
  change(turn, { loads: { ...turn.run.loads, [slot]: load } })
}

/** Why a slot may not go on at this moment: the rated sums of its circuit and of the scenario, its time, the schedule. */
export function onRefusal({ run, situation, now }: Turn, slot: Slot): 'I3' | 'I4' | 'I11' | undefined {
  if (!situation.open && !run.override && slot.device !== undefined) return 'I11'
  const others = run.slots.filter((other) => other.key !== slot.key && isOnOrComing(loadOf(run, other.key)))
  const watts = (of: readonly Slot[]) => of.reduce((sum, { ratedW = 0 }) => sum + ratedW, slot.ratedW ?? 0)
  const { maxPowerW = Number.POSITIVE_INFINITY, maxOnS } = run.read.scenario.safety
  const limit = slot.circuit === undefined ? undefined : situation.circuits.get(slot.circuit)?.limitW
  const beside = others.filter(({ circuit }) => circuit === slot.circuit)
  if (watts(others) > maxPowerW || (limit !== undefined && watts(beside) > limit)) return 'I3'
  const longest = maxOnS[slot.role]
  if (longest !== undefined && onMs(loadOf(run, slot.key), now) >= longest * 1000) return 'I4'
  return undefined
}

/** Only a running run switches on. */
export function switchOn(turn: Turn, slot: Slot): void {
  const { run, now, at, situation } = turn
  const load = loadOf(run, slot.key)
  if (run.state !== 'running' || !slot.switched || isOnOrComing(load)) return
  const refusal = onRefusal(turn, slot)
  if (refusal) {
    change(turn, { tripped: { ...run.tripped, [refusal]: run.tripped[refusal] ?? now } })
    return
  }
  const delayS = run.read.scenario.safety.restartDelayS[slot.role] ?? 0
  // What is switched off in this very turn nobody else knows of yet.
  const toldAt = load.state === 'turning-off' || load.state === 'waiting' ? load.since : 0
  const offAt = Math.max(toldAt, situation.offAt(slot.key) ?? 0)
  if (now - offAt < delayS * 1000) {
    set(turn, slot.key, { ...load, state: 'waiting', since: offAt })
    return
  }
  const order = 1 + Math.max(0, ...Object.values(run.loads).map((one) => one.order))
  set(turn, slot.key, { state: 'turning-on', since: at, beforeMs: load.beforeMs, order })
  // It comes on as its command says, not as it was set before.
  const sent = Object.entries(run.sent).filter(([key]) => !key.startsWith(`${slot.key} `))
  change(turn, { sent: Object.fromEntries(sent) })
  turn.effects.push({ do: 'on', slot: slot.key })
}

/** In any state; `resumes`: the pause switches it off, and going on switches it on again. */
export function switchOff(turn: Turn, slot: Slot, resumes = false): void {
  const load = loadOf(turn.run, slot.key)
  const wanted = resumes && (isOnOrComing(load) || load.state === 'waiting')
  if (load.resumes && !resumes) {
    const { resumes: _, ...rest } = load
    set(turn, slot.key, rest)
    return
  }
  if (load.state === 'waiting') {
    set(turn, slot.key, { ...load, state: 'off', since: turn.at, resumes: wanted })
    return
  }
  if (!isOnOrComing(load)) return
  set(turn, slot.key, {
    state: 'turning-off',
    since: turn.at,
    beforeMs: onMs(load, turn.at),
    order: load.order,
    ...(wanted && { resumes: true }),
  })
  turn.effects.push({ do: 'off', slot: slot.key })
}

export function everythingOff(turn: Turn): void {
  for (const slot of turn.run.slots) switchOff(turn, slot)
}

/**
 * On the way out also what the run believes off is told: its own button, or somebody else, may have switched it on. Only what is seen
 * drawing is waited for then, so that a device that is lost and never was on holds nobody up.
 */
export function surelyOff(turn: Turn): void {
  everythingOff(turn)
  if (turn.run.startedAt === undefined) return
  const told = new Set(slotsUnderPower(turn.run).map(({ device }) => device))
  for (const slot of turn.run.slots) {
    if (!slot.switched || slot.device === undefined || told.has(slot.device)) continue
    told.add(slot.device)
    const load = loadOf(turn.run, slot.key)
    if (draws(turn, slot, load.since + RELAY_MS))
      set(turn, slot.key, { ...load, state: 'turning-off', since: turn.now })
    turn.effects.push({ do: 'off', slot: slot.key })
  }
}

export const slotsUnderPower = (run: Run): Slot[] =>
  run.slots.filter(({ key }) => ['on', 'turning-on', 'turning-off'].includes(loadOf(run, key).state))

/** What came of switching. */
export function settle(turn: Turn, key: string, on: boolean, ok: boolean): void {
  const load = loadOf(turn.run, key)
  if (on && ok && load.state === 'turning-on') {
    set(turn, key, { ...load, state: 'on' })
    const { [key]: _, ...troubles } = turn.run.troubles
    change(turn, { troubles })
  }
  if (on && !ok && isOnOrComing(load)) {
    set(turn, key, { ...load, state: 'turning-off', since: turn.at, beforeMs: onMs(load, turn.at), failed: true })
    turn.effects.push({ do: 'off', slot: key })
  }
  // Not confirmed: it stays on its way, and whoever carries it out tries again.
  if (!on && ok && load.state === 'turning-off') set(turn, key, { ...load, said: true })
  confirmOff(turn)
}

/** Off is what the meter shows, where there is one: a welded relay says off and still draws. */
export function confirmOff(turn: Turn): void {
  for (const slot of turn.run.slots) {
    const load = loadOf(turn.run, slot.key)
    if (load.state !== 'turning-off' || !load.said || !isShownOff(turn, slot, load.since)) continue
    const { said: _, ...rest } = load
    set(turn, slot.key, { ...rest, state: 'off', since: turn.now })
  }
}

/** A relay needs so long to open. */
const RELAY_MS = 500
const TOLD_AGAIN_MS = 2000

/** On the way out a load that said off and draws all the same is told again: its own button, or another relay under its name. */
export function tellAgain(turn: Turn): void {
  for (const slot of slotsUnderPower(turn.run)) {
    const { said, ...load } = loadOf(turn.run, slot.key)
    const isDue = load.state === 'turning-off' && said && turn.now - load.since >= TOLD_AGAIN_MS
    if (!isDue || !draws(turn, slot, load.since + RELAY_MS)) continue
    set(turn, slot.key, { ...load, since: turn.now })
    turn.effects.push({ do: 'off', slot: slot.key })
  }
}

/** A meter that the run watches has to be read since; any other one must not say otherwise. */
function isShownOff(turn: Turn, slot: Slot, since: number): boolean {
  const last = newestPower(turn, slot)
  if (slot.device === undefined || !last || !slot.points.includes('activePower'))
    return !draws(turn, slot, since + RELAY_MS)
  return last.at > since && !draws(turn, slot, since)
}

/** The device said that it is off, and its meter was not read since then. */
export function waitsForMeter(turn: Turn, slot: Slot): boolean {
  const { said = false, since } = loadOf(turn.run, slot.key)
  const last = newestPower(turn, slot)
  return said && last !== undefined && last.at <= since + RELAY_MS
}

const newestPower = ({ situation }: Turn, { key }: Slot) => situation.tracks.of(key, 'activePower')?.samples.at(-1)

/** Whether a reading newer than `after` says that a slot draws what only a switched-on load draws. */
export function draws(turn: Turn, slot: Slot, after: number): boolean {
  const { ratedW = 0, device } = slot
  const last = device === undefined ? undefined : newestPower(turn, slot)
  return (
    last !== undefined && last.at > after && typeof last.value === 'number' && last.value > Math.max(20, ratedW / 10)
  )
}

/** Restart delays that are over. */
export function switchWaiting(turn: Turn): void {
  if (turn.run.state !== 'running') return
  for (const slot of turn.run.slots) {
    if (loadOf(turn.run, slot.key).state !== 'waiting') continue
    switchOn(turn, slot)
  }
}

/** What a pause switched off goes on again once it is known to be off. */
export function switchResumed(turn: Turn): void {
  if (turn.run.state !== 'running') return
  for (const slot of turn.run.slots) {
    const { resumes, ...load } = loadOf(turn.run, slot.key)
    if (!resumes || load.state !== 'off') continue
    set(turn, slot.key, load)
    switchOn(turn, slot)
  }
}
