import { stop } from './ends.ts'
import { isFrozen } from './frozen.ts'
import { draws, isOnOrComing, loadOf, onMs, switchOff } from './loads.ts'
import { isTrue, look } from './look.ts'
import { change, type RunReason, type Slot, type Turn } from './run.ts'

/** I3 to I7 and the scenario’s own rules, looked at with every reading and four times a second. */
export function watch(turn: Turn): void {
  tabletHeard(turn)
  if (turn.run.state !== 'running' && turn.run.state !== 'paused') return
  for (const slot of turn.run.slots) {
    if (slot.switched) watchSlot(turn, slot)
    else watchMeter(turn, slot)
    if (turn.run.state !== 'running' && turn.run.state !== 'paused') return
  }
  watchCeilings(turn)
  watchCircuits(turn)
  const { run, situation, now } = turn
  const rule = run.read.scenario.safety.stopWhen.find(({ when }) => isTrue(run, look(run, situation, now), when))
  if (rule) stop(turn, { code: 'HW_DEMO_STOPPED', text: rule.reason }, 'stopWhen')
}

const BEAT_LOST_MS = 10_000
const BEAT_GONE_MS = 60_000
const LONGEST_PAUSE_MS = 120_000

/** I5, and a pause that nobody ends. */
function tabletHeard(turn: Turn): void {
  const { run, now } = turn
  // Nobody has to stand by a run that switches nothing and may go on alone.
  const isAlone = run.read.scenario.unattended && !run.slots.some(({ switched }) => switched)
  const silentMs = isAlone ? 0 : now - run.heardAt
  if (run.state === 'running' && silentMs > BEAT_LOST_MS) {
    change(turn, { tripped: { ...run.tripped, I5: now } })
    pause(turn)
  }
  if (turn.run.state !== 'paused') return
  if (silentMs > BEAT_GONE_MS)
    stop(turn, because('HW_DEMO_TABLET_LOST', '平板失联超过 60 秒', 'The tablet was not heard for 60 s.'), 'I5')
  else if (now - (run.pausedAt ?? now) > LONGEST_PAUSE_MS)
    stop(turn, because('HW_DEMO_PAUSED_TOO_LONG', '暂停超过 2 分钟', 'It was paused for more than two minutes.'))
}

/** Hot loads go off; the others stay as they are. */
export function pause(turn: Turn): void {
  if (turn.run.state !== 'running') return
  change(turn, { state: 'paused', pausedAt: turn.now })
  for (const slot of turn.run.slots) if (slot.hot) switchOff(turn, slot, true)
}

/** A load that draws nothing so long after it was switched on has a dead relay or no plug. */
const NO_POWER_AFTER_MS = 10_000
const STILL_DRAWS_AFTER_MS = 3000

function watchSlot(turn: Turn, slot: Slot): void {
  const load = loadOf(turn.run, slot.key)
  if (slot.device !== undefined && hasWelded(turn, slot)) {
    turn.effects.push({ do: 'alarm', slots: [slot.key] })
    stop(turn, of('HW_DEMO_LOAD_NOT_OFF', slot, '断开后仍有功率', 'still draws power after it was switched off'))
  } else if (isOnOrComing(load)) {
    longestTime(turn, slot)
    const trouble = slot.device === undefined ? undefined : troubleOf(turn, slot)
    if (trouble) lose(turn, slot, ...trouble)
  } else if (load.failed && load.state === 'turning-off')
    lose(turn, slot, of('HW_DEMO_SWITCH_FAILED', slot, '没有合上', 'could not be switched on'))
}

/** Off for a while after it was on, and still drawing. */
function hasWelded(turn: Turn, slot: Slot): boolean {
  const { state, order, since } = loadOf(turn.run, slot.key)
  const quietFrom = since + STILL_DRAWS_AFTER_MS
  return state === 'off' && order > 0 && turn.now > quietFrom && draws(turn, slot, quietFrom)
}

/** I6, and what a meter shows of a load that cannot be so. */
function troubleOf(turn: Turn, slot: Slot): [reason: RunReason, interlock?: string] | undefined {
  const { situation, now, run } = turn
  const { key, hot, ratedW = 0 } = slot
  const ageMs = situation.ageMs(key)
  if (ageMs === undefined || ageMs > situation.staleMs)
    return [of('HW_DEMO_READING_LOST', slot, '读数中断', 'gives no readings any more'), 'I6']
  const load = loadOf(run, key)
  const onForMs = now - load.since
  const power = situation.reading(key, 'activePower')
  if (hot && ratedW >= 100 && onForMs > NO_POWER_AFTER_MS && typeof power === 'number' && power < ratedW / 100)
    return [of('HW_DEMO_NO_POWER', slot, '已合上却没有功率', 'is on and draws nothing')]
  return standsStill(turn, slot, load.since) ? [frozen(slot), 'I6'] : undefined
}

function longestTime(turn: Turn, slot: Slot): void {
  const { run, now } = turn
  const longest = run.read.scenario.safety.maxOnS[slot.role]
  if (longest === undefined || onMs(loadOf(run, slot.key), now) < longest * 1000) return
  change(turn, { tripped: { ...run.tripped, I4: run.tripped.I4 ?? now } })
  switchOff(turn, slot)
}

/**
 * What is only read: a ceiling that nobody can see is none, and figures of a meter that stands still are not for an audience.
 */
function watchMeter(turn: Turn, slot: Slot): void {
  const { run, situation } = turn
  if (slot.device === undefined || run.startedAt === undefined) return
  const ageMs = situation.ageMs(slot.key)
  const isBlind = ageMs === undefined || ageMs > situation.staleMs
  if (isBlind && hasCeiling(turn, slot) && anythingOn(turn))
    stop(turn, of('HW_DEMO_READING_LOST', slot, '读数中断', 'gives no readings any more'), 'I6')
  else if (!run.troubles[slot.key] && standsStill(turn, slot, run.startedAt)) lose(turn, slot, frozen(slot), 'I6')
}

const hasCeiling = ({ run }: Turn, { role }: Slot): boolean =>
  run.read.scenario.safety.ceilings.some((ceiling) => ceiling.role === role)

const anythingOn = ({ run }: Turn): boolean => run.slots.some(({ key }) => isOnOrComing(loadOf(run, key)))

function standsStill({ situation, now }: Turn, { key }: Slot, since: number): boolean {
  const watts = situation.reading(key, 'activePower')
  const power = situation.tracks.of(key, 'activePower')
  const register = situation.tracks.of(key, 'activeEnergyImport')
  return typeof watts === 'number' && watts > 0 && !!power && !!register && isFrozen(power, register, since, now)
}

const frozen = (slot: Slot) => of('HW_DEMO_READING_LOST', slot, '电表读数冻结', 'has a meter that stands still')

/** The role goes off and is named; without a required one the run cannot go on. */
function lose(turn: Turn, slot: Slot, reason: RunReason, interlock?: string): void {
  if (slot.required) {
    stop(turn, reason, interlock)
    return
  }
  if (interlock !== undefined)
    change(turn, { tripped: { ...turn.run.tripped, [interlock]: turn.run.tripped[interlock] ?? turn.now } })
  change(turn, { troubles: { ...turn.run.troubles, [slot.key]: reason } })
  switchOff(turn, slot)
}

/** I7 */
function watchCeilings(turn: Turn): void {
  const { run, situation } = turn
  for (const { role, point, max } of run.read.scenario.safety.ceilings) {
    for (const slot of run.slots) {
      const value = slot.role === role ? situation.reading(slot.key, point) : undefined
      // A store is not switched itself: its ceiling is for what heats it.
      const heats = slot.switched ? isOnOrComing(loadOf(run, slot.key)) : anythingOn(turn)
      if (typeof value !== 'number' || value <= max || !heats) continue
      const zh = `超过上限 ${max}（现在 ${value}）`
      stop(turn, of('HW_DEMO_CEILING', slot, zh, `is at ${value}, above its ceiling of ${max}`), 'I7')
    }
  }
}

const OVER_LIMIT_MS = 1000

/** I3: the last one on is the first to go. */
function watchCircuits(turn: Turn): void {
  const { situation, now } = turn
  for (const [circuit, { limitW, powerW }] of situation.circuits) {
    const on = turn.run.slots.filter((slot) => slot.circuit === circuit && isOnOrComing(loadOf(turn.run, slot.key)))
    if (on.length === 0) continue
    const added = on.reduce((sum, { key }) => sum + numberOr0(situation.reading(key, 'activePower')), 0)
    const key = `I3 ${circuit}`
    const { [key]: since, ...tripped } = turn.run.tripped
    if ((powerW ?? added) <= limitW) {
      if (since !== undefined) change(turn, { tripped })
    } else if (since === undefined) change(turn, { tripped: { ...tripped, [key]: now } })
    else if (now - since > OVER_LIMIT_MS) {
      const last = on.toSorted((a, b) => loadOf(turn.run, b.key).order - loadOf(turn.run, a.key).order)[0]
      change(turn, { tripped: { ...tripped, [key]: now } })
      if (last) switchOff(turn, last)
    }
  }
}

const numberOr0 = (value: unknown): number => (typeof value === 'number' ? value : 0)

const because = (code: RunReason['code'], zh: string, en: string): RunReason => ({ code, text: { zh, en } })

const of = (code: RunReason['code'], { name }: Slot, zh: string, en: string): RunReason =>
  because(code, `${name.zh}${zh}`, `${name.en} ${en}.`)
