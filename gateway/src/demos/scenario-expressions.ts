import type { Names } from './expression.ts'
import type { Panel } from './panel-schema.ts'
import type { Scenario, ScenarioAction, ScenarioStep } from './scenario-schema.ts'

/** One expression of a scenario file, where it stands, and the index names that hold there. */
export interface PlacedExpression {
  readonly text: string
  readonly path: readonly PropertyKey[]
  readonly variables: readonly string[]
}

/** Every expression of a scenario. */
export function expressionsOf(scenario: Scenario): PlacedExpression[] {
  const all: PlacedExpression[] = []
  const add = (text: unknown, path: readonly PropertyKey[], variables: readonly string[] = []) => {
    if (typeof text === 'string') all.push({ text, path, variables })
  }
  for (const [role, { rehearse }] of Object.entries(scenario.roles))
    for (const state of ['on', 'off'] as const)
      for (const [point, value] of Object.entries(rehearse[state]))
        if (typeof value === 'object' && 'is' in value)
          add(value.is, ['roles', role, 'rehearse', state, point, 'is'], ['i'])
  for (const [i, { when }] of scenario.safety.stopWhen.entries()) add(when, ['safety', 'stopWhen', i, 'when'])
  for (const [id, panel] of Object.entries(scenario.panels)) panelExpressions(panel, ['panels', id], add)
  for (const [i, step] of scenario.steps.entries()) stepExpressions(step, ['steps', i], add)
  for (const [i, { is }] of scenario.figures.entries()) add(is, ['figures', i, 'is'])
  return all
}

type Add = (text: unknown, path: readonly PropertyKey[], variables?: readonly string[]) => void

function panelExpressions({ items }: Panel, path: readonly PropertyKey[], add: Add): void {
  for (const [i, item] of items.entries()) {
    const variables = item.each === undefined ? [] : ['i']
    for (const key of ['value', 'max', 'target', 'on', 'done', 'at'] as const)
      add(item[key], [...path, 'items', i, key], variables)
  }
}

function stepExpressions(step: ScenarioStep, path: readonly PropertyKey[], add: Add): void {
  const variables = step.repeat ? [step.repeat.as] : []
  const actions = (list: readonly ScenarioAction[], at: readonly PropertyKey[]) => {
    for (const [i, action] of list.entries())
      if ('command' in action && typeof action.value === 'object')
        add(action.value.of, [...at, i, 'value', 'of'], variables)
  }
  actions(step.does, [...path, 'does'])
  for (const [i, { when, does }] of step.during.entries()) {
    add(when, [...path, 'during', i, 'when'], variables)
    actions(does, [...path, 'during', i, 'does'])
  }
  add(step.ask?.answer, [...path, 'ask', 'answer'], variables)
  if (step.until.is === 'condition') add(step.until.when, [...path, 'until', 'when'], variables)
}

/** Every action of a step, with its place. */
export function actionsOf(step: ScenarioStep): { readonly action: ScenarioAction; readonly path: PropertyKey[] }[] {
  return [
    ...step.does.map((action, i) => ({ action, path: ['does', i] })),
    ...step.during.flatMap(({ does }, i) => does.map((action, k) => ({ action, path: ['during', i, 'does', k] }))),
  ]
}

/** What expressions of this scenario may speak of; `variables` are added where they hold. */
export function namesOf(scenario: Scenario, facts?: Names['facts']): Names {
  const marks = scenario.steps.flatMap((step) =>
    actionsOf(step).flatMap(({ action }) => ('mark' in action ? [action.mark] : [])),
  )
  return {
    roles: new Map(
      Object.entries(scenario.roles).map(([id, { points, alsoPoints, many }]) => [
        id,
        { points: [...points, ...alsoPoints], many: many !== undefined },
      ]),
    ),
    inputs: new Set(Object.keys(scenario.inputs)),
    figures: new Set(scenario.figures.map(({ id }) => id)),
    marks: new Set(marks),
    variables: new Set(),
    ...(facts && { facts }),
  }
}
