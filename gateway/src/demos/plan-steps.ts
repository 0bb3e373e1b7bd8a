import type { PlannedStep, Slot } from './run.ts'
import { roleTarget } from './scenario-checks.ts'
import type { Scenario, ScenarioStep } from './scenario-schema.ts'

/** The steps of a run with these devices: without those that need a missing role, repeated ones for each device in turn. */
export function planSteps({ steps }: Scenario, slots: readonly Pick<Slot, 'role'>[]): PlannedStep[] {
  const present = new Set(slots.map(({ role }) => role))
  const wanted = steps.filter(({ needs }) => needs.every((role) => present.has(role)))
  const plan: PlannedStep[] = []
  for (let i = 0; i < wanted.length; ) {
    const { repeat } = wanted[i]!
    if (!repeat) {
      plan.push(once(wanted[i]!))
      i++
      continue
    }
    // Neighbours that repeat over the same list go together, device by device.
    let end = i
    while (wanted[end]?.repeat?.of === repeat.of) end++
    const count = slots.filter(({ role }) => role === repeat.of).length
    for (let index = 0; index < count; index++)
      for (const step of wanted.slice(i, end))
        plan.push({ step, key: `${step.id}[${index}]`, variables: { [step.repeat!.as]: index } })
    i = end
  }
  return plan
}

const once = (step: ScenarioStep): PlannedStep => ({ step, key: step.id, variables: {} })

/** The slots an action means: `load` is all of them. */
export function slotsMeant(written: string, variables: PlannedStep['variables'], slots: readonly Slot[]): Slot[] {
  const target = roleTarget(written)
  if (!target) return []
  const { role, index } = target
  const wanted = typeof index === 'string' ? variables[index] : index
  return slots.filter((slot) => slot.role === role && (index === undefined || slot.index === wanted))
}

/**
 * The most each circuit carries when the run goes as planned, W: what is switched on stays on until a later step, or the step
 * itself once it ends, switches it off.
 */
export function plannedLoad(plan: readonly PlannedStep[], slots: readonly Slot[]): ReadonlyMap<string, number> {
  const on = new Map<string, Slot>()
  const most = new Map<string, number>()
  const note = () => {
    const sums = new Map<string, number>()
    for (const { circuit = '', ratedW = 0 } of on.values()) sums.set(circuit, (sums.get(circuit) ?? 0) + ratedW)
    for (const [circuit, watts] of sums) most.set(circuit, Math.max(most.get(circuit) ?? 0, watts))
  }
  for (const { step, variables } of plan) {
    for (const action of step.does) {
      if ('on' in action) for (const slot of slotsMeant(action.on, variables, slots)) on.set(slot.key, slot)
      if ('off' in action) for (const slot of slotsMeant(action.off, variables, slots)) on.delete(slot.key)
      note()
    }
    for (const { does } of step.during)
      for (const action of does)
        if ('off' in action) for (const slot of slotsMeant(action.off, variables, slots)) on.delete(slot.key)
  }
  return most
}
