import { didYouMean } from '../documents/documents.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { Node } from './expression.ts'
import { PANEL_KINDS } from './panel-schema.ts'
import { actionsOf } from './scenario-expressions.ts'
import type { Scenario, ScenarioAction, ScenarioStep } from './scenario-schema.ts'

/** Something wrong at a path of the file. */
export interface PlacedProblem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** What the schema cannot see: names that do not fit together. Expressions are checked where they are read. */
export function checkScenario(scenario: Scenario): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  const say = (path: readonly PropertyKey[], message: string) => problems.push({ path, message })
  const roles = Object.keys(scenario.roles)
  const isRole = (role: string, path: readonly PropertyKey[]) => {
    const known = Object.hasOwn(scenario.roles, role)
    if (!known) say(path, `"${role}" is not a role of this scenario.${didYouMean(role, roles)}`)
    return known
  }

  uniqueNames(scenario, say)
  for (const [role, { points: needed, alsoPoints, switched, ratedW, rehearse }] of Object.entries(scenario.roles)) {
    const points = [...needed, ...alsoPoints]
    for (const [key, list] of Object.entries({ points: needed, alsoPoints }))
      for (const [i, point] of list.entries())
        if (!quantityOf(point)) say(['roles', role, key, i], `"${point}" is no quantity of the vocabulary.`)
    if (switched && ratedW === undefined)
      say(['roles', role], `${role} is switched: say with ratedW what it draws at most.`)
    for (const state of ['on', 'off'] as const)
      for (const point of Object.keys(rehearse[state]))
        if (!points.includes(point))
          say(
            ['roles', role, 'rehearse', state, point],
            `"${point}" is not among its points.${didYouMean(point, points)}`,
          )
  }
  for (const [id, { min, max, default: first }] of Object.entries(scenario.inputs))
    if (first < min || first > max) say(['inputs', id, 'default'], `${first} is not within ${min} and ${max}.`)

  const { maxOnS, restartDelayS, ceilings, hotUntilC } = scenario.safety
  for (const role of Object.keys(maxOnS)) isRole(role, ['safety', 'maxOnS', role])
  for (const role of Object.keys(restartDelayS)) isRole(role, ['safety', 'restartDelayS', role])
  for (const [key, list] of Object.entries({ ceilings, hotUntilC }))
    for (const [i, { role, point }] of list.entries())
      if (isRole(role, ['safety', key, i, 'role']) && !scenario.roles[role]!.points.includes(point))
        say(['safety', key, i, 'point'], `${role} has no point ${point}.`)

  checkPanels(scenario, say, isRole)
  checkSteps(scenario, say, isRole)
  for (const [i, { needs }] of scenario.figures.entries())
    for (const role of needs) isRole(role, ['figures', i, 'needs'])
  const figures = scenario.figures.map(({ id }) => id)
  for (const [i, id] of scenario.result.figures.entries())
    if (!figures.includes(id)) say(['result', 'figures', i], `There is no figure "${id}".${didYouMean(id, figures)}`)
  const { panel } = scenario.result
  if (panel !== undefined && !scenario.panels[panel]) say(['result', 'panel'], `There is no panel "${panel}".`)
  for (const [i, { missing }] of scenario.fallbacks.entries())
    if (!PRICE_LISTS.includes(missing)) isRole(missing, ['fallbacks', i, 'missing'])
  checkBraces(scenario, say)
  return problems
}

/** What a fallback may name besides roles: without that price list the scenario is not set up. */
export const PRICE_LISTS: readonly string[] = ['tariff', 'businessTariff']

type Say = (path: readonly PropertyKey[], message: string) => void
type IsRole = (role: string, path: readonly PropertyKey[]) => boolean

function uniqueNames(scenario: Scenario, say: Say): void {
  const seen = new Set(Object.keys(scenario.roles))
  const once = (name: string, path: readonly PropertyKey[]) => {
    if (seen.has(name)) say(path, `"${name}" has another meaning already: roles, inputs and figures share their names.`)
    seen.add(name)
  }
  for (const input of Object.keys(scenario.inputs)) once(input, ['inputs', input])
  for (const [i, { id }] of scenario.figures.entries()) once(id, ['figures', i, 'id'])
  const steps = new Set<string>()
  for (const [i, { id, repeat }] of scenario.steps.entries()) {
    if (steps.has(id)) say(['steps', i, 'id'], `There are two steps "${id}".`)
    steps.add(id)
    if (repeat && seen.has(repeat.as)) say(['steps', i, 'repeat', 'as'], `"${repeat.as}" has another meaning already.`)
  }
}

function checkPanels({ panels, steps }: Scenario, say: Say, isRole: IsRole): void {
  const marks = new Set(
    steps.flatMap((step) => actionsOf(step).flatMap(({ action: a }) => ('mark' in a ? [a.mark] : []))),
  )
  for (const [id, { kind, items, series }] of Object.entries(panels)) {
    const ids = items.map((item) => item.id)
    for (const needed of PANEL_KINDS[kind].items)
      if (!ids.includes(needed)) say(['panels', id], `A panel of kind ${kind} needs an item "${needed}".`)
    for (const [i, item] of items.entries()) {
      if (item.of !== undefined) isRole(item.of.replace(/\[.*$/, ''), ['panels', id, 'items', i, 'of'])
      if (item.each !== undefined) isRole(item.each, ['panels', id, 'items', i, 'each'])
      for (const role of item.needs) isRole(role, ['panels', id, 'items', i, 'needs'])
      if (item.label === undefined && item.of === undefined && item.each === undefined)
        say(['panels', id, 'items', i], 'An item without a role (of, each) needs a label.')
      if (ids.indexOf(item.id) < i) say(['panels', id, 'items', i, 'id'], `There are two items "${item.id}".`)
    }
    for (const [i, { of, from }] of series.entries()) {
      const source = seriesSource(of)
      if (!source)
        say(
          ['panels', id, 'series', i, 'of'],
          `"${of}" is neither role.quantity, history:role.quantity nor tariff.price.`,
        )
      else if (source.is !== 'price') isRole(source.role, ['panels', id, 'series', i, 'of'])
      if (from !== undefined && !marks.has(from))
        say(['panels', id, 'series', i, 'from'], `No step sets the mark "${from}".`)
    }
  }
}

/** Where the values of a series come from. */
export type SeriesSource =
  | { readonly is: 'run' | 'history'; readonly role: string; readonly index?: number; readonly point: string }
  | { readonly is: 'price'; readonly business: boolean }

export function seriesSource(of: string): SeriesSource | undefined {
  if (of === 'tariff.price' || of === 'price') return { is: 'price', business: false }
  if (of === 'businessTariff.price' || of === 'businessPrice') return { is: 'price', business: true }
  const found = /^(history:)?([a-z][A-Za-z0-9]*)(?:\[(\d+)\])?\.([A-Za-z0-9.]+)$/.exec(of)
  if (!found?.[2] || !found[4] || !quantityOf(found[4])) return undefined
  return {
    is: found[1] ? 'history' : 'run',
    role: found[2],
    ...(found[3] !== undefined && { index: Number(found[3]) }),
    point: found[4],
  }
}

function checkSteps({ steps, panels, roles }: Scenario, say: Say, isRole: IsRole): void {
  for (const [i, step] of steps.entries()) {
    const at = (...rest: PropertyKey[]) => ['steps', i, ...rest]
    if (step.show !== undefined && !panels[step.show])
      say(at('show'), `There is no panel "${step.show}".${didYouMean(step.show, Object.keys(panels))}`)
    for (const role of step.needs) isRole(role, at('needs'))
    if (step.repeat && isRole(step.repeat.of, at('repeat', 'of')) && !roles[step.repeat.of]!.many)
      say(at('repeat', 'of'), `${step.repeat.of} is one device: only a role with many can be repeated.`)
    for (const { action, path } of actionsOf(step)) checkAction(action, at(...path), step, roles, say, isRole)
  }
}

function checkAction(
  action: ScenarioAction,
  path: readonly PropertyKey[],
  step: ScenarioStep,
  roles: Scenario['roles'],
  say: Say,
  isRole: IsRole,
): void {
  if ('mark' in action) return
  const written = 'on' in action ? action.on : 'off' in action ? action.off : action.role
  const target = roleTarget(written)
  if (!target) {
    say(path, `"${written}" is no role: inductionHob, load[2], load[i], or load for all of them.`)
    return
  }
  if (!isRole(target.role, path)) return
  const role = roles[target.role]!
  if (typeof target.index === 'string' && target.index !== step.repeat?.as)
    say(path, `${target.index} is not the index of a repeat around this step.`)
  if (target.index !== undefined && !role.many) say(path, `${target.role} is one device, not a list.`)
  if ('command' in action) {
    if (!role.commands.includes(action.command))
      say(
        path,
        `${action.command} is not among the commands of ${target.role}.${didYouMean(action.command, role.commands)}`,
      )
  } else if (!role.switched) say(path, `${target.role} is not switched: add \`switched: true\` and ratedW to the role.`)
}

/** `load[2]`, `load[i]`, `load`, `inductionHob`. */
export function roleTarget(written: string): { readonly role: string; readonly index?: number | string } | undefined {
  const found = /^([a-z][A-Za-z0-9]*)(?:\[(?:(\d+)|([a-z][A-Za-z0-9]*))\])?$/.exec(written)
  if (!found?.[1]) return undefined
  if (found[2] !== undefined) return { role: found[1], index: Number(found[2]) }
  return found[3] === undefined ? { role: found[1] } : { role: found[1], index: found[3] }
}

/** Names in braces of a sentence. */
export const braces = (text: string): string[] => [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name)

function checkBraces(scenario: Scenario, say: Say): void {
  const names = [...scenario.figures.map(({ id }) => id), ...Object.keys(scenario.inputs)]
  const check = (said: { zh: string; en: string } | undefined, path: readonly PropertyKey[]) => {
    for (const language of ['zh', 'en'] as const)
      for (const name of braces(said?.[language] ?? ''))
        if (!names.includes(name))
          say([...path, language], `{${name}} is no figure or input.${didYouMean(name, names)}`)
  }
  check(scenario.result.sentence, ['result', 'sentence'])
  for (const [id, { sentence }] of Object.entries(scenario.panels)) check(sentence, ['panels', id, 'sentence'])
}

/** Figures that need themselves, each circle said once. */
export function figureCircles(figures: ReadonlyMap<string, Node>): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  const visit = (id: string, way: readonly string[]) => {
    const at = way.indexOf(id)
    if (at >= 0) {
      circles.push([...way.slice(at), id])
      return
    }
    const node = figures.get(id)
    if (!node || done.has(id)) return
    for (const other of figuresIn(node)) visit(other, [...way, id])
    done.add(id)
  }
  for (const id of figures.keys()) visit(id, [])
  return circles
}

function figuresIn(node: Node): string[] {
  switch (node.is) {
    case 'name':
      return node.kind === 'figure' ? [node.name] : []
    case 'unary':
      return figuresIn(node.of)
    case 'binary':
      return [...figuresIn(node.left), ...figuresIn(node.right)]
    case 'either':
      return [node.test, node.yes, node.no].flatMap(figuresIn)
    case 'call':
      return node.of.flatMap(figuresIn)
    case 'point':
      return figuresIn(node.role)
    case 'role':
    case 'mark':
      return node.index ? figuresIn(node.index) : []
    default:
      return []
  }
}
