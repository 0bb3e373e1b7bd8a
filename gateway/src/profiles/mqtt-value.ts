import type { BadReason, Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import { UNITS } from '../domain/unit.ts'
import { twelveDigits } from './decimal.ts'
import type { MqttMapping } from './profile-schema.ts'

/** A value that cannot be used. One object per reason, so a bad value allocates nothing. */
export interface BadValue {
  readonly bad: BadReason
}

const WRONG_TYPE: BadValue = { bad: 'wrong-type' }
const OUT_OF_RANGE: BadValue = { bad: 'out-of-range' }
const NOT_AVAILABLE: BadValue = { bad: 'not-available' }

/** Takes what stands in the payload; gives the value in the quantity's canonical unit, or why there is none. Never throws. */
export type ReadValue = (raw: unknown) => Value | BadValue

/** Longer text is no version and no serial number. */
const MAX_TEXT = 256
const NUMBER_TEXT = /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/

/** What is wrong with a mapping; undefined when it can be compiled. For `parseProfile` and for whoever compiles. */
export function mappingProblem(mapping: MqttMapping): string | undefined {
  const quantity = quantityOf(mapping.quantity)
  if (!quantity) return `"${mapping.quantity}" is not in the vocabulary (gateway/src/domain/quantity.ts).`
  if (mapping.pointer !== undefined && mapping.jsonata !== undefined) return 'Write pointer or jsonata, not both.'
  if (UNITS[mapping.unit].of !== quantity.unit) {
    return `"${mapping.unit}" is not a unit of ${mapping.quantity}, which is in "${quantity.unit}".`
  }
  if (
    quantity.type !== 'number' &&
    (mapping.scale !== undefined || mapping.min !== undefined || mapping.max !== undefined)
  ) {
    return `${mapping.quantity} is no number: scale, min and max mean nothing here.`
  }
  if (mapping.sum && (quantity.type !== 'number' || mapping.states || mapping.bits)) {
    return `${mapping.quantity}: "sum" adds up plain numbers; leave states and bits out.`
  }
  if (quantity.type === 'boolean' && mapping.bits && mapping.bits.width !== 1 && !mapping.states) {
    return `${mapping.quantity} is true or false: take one bit, or list states.`
  }
  if (quantity.type === 'state' && mapping.bits && !mapping.states) {
    return `${mapping.quantity} is a word: list in states which number means which.`
  }
  for (const [key, value] of Object.entries(mapping.states ?? {})) {
    if (value !== null && !fits(quantity, value)) {
      const known = quantity.states ? ` Words: ${quantity.states.join(', ')}.` : ''
      return `states.${key}: ${JSON.stringify(value)} is no value of ${mapping.quantity}.${known}`
    }
  }
  return undefined
}

type Quantity = NonNullable<ReturnType<typeof quantityOf>>

const fits = (quantity: Quantity, value: Value): boolean =>
  quantity.type === 'state'
    ? typeof value === 'string' && quantity.states!.includes(value)
    : typeof value === { number: 'number', boolean: 'boolean', text: 'string' }[quantity.type]

/**
 * Compiles one mapping; `mappingProblem` has passed it.
 * @param fromText the payload is text, so numbers are written as text
 */
export function compileValue(mapping: MqttMapping, fromText: boolean): ReadValue {
  const quantity = quantityOf(mapping.quantity) as Quantity
  const one = compileTake(mapping, fromText || mapping.asText)
  const take = mapping.sum ? summed(one) : one
  if (mapping.states) {
    const states = new Map<string, Value | BadValue>()
    for (const [said, value] of Object.entries(mapping.states)) states.set(said, value ?? NOT_AVAILABLE)
    return (raw) => {
      const taken = take(raw)
      if (typeof taken === 'object') return taken
      return states.get(String(taken)) ?? WRONG_TYPE
    }
  }
  switch (quantity.type) {
    case 'number':
      return compileNumber(mapping, take)
    case 'boolean':
      return (raw) => {
        const taken = take(raw)
        if (mapping.bits && typeof taken === 'number') return taken === 1
        return typeof taken === 'boolean' || typeof taken === 'object' ? taken : WRONG_TYPE
      }
    case 'state': {
      const words = new Set(quantity.states)
      return (raw) => {
        const taken = take(raw)
        return typeof taken === 'object' || (typeof taken === 'string' && words.has(taken)) ? taken : WRONG_TYPE
      }
    }
    case 'text':
      return (raw) => {
        const taken = take(raw)
        if (typeof taken === 'object') return taken
        if (typeof taken !== 'string' || CONTROL.test(taken)) return WRONG_TYPE
        return taken.length > MAX_TEXT ? OUT_OF_RANGE : taken
      }
  }
}

/** The scalar of the payload, numbers out of text and bits out of numbers already taken. */
function compileTake(mapping: MqttMapping, textNumbers: boolean): (raw: unknown) => Value | BadValue {
  const numeric = quantityOf(mapping.quantity)?.type === 'number' && !mapping.states
  const { bits } = mapping
  const divisor = bits ? 2 ** bits.from : 1
  const modulus = bits ? 2 ** bits.width : 1
  return (raw) => {
    if (raw === undefined || raw === null) return NOT_AVAILABLE
    if (textNumbers && (numeric || bits) && typeof raw === 'string') {
      const text = raw.trim()
      if (!NUMBER_TEXT.test(text)) return WRONG_TYPE
      raw = Number(text)
    }
    if (bits) {
      if (typeof raw !== 'number' || !Number.isSafeInteger(raw) || raw < 0) return WRONG_TYPE
      return Math.floor(raw / divisor) % modulus
    }
    if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') return raw
    return WRONG_TYPE
  }
}

/** Longer lists are no phases. */
const MOST_SUMMED = 16

/** A list counts as one number: a phase without a value leaves the whole without one, for a part is not the sum. */
function summed(take: (raw: unknown) => Value | BadValue): (raw: unknown) => Value | BadValue {
  return (raw) => {
    if (!Array.isArray(raw)) return take(raw)
    if (raw.length === 0 || raw.length > MOST_SUMMED) return WRONG_TYPE
    let sum = 0
    for (const part of raw) {
      const taken = take(part)
      if (typeof taken === 'object') return taken
      if (typeof taken !== 'number') return WRONG_TYPE
      sum += taken
    }
    // 0.1 + 0.2 is 0.30000000000000004.
    return twelveDigits(sum)
  }
}

function compileNumber(mapping: MqttMapping, take: (raw: unknown) => Value | BadValue): ReadValue {
  const factor = (mapping.scale ?? 1) * UNITS[mapping.unit].factor
  const min = mapping.min ?? -Infinity
  const max = mapping.max ?? Infinity
  return (raw) => {
    const taken = take(raw)
    if (typeof taken === 'object') return taken
    if (typeof taken !== 'number') return WRONG_TYPE
    // 1e999 is JSON and becomes Infinity.
    if (!Number.isFinite(taken)) return OUT_OF_RANGE
    // 2301 × 0.1 is 230.10000000000002.
    const value = factor === 1 ? taken : twelveDigits(taken * factor)
    return value < min || value > max || !Number.isFinite(value) ? OUT_OF_RANGE : value
  }
}
