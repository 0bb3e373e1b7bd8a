import jsep from 'jsep'
import { didYouMean } from '../documents/documents.ts'
import { quantityOf } from '../domain/quantity.ts'
import { FUNCTIONS, type ParameterKind } from './functions.ts'

/** One expression of a scenario, read and checked: nothing in it is looked up by text any more. */
export type Node =
  | { readonly is: 'value'; readonly value: number | boolean | string }
  | { readonly is: 'name'; readonly kind: 'input' | 'figure' | 'variable' | 'built-in'; readonly name: string }
  | { readonly is: 'point'; readonly role: RoleNode; readonly point: string }
  | { readonly is: 'mark'; readonly mark: string; readonly index?: Node }
  | RoleNode
  | { readonly is: 'quantity'; readonly quantity: string }
  | { readonly is: 'unary'; readonly operator: '-' | '+' | '!'; readonly of: Node }
  | { readonly is: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly is: 'either'; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly is: 'call'; readonly name: string; readonly of: readonly Node[] }

/** A device in its role; without an index it is the whole list, or the only one. */
export interface RoleNode {
  readonly is: 'role'
  readonly role: string
  readonly index?: Node
}

export type BinaryOperator = (typeof OPERATORS)[number]
const OPERATORS = ['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', '&&', '||'] as const

/** What an expression may speak of. */
export interface Names {
  /** Points a role has, and whether several devices share it. */
  readonly roles: ReadonlyMap<string, { readonly points: readonly string[]; readonly many: boolean }>
  readonly inputs: ReadonlySet<string>
  readonly figures: ReadonlySet<string>
  readonly marks: ReadonlySet<string>
  /** Index names of `repeat` and `each` that hold here. */
  readonly variables: ReadonlySet<string>
  /** Ids of facts that can be had; undefined: not known, so not checked. */
  readonly facts?: (id: string) => boolean
}

export type ReadExpression =
  | { readonly ok: true; readonly node: Node }
  | { readonly ok: false; readonly problems: readonly string[] }

/** The hour of the drawn clock, seconds of the run, seconds of the step. */
const BUILT_IN = ['hour', 'elapsed', 'stepS']
/** What a role tells besides its readings. */
export const ROLE_FACTS = ['on', 'present', 'ratedW']

/** Reads an expression and checks every name in it. Never throws for what stands in the text. */
export function readExpression(text: string, names: Names): ReadExpression {
  const problems: string[] = []
  let tree: jsep.Expression
  try {
    tree = jsep(text)
  } catch (error) {
    return { ok: false, problems: [`${text}: ${error instanceof Error ? error.message : String(error)}.`] }
  }
  const node = convert(tree, names, (problem) => problems.push(`${text}: ${problem}`))
  return problems.length > 0 ? { ok: false, problems } : { ok: true, node }
}

const NOTHING: Node = { is: 'value', value: Number.NaN }
type Complain = (problem: string) => void

function convert(from: jsep.Expression, names: Names, complain: Complain): Node {
  const tree = from as jsep.CoreExpression
  switch (tree.type) {
    case 'Literal':
      if (['number', 'boolean', 'string'].includes(typeof tree.value))
        return { is: 'value', value: tree.value as number | boolean | string }
      break
    case 'UnaryExpression': {
      const { operator } = tree
      if (operator === '-' || operator === '+' || operator === '!')
        return { is: 'unary', operator, of: convert(tree.argument, names, complain) }
      complain(`there is no operator ${operator}.`)
      return NOTHING
    }
    case 'BinaryExpression': {
      const operator = OPERATORS.find((known) => known === tree.operator)
      if (!operator) complain(`there is no operator ${tree.operator}.`)
      const left = convert(tree.left, names, complain)
      const right = convert(tree.right, names, complain)
      return operator ? { is: 'binary', operator, left, right } : NOTHING
    }
    case 'ConditionalExpression':
      return {
        is: 'either',
        test: convert(tree.test, names, complain),
        yes: convert(tree.consequent, names, complain),
        no: convert(tree.alternate, names, complain),
      }
    case 'CallExpression':
      return call(tree, names, complain)
    case 'Identifier':
      return identifier(tree.name, names, complain)
    case 'MemberExpression':
      return point(tree, names, complain)
  }
  complain('this cannot stand in an expression.')
  return NOTHING
}

function identifier(name: string, names: Names, complain: Complain): Node {
  if (names.variables.has(name)) return { is: 'name', kind: 'variable', name }
  if (names.inputs.has(name)) return { is: 'name', kind: 'input', name }
  if (names.figures.has(name)) return { is: 'name', kind: 'figure', name }
  if (BUILT_IN.includes(name)) return { is: 'name', kind: 'built-in', name }
  if (names.roles.has(name)) complain(`${name} is a role: say which reading, ${name}.activePower.`)
  else if (names.marks.has(name)) complain(`${name} is a mark: at(${name}, …), since(${name}).`)
  else complain(`"${name}" is not known.${didYouMean(name, everyName(names))}`)
  return NOTHING
}

const everyName = ({ inputs, figures, roles, variables }: Names) => [
  ...inputs,
  ...figures,
  ...roles.keys(),
  ...variables,
  ...BUILT_IN,
]

function call(tree: jsep.CallExpression, names: Names, complain: Complain): Node {
  const name = tree.callee.type === 'Identifier' ? String(tree.callee.name) : ''
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (!known) {
    complain(`there is no function ${name}.${didYouMean(name, Object.keys(FUNCTIONS))}`)
    return NOTHING
  }
  const { takes, optional = 0, rest } = known
  const given = tree.arguments
  const most = rest ? Number.POSITIVE_INFINITY : takes.length
  if (given.length < takes.length - optional || given.length > most)
    complain(`${name}(${takes.join(', ')}) has ${given.length} arguments here.`)
  // average(point, seconds) is also average(point, mark, mark).
  const of = given.map((one, i) => argument(one, kindAt(name, given.length, i), names, complain))
  if (name === 'fact' && of[0]?.is === 'value' && names.facts && !names.facts(String(of[0].value)))
    complain(`there is no fact "${of[0].value}" in gateway/facts that may be shown.`)
  return { is: 'call', name, of }
}

function kindAt(name: string, count: number, i: number): ParameterKind {
  const { takes, rest } = FUNCTIONS[name]!
  if (name === 'average' && count === 3 && i > 0) return 'mark'
  return takes[i] ?? rest ?? 'value'
}

function argument(tree: jsep.Expression, kind: ParameterKind, names: Names, complain: Complain): Node {
  switch (kind) {
    case 'value':
      return convert(tree, names, complain)
    case 'mark':
      return mark(tree, names, complain)
    case 'role':
    case 'list':
      return role(tree, names, complain, kind === 'list')
    case 'point': {
      const node = convert(tree, names, complain)
      if (node.is !== 'point') complain('a reading stands here: role.activePower.')
      return node
    }
    case 'each': {
      const quantity = dotted(tree)
      if (quantity !== undefined && quantityOf(quantity)) return { is: 'quantity', quantity }
      return convert(tree, { ...names, variables: new Set([...names.variables, 'i']) }, complain)
    }
  }
}

/** `temperature.water` written plainly. */
function dotted(tree: jsep.Expression): string | undefined {
  if (tree.type === 'Identifier') return String(tree.name)
  if (tree.type !== 'MemberExpression' || tree.computed) return undefined
  const object = dotted(tree.object as jsep.Expression)
  return object === undefined ? undefined : `${object}.${(tree.property as jsep.Identifier).name}`
}

function mark(tree: jsep.Expression, names: Names, complain: Complain): Node {
  const indexed = tree.type === 'MemberExpression' && tree.computed === true
  const name = dotted(indexed ? (tree.object as jsep.Expression) : tree)
  if (name === undefined || !names.marks.has(name)) {
    complain(`"${name ?? '…'}" is not a mark that a step sets.${didYouMean(name ?? '', [...names.marks])}`)
    return NOTHING
  }
  return indexed
    ? { is: 'mark', mark: name, index: convert(tree.property as jsep.Expression, names, complain) }
    : { is: 'mark', mark: name }
}

function role(tree: jsep.Expression, names: Names, complain: Complain, list: boolean): RoleNode {
  const indexed = tree.type === 'MemberExpression' && tree.computed === true
  const name = dotted(indexed ? (tree.object as jsep.Expression) : tree) ?? '…'
  const known = names.roles.get(name)
  if (!known) complain(`"${name}" is not a role.${didYouMean(name, [...names.roles.keys()])}`)
  else if (list && !known.many) complain(`${name} is not a role of several devices (many).`)
  else if (!list && known.many && !indexed) complain(`${name} is several devices: say which, ${name}[0].`)
  else if (!known.many && indexed) complain(`${name} is one device, not a list.`)
  return indexed
    ? { is: 'role', role: name, index: convert(tree.property as jsep.Expression, names, complain) }
    : { is: 'role', role: name }
}

/** `role.quantity`, `role[i].temperature.water`, `role.on`. */
function point(tree: jsep.MemberExpression, names: Names, complain: Complain): Node {
  const parts: string[] = []
  let from: jsep.Expression = tree
  while (from.type === 'MemberExpression' && from.computed !== true) {
    parts.unshift(String((from.property as jsep.Identifier).name))
    from = from.object as jsep.Expression
  }
  const name = parts.join('.')
  if (parts.length === 0) {
    complain('a list role needs a reading behind it: load[0].activePower.')
    return NOTHING
  }
  const of = role(from, names, complain, false)
  const known = names.roles.get(of.role)
  if (known && !ROLE_FACTS.includes(name) && !known.points.includes(name)) {
    const hint = quantityOf(name)
      ? `add it to the points of ${of.role}.`
      : `it is no quantity.${didYouMean(name, [...known.points, ...ROLE_FACTS])}`
    complain(`${of.role}.${name}: ${hint}`)
  }
  return { is: 'point', role: of, point: name }
}
