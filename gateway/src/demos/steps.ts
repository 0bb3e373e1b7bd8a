import { finish, stop } from './ends.ts'
import { isOnOrComing, loadOf, switchOff, switchOn } from './loads.ts'
import { isTrue, look, valueIn } from './look.ts'
import { slotsMeant } from './plan-steps.ts'
import { change, type PlannedStep, type Run, type Slot, type Turn } from './run.ts'
import type { ScenarioAction } from './scenario-schema.ts'

/** A condition that may come true again and again is acted on once a second at most. */
const AGAIN_AFTER_MS = 1000
/** A step that ended later than that was held, and ends when it is let go. */
const HELD_MS = 1000

/** Begins the step of this index; beyond the last one the run ends. */
export function enter(turn: Turn, index: number, at: number): void {
  const planned = turn.run.plan[index]
  if (!planned) {
    finish(turn)
    return
  }
  const { show, ask, does } = planned.step
  change(turn, {
    step: index,
    stepAt: at,
    during: {},
    ...(show !== undefined && { panel: show }),
    ...(ask && { asked: index }),
  })
  turn.at = at
  act(turn, does, planned)
}

/** What happens within the step now, and the steps that follow when it ends. */
export function goOn(turn: Turn): void {
  // As many steps as there are may end in one moment, not more.
  for (let left = turn.run.plan.length; left >= 0 && turn.run.state === 'running'; left--) {
    const planned = turn.run.plan[turn.run.step]
    if (!planned) return
    whileItLasts(turn, planned)
    const end = endOf(turn, planned)
    if (end === undefined) return
    enter(turn, turn.run.step + 1, end)
  }
}

/** Unix ms at which the step ended; undefined while it lasts. */
function endOf(turn: Turn, { step: { until }, variables }: PlannedStep): number | undefined {
  const { run, now, situation } = turn
  if (until.is === 'guide') return undefined
  if (until.is === 'time') {
    const due = run.stepAt + until.s * 1000
    if (now < due || isGoingOn(run)) return undefined
    return now - due > HELD_MS ? now : due
  }
  if (isTrue(run, look(run, situation, now), until.when, variables)) return Math.max(run.stepAt, turn.at)
  const due = run.stepAt + until.withinS * 1000
  if (now < due) return undefined
  if (until.otherwise === 'go-on') return due
  stop(turn, { code: 'HW_DEMO_TIME_OUT', text: { zh: '等待超时，已停止', en: 'What was waited for did not happen.' } })
  return undefined
}

/** A load that is late holds its step: what is measured of it next is measured of a load that is on. */
const isGoingOn = ({ loads }: Run): boolean => Object.values(loads).some(({ state }) => state === 'turning-on')

function whileItLasts(turn: Turn, planned: PlannedStep): void {
  for (const [i, { when, does, once }] of planned.step.during.entries()) {
    const { run, situation, now } = turn
    const last = run.during[i]
    if (last !== undefined && (once || now - last < AGAIN_AFTER_MS)) continue
    if (!isTrue(run, look(run, situation, now), when, planned.variables)) continue
    change(turn, { during: { ...run.during, [i]: now } })
    act(turn, does, planned)
  }
}

function act(turn: Turn, actions: readonly ScenarioAction[], { variables }: PlannedStep): void {
  for (const action of actions) {
    const { slots } = turn.run
    if ('on' in action) for (const slot of slotsMeant(action.on, variables, slots)) switchOn(turn, slot)
    else if ('off' in action) for (const slot of slotsMeant(action.off, variables, slots)) switchOff(turn, slot)
    else if ('mark' in action) {
      const [index] = Object.values(variables)
      const key = index === undefined ? action.mark : `${action.mark}[${index}]`
      change(turn, { marks: { ...turn.run.marks, [key]: turn.at } })
    } else for (const slot of slotsMeant(action.role, variables, slots)) command(turn, action, slot, variables)
  }
}

function command(
  turn: Turn,
  { command: name, value: written }: Extract<ScenarioAction, { command: string }>,
  { key: slot, switched }: Slot,
  variables: PlannedStep['variables'],
): void {
  const { run, situation, now } = turn
  // A charger that is told a current charges: whatever is switched is commanded only while it is on.
  if (switched && !isOnOrComing(loadOf(run, slot))) return
  const value =
    typeof written === 'object' ? valueIn(run, look(run, situation, now), written.of, variables)?.value : written
  // What cannot be computed is not commanded.
  if (typeof written === 'object' && value === undefined) return
  const key = `${slot} ${name}`
  if (value !== undefined && run.sent[key] === value) return
  if (value !== undefined) change(turn, { sent: { ...run.sent, [key]: value } })
  turn.effects.push({ do: 'command', slot, command: name, value })
}
