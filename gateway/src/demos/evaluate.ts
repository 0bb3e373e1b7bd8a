import type { Value } from '../domain/frame.ts'
import type { Node } from './expression.ts'
import { call } from './function-values.ts'
import { isMixed, type Known, known, type Looking, nothing, type Sight, slotOf, type Trace } from './sight.ts'

/** The value of an expression, with its kinds, facts and whether samples were missing. */
export function evaluate(node: Node, sight: Sight, variables: Looking['variables'] = {}): Known & Trace {
  const trace = { facts: new Set<string>(), complete: true }
  const { value, kinds } = find(node, { sight, trace, variables, find })
  return { value, kinds, ...trace }
}

function find(node: Node, looking: Looking): Known {
  switch (node.is) {
    case 'value':
      return known(node.value)
    case 'name':
      return nameValue(node, looking)
    case 'point':
      return pointValue(node, looking)
    case 'unary': {
      const { value, kinds } = find(node.of, looking)
      if (node.operator === '!') return known(typeof value === 'boolean' ? !value : undefined, kinds)
      if (typeof value !== 'number') return known(undefined, kinds)
      return known(node.operator === '-' ? -value : value, kinds)
    }
    case 'binary':
      return binary(node, looking)
    case 'either': {
      const test = find(node.test, looking)
      if (typeof test.value !== 'boolean') return known(undefined, test.kinds)
      return find(test.value ? node.yes : node.no, looking)
    }
    case 'call':
      return call(node, looking)
    default:
      return nothing
  }
}

function nameValue({ kind, name }: Extract<Node, { is: 'name' }>, looking: Looking): Known {
  const { sight, variables, trace } = looking
  switch (kind) {
    case 'variable':
      return known(variables[name])
    case 'input':
      return known(sight.inputs[name])
    case 'built-in':
      return known(name === 'hour' ? sight.hour : name === 'elapsed' ? sight.elapsedS : sight.stepS)
    case 'figure': {
      const before = sight.memo.get(name)
      const node = sight.figure(name)
      // A figure that is being computed needs itself; files with such a circle do not load.
      const found = before ?? (node ? computed(name, node, sight) : undefined)
      if (!found) return nothing
      for (const id of found.facts) trace.facts.add(id)
      trace.complete &&= found.complete
      return found
    }
  }
}

function computed(name: string, node: Node, sight: Sight): Known & Trace {
  const found = evaluate(node, sight)
  sight.memo.set(name, found)
  return found
}

function pointValue({ role, point }: Extract<Node, { is: 'point' }>, looking: Looking): Known {
  const slot = slotOf(role, looking)
  if (point === 'present') return known(slot !== undefined)
  if (!slot) return nothing
  if (point === 'ratedW') return known(slot.ratedW)
  if (point === 'on') return known(looking.sight.isOn(slot.key), slot.kinds)
  return known(looking.sight.reading(slot.key, point), slot.kinds)
}

function binary({ operator, left, right }: Extract<Node, { is: 'binary' }>, looking: Looking): Known {
  const a = find(left, looking)
  // What is decided by one side needs no other: a device that is missing does not make “or” unknown.
  if (operator === '&&' && a.value === false) return a
  if (operator === '||' && a.value === true) return a
  const b = find(right, looking)
  const kinds = a.kinds | b.kinds
  if (operator === '&&') return known(b.value === false ? false : both(a.value, b.value), kinds)
  if (operator === '||') return known(b.value === true ? true : both(a.value, b.value), kinds)
  if (a.value === undefined || b.value === undefined) return known(undefined, kinds)
  if (operator === '==') return known(a.value === b.value, kinds)
  if (operator === '!=') return known(a.value !== b.value, kinds)
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return known(undefined, kinds)
  // Figures of different kinds are never added; a comparison names both.
  if ((operator === '+' || operator === '-') && isMixed(kinds)) return known(undefined, kinds)
  return known(ARITHMETIC[operator](a.value, b.value), kinds)
}

const both = (a: Value | undefined, b: Value | undefined): boolean | undefined =>
  typeof a === 'boolean' && typeof b === 'boolean' ? a && b : undefined

const ARITHMETIC = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
} as const satisfies Record<string, (a: number, b: number) => number | boolean>
