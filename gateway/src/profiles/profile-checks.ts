import jsonata from 'jsonata'
import { didYouMean, type Locate, pathText } from '../documents/documents.ts'
import type { Problem } from '../domain/errors.ts'
import { isRecord, itemsOf, type Report, textOf } from './loose.ts'
import { checkBounds, checkQuantity, checkRegister, checkStates, checkUnit } from './register-checks.ts'
import { checkRegisterGroup } from './register-group-checks.ts'

/**
 * What the schema cannot say, for a document it may have refused: every check looks only at the parts that are there and
 * have the right type, so all problems of a file come at once.
 */
export function checkProfile(raw: unknown, locate: Locate): Problem[] {
  const problems: Problem[] = []
  const report: Report = (path, message) => problems.push({ ...locate(path), path: pathText(path), message })
  if (!isRecord(raw)) return problems
  if ((raw.modbus === undefined) === (raw.mqtt === undefined)) {
    report(
      raw.modbus === undefined ? [] : ['mqtt'],
      'Exactly one of "modbus" and "mqtt" belongs in a profile: a device that speaks both is two profiles.',
    )
  }
  if (isRecord(raw.modbus)) checkModbus(raw.modbus, report)
  if (isRecord(raw.mqtt)) checkMqtt(raw.mqtt, report)
  return problems
}

function checkModbus(modbus: Record<string, unknown>, report: Report): void {
  const base = itemsOf(modbus.registers, ['modbus', 'registers'])
  const variants = isRecord(modbus.variants) ? Object.entries(modbus.variants) : []
  const groups = variants.map(([name, group]) =>
    itemsOf(isRecord(group) ? group.registers : undefined, ['modbus', 'variants', name, 'registers']),
  )
  const all = [...base, ...groups.flat()]
  if (all.length === 0)
    report(['modbus', 'registers'], 'A profile without registers measures nothing: list at least one.')
  for (const { item, path } of all) checkRegister(item, path, modbus, report)
  for (const group of groups.length === 0 ? [[]] : groups) checkRegisterGroup([...base, ...group], modbus, report)
  checkProbe(modbus, base.concat(groups[0] ?? []), report)
}

function checkProbe(modbus: Record<string, unknown>, registers: readonly { item: object }[], report: Report): void {
  const { probe } = modbus
  if (!isRecord(probe)) return
  const quantity = textOf(probe.quantity)
  const known = registers.flatMap(({ item }) => ('quantity' in item ? (textOf(item.quantity) ?? []) : []))
  if (quantity !== undefined && !known.includes(quantity)) {
    const message = `"${quantity}" is not among the registers of this profile, so nothing would be probed.`
    report(['modbus', 'probe', 'quantity'], message + didYouMean(quantity, known))
  }
  if (probe.min === undefined && probe.max === undefined && probe.startsWith === undefined) {
    report(['modbus', 'probe'], 'A probe needs min and max, or startsWith for a text: otherwise any answer would pass.')
  }
}

/** What `{names}` in a topic always stand for, without being declared. */
const GIVEN_PARAMETERS = ['device', 'hall']

function checkMqtt(mqtt: Record<string, unknown>, report: Report): void {
  const declared = [...GIVEN_PARAMETERS, ...Object.keys(isRecord(mqtt.parameters) ? mqtt.parameters : {})]
  for (const { item: message, path } of itemsOf(mqtt.messages, ['mqtt', 'messages'])) {
    for (const [, name] of (textOf(message.topic) ?? '').matchAll(/\{([^}]*)\}/g)) {
      if (name === undefined || declared.includes(name)) continue
      const hint = didYouMean(name, declared)
      report([...path, 'topic'], `{${name}} is not declared under mqtt.parameters.${hint}`)
    }
    const seen = new Set<string>()
    for (const { item, path: at } of itemsOf(message.values, [...path, 'values'])) {
      checkMapping(item, at, report)
      const quantity = textOf(item.quantity)
      if (quantity === undefined) continue
      if (seen.has(quantity)) report([...at, 'quantity'], `"${quantity}" is taken twice from this message: remove one.`)
      seen.add(quantity)
    }
  }
}

function checkMapping(mapping: Record<string, unknown>, path: readonly PropertyKey[], report: Report): void {
  const definition = checkQuantity(mapping, path, report)
  if (definition) {
    // A payload of our own contract already carries the canonical unit; there the unit may be left out.
    if (mapping.unit !== undefined) checkUnit(mapping, path, definition, report)
    checkStates(mapping, path, definition, report)
  }
  checkBounds(mapping, path, report)
  if (mapping.pointer !== undefined && mapping.jsonata !== undefined) {
    report([...path, 'jsonata'], 'A value is taken by "pointer" or by "jsonata", not by both: remove one.')
  }
  const expression = textOf(mapping.jsonata)
  if (expression === undefined) return
  try {
    jsonata(expression)
  } catch (error) {
    const { message = 'unknown reason', position } = error as { message?: string; position?: number }
    const where = position === undefined ? '' : ` (character ${position})`
    report([...path, 'jsonata'], `JSONata does not understand this expression: ${message}${where}`)
  }
}
