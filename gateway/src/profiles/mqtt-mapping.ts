import { HallwattError } from '../domain/errors.ts'
import type { BadReason, Presence, Value } from '../domain/frame.ts'
import { compileJsonata, type Evaluate } from './bounded-jsonata.ts'
import { compilePlaces } from './json-places.ts'
import { parseMessage, type Rejection, readText } from './message-json.ts'
import { compileNarrow, type Narrow, narrowProblem, WRONG } from './mqtt-narrow.ts'
import { compileValue, mappingProblem, type ReadValue } from './mqtt-value.ts'
import type { MqttMessageRule, MqttProfile } from './profile-schema.ts'
import { compileStamp, type Stamp } from './time-stamp.ts'
import { type TopicPattern, topicMatches, topicPattern } from './topic-template.ts'

/** What one message says about its device. Only the quantities it speaks of are in `values` and `bad`. */
export interface MappedMessage {
  /** Unix milliseconds: the device's stamp when it is one, else the time of receipt. */
  readonly at: number
  /** Where `at` comes from, or what was wrong with the device's stamp. */
  readonly stamp: Stamp
  readonly values: Readonly<Record<string, Value>>
  readonly bad?: Readonly<Record<string, BadReason>>
  readonly presence?: Presence
}

/** `undefined`: the payload is empty, which only clears a retained message and says nothing. */
export type RuleResult =
  | { readonly ok: true; readonly message: MappedMessage }
  | { readonly ok: false; readonly rejected: Rejection }
  | undefined

/** One message rule of the profile, for one device. */
export interface CompiledRule {
  readonly filter: string
  /** The filter names one topic. */
  readonly exact: boolean
  /** Never throws and never rejects; a promise only when the rule has JSONata. */
  map(topic: string, payload: Buffer, receivedAt: number): RuleResult | Promise<RuleResult>
}

export interface CompiledMqtt {
  readonly rules: readonly CompiledRule[]
  /** Topic filters that are read, without repeats. */
  readonly filters: readonly string[]
  /** What the device may publish to: what is read and what it says besides. */
  readonly publishFilters: readonly string[]
  readonly subscribeFilters: readonly string[]
  /** What all rules that match the topic make of the message, in the order of the profile. */
  map(topic: string, payload: Buffer, receivedAt: number): Promise<RuleResult[]>
}

/**
 * Compiles the MQTT part of a profile for one device.
 * @param parameters values for the `{names}` in topics, `hall` and `device` among them
 * @throws HallwattError HW_INGEST_PROFILE when a topic or a mapping cannot work
 */
export function compileMqtt(mqtt: MqttProfile, parameters: Readonly<Record<string, string>>): CompiledMqtt {
  const problem = mqttProblems(mqtt)[0]
  if (problem) throw new HallwattError('HW_INGEST_PROFILE', `${problem.path.join('.')}: ${problem.message}`)
  const rules = mqtt.messages.map((message) => compileRule(message, parameters))
  const filters = [...new Set(rules.map((rule) => rule.filter))]
  const fill = (templates: readonly string[]) => templates.map((template) => topicPattern(template, parameters).filter)
  return {
    rules,
    filters,
    publishFilters: [...new Set([...filters, ...fill(mqtt.publishes ?? [])])],
    subscribeFilters: fill(mqtt.subscribes),
    map: (topic, payload, receivedAt) =>
      Promise.all(
        rules.filter(({ filter }) => topicMatches(filter, topic)).map((rule) => rule.map(topic, payload, receivedAt)),
      ),
  }
}

/** Everything wrong with the MQTT part beyond its schema; `path` is below `mqtt`. */
export function mqttProblems(mqtt: MqttProfile): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = []
  mqtt.messages.forEach((rule, i) => {
    rule.values.forEach((mapping, k) => {
      const path = ['messages', i, 'values', k]
      const message = mappingProblem(mapping) ?? narrowProblem(mapping) ?? jsonataProblem(mapping.jsonata)
      if (message) problems.push({ path, message })
      if (rule.payload === 'text' && (mapping.pointer || mapping.item || mapping.jsonata !== undefined)) {
        problems.push({ path, message: 'A text payload has no inside: leave pointer, item and jsonata out.' })
      }
    })
    if (rule.payload === 'text' && rule.at) {
      problems.push({ path: ['messages', i, 'at'], message: 'A text payload carries no time stamp: leave at out.' })
    }
    for (const name of rule.topic.matchAll(/\{([^}]*)\}/g)) {
      if (name[1] !== 'device' && name[1] !== 'hall' && !Object.hasOwn(mqtt.parameters, name[1]!)) {
        problems.push({ path: ['messages', i, 'topic'], message: `{${name[1]}} is not in parameters.` })
      }
    }
  })
  return problems
}

function jsonataProblem(expression: string | undefined): string | undefined {
  if (expression === undefined) return undefined
  try {
    compileJsonata(expression)
    return undefined
  } catch (error) {
    return `"${expression}" is no JSONata: ${(error as { message?: string }).message ?? 'unreadable'}`
  }
}

interface CompiledMapping {
  readonly quantity: string
  readonly jsonata?: Evaluate
  /** Which part of what its pointer found. */
  readonly narrow?: Narrow | undefined
  readonly read: ReadValue
  /** Absence is no error. */
  readonly optional: boolean
}

function compileRule(rule: MqttMessageRule, parameters: Readonly<Record<string, string>>): CompiledRule {
  const { filter, exact, captures } = topicPattern(rule.topic, parameters)
  const read = readerOf(rule)
  return { filter, exact, map: (topic, payload, receivedAt) => read(topic, captures, payload, receivedAt) }
}

type Read = (
  topic: string,
  captures: TopicPattern['captures'],
  payload: Buffer,
  receivedAt: number,
) => ReturnType<CompiledRule['map']>

const readers = new WeakMap<MqttMessageRule, Read>()

/** Only the topic is a device's own: how a message is read is compiled once for all devices of the profile. */
function readerOf(rule: MqttMessageRule): Read {
  const known = readers.get(rule)
  if (known) return known
  const read = compileReader(rule)
  readers.set(rule, read)
  return read
}

function compileReader(rule: MqttMessageRule): Read {
  const isText = rule.payload === 'text'
  const mappings: CompiledMapping[] = rule.values.map((mapping) => ({
    quantity: mapping.quantity,
    ...(mapping.jsonata === undefined ? {} : { jsonata: compileJsonata(mapping.jsonata) }),
    narrow: compileNarrow(mapping),
    read: compileValue(mapping, isText),
    optional: mapping.optional || rule.partial,
  }))
  const stampOf = compileStamp(rule.at)
  const presenceOf = compilePresence(rule.presence)
  const needsInside = rule.values.some(({ pointer }) => pointer) || Boolean(rule.presence?.pointer)
  const waits = mappings.some(({ jsonata }) => jsonata !== undefined)
  // What the mappings find, in their order, then stamp and presence.
  const pointers = [...rule.values.map(({ pointer }) => pointer), rule.at?.pointer, rule.presence?.pointer]
  const findPlaces = compilePlaces(pointers.map((pointer) => pointer ?? ''))

  function build(found: readonly unknown[], receivedAt: number): RuleResult {
    const values: Record<string, Value> = {}
    let bad: Record<string, BadReason> | undefined
    for (let i = 0; i < mappings.length; i++) {
      const { quantity, narrow, read, optional } = mappings[i]!
      const raw = narrow ? narrow(found[i]) : found[i]
      if (raw === undefined && optional) continue
      const value = read(raw)
      if (typeof value === 'object') {
        bad ??= {}
        bad[quantity] = value.bad
      } else values[quantity] = value
    }
    const { at, stamp } = stampOf(found[mappings.length], receivedAt)
    const presence = presenceOf(found[mappings.length + 1])
    const message: { -readonly [Key in keyof MappedMessage]: MappedMessage[Key] } = { at, stamp, values }
    if (bad) message.bad = bad
    if (presence) message.presence = presence
    return { ok: true, message }
  }

  async function evaluateAndBuild(
    captured: Readonly<Record<string, string>>,
    root: unknown,
    found: unknown[],
    receivedAt: number,
  ): Promise<RuleResult> {
    for (const [i, { jsonata }] of mappings.entries()) {
      if (!jsonata) continue
      const result = await jsonata(root, captured)
      if (!result.ok && result.why === 'too-slow') return { ok: false, rejected: 'too-slow' }
      found[i] = result.ok ? result.value : WRONG
    }
    return build(found, receivedAt)
  }

  return (topic, captures, payload, receivedAt) => {
    if (payload.length === 0) return undefined
    const found = new Array<unknown>(pointers.length)
    if (isText) {
      const read = readText(payload)
      if (!read.ok) return read
      findPlaces(read.text.trim(), found)
      return build(found, receivedAt)
    }
    const parsed = parseMessage(payload, findPlaces, found)
    if (!parsed.ok) return parsed
    if (needsInside && (typeof parsed.value !== 'object' || parsed.value === null)) {
      return { ok: false, rejected: 'malformed' }
    }
    if (!waits) return build(found, receivedAt)
    return evaluateAndBuild(capturedIn(topic, captures), parsed.value, found, receivedAt)
  }
}

function capturedIn(topic: string, captures: TopicPattern['captures']): Record<string, string> {
  const levels = captures.length > 0 ? topic.split('/') : []
  return Object.fromEntries(captures.map(({ level, name }) => [name, levels[level] ?? '']))
}

function compilePresence(rule: MqttMessageRule['presence']): (said: unknown) => Presence | undefined {
  if (!rule) return () => undefined
  const words = new Map<string, Presence>()
  for (const presence of ['online', 'offline', 'unknown'] as const) {
    for (const word of [rule[presence] ?? []].flat()) words.set(word, presence)
  }
  return (said) =>
    typeof said === 'string' || typeof said === 'boolean' || typeof said === 'number'
      ? words.get(String(said))
      : undefined
}
