import { didYouMean, type Locate, pathText } from '../documents/documents.ts'
import type { Problem } from '../domain/errors.ts'
import { askedItems, checkAsked } from './asked-checks.ts'
import { SIGNATURE_QUANTITY } from './asked-lines.ts'
import { checkCommands } from './command-checks.ts'
import { checkFaultRule } from './fault-rule-checks.ts'
import { checkMeter, meterItems } from './item-checks.ts'
import { isRecord, itemsOf, type Loose, type LooseItem, type Report, textOf } from './loose.ts'
import { checkModels } from './model-checks.ts'
import { mqttProblems } from './mqtt-mapping.ts'
import { checkOcpp } from './ocpp-checks.ts'
import { ocppQuantities } from './ocpp-lines.ts'
import { profileSchema } from './profile-schema.ts'
import { PROTOCOLS } from './protocols.ts'
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
  const spoken = PROTOCOLS.filter((protocol) => raw[protocol] !== undefined)
  if (spoken.length !== 1) {
    report(
      spoken.slice(1, 2),
      `Exactly one of ${PROTOCOLS.map((protocol) => `"${protocol}"`).join(', ')} belongs in a profile: a device that speaks two of them is two profiles.`,
    )
  }
  if (isRecord(raw.modbus)) checkModbus(raw.modbus, report)
  if (isRecord(raw.mqtt)) checkMqtt(raw.mqtt, report)
  checkAsked(raw, report)
  if (isRecord(raw.ocpp)) checkOcpp(raw.ocpp, report)
  if (isRecord(raw.dlt645)) checkMeter(raw.dlt645, report)
  const measured = quantitiesIn(raw)
  for (const { item, path } of itemsOf(raw.faults, ['faults'])) {
    checkFaultRule(item, path, measured, 'this profile', report)
  }
  checkCommands(raw, measured, report)
  return problems
}

/** Every quantity the document names as measured, as far as it can be read. */
function quantitiesIn({ modbus, mqtt, ...rest }: Loose): string[] {
  const lines = [
    ...askedItems(rest),
    ...(isRecord(rest.dlt645) ? meterItems(rest.dlt645) : []),
    ...(isRecord(rest.ocpp) ? ocppQuantities(rest.ocpp).map((quantity) => ({ item: { quantity } })) : []),
    ...(isRecord(rest.signature) ? [{ item: { quantity: SIGNATURE_QUANTITY } }] : []),
    ...(isRecord(modbus) ? itemsOf(modbus.registers, []) : []),
    ...(isRecord(modbus) && isRecord(modbus.variants) ? Object.values(modbus.variants) : []).flatMap((group) =>
      isRecord(group) ? itemsOf(group.registers, []) : [],
    ),
    ...(isRecord(mqtt) ? itemsOf(mqtt.messages, []).flatMap(({ item }) => itemsOf(item.values, [])) : []),
  ]
  return lines.flatMap(({ item }) => textOf(item.quantity) ?? [])
}

function checkModbus(modbus: Loose, report: Report): void {
  const base = itemsOf(modbus.registers, ['modbus', 'registers'])
  const variants = isRecord(modbus.variants) ? modbus.variants : {}
  const own = new Map(
    Object.entries(variants).map(([name, group]) => [
      name,
      itemsOf(isRecord(group) ? group.registers : undefined, ['modbus', 'variants', name, 'registers']),
    ]),
  )
  const all = [...base, ...[...own.values()].flat()]
  if (all.length === 0)
    report(['modbus', 'registers'], 'A profile without registers measures nothing: list at least one.')
  for (const { item, path } of all) checkRegister(item, path, modbus, report)
  const groups = [...own].map(([name, lines]): LooseItem[] => {
    const group = variants[name]
    const other = isRecord(group) ? textOf(group.extends) : undefined
    if (other === undefined) return [...base, ...lines]
    if (own.has(other) && other !== name) return [...base, ...(own.get(other) ?? []), ...lines]
    const hint = didYouMean(other, [...own.keys()])
    report(['modbus', 'variants', name, 'extends'], `"${other}" is no other variant of this profile.${hint}`)
    return [...base, ...lines]
  })
  if (groups.length === 0) groups.push(base)
  for (const group of groups) checkRegisterGroup(group, modbus, report)
  checkProbe(modbus, groups[0] ?? [], report)
  checkModels(modbus, all, report)
}

function checkProbe(modbus: Loose, registers: readonly { item: object }[], report: Report): void {
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

/** Single values first, as far as they can be read; then what the whole part means, when the schema takes it. */
function checkMqtt(mqtt: Loose, report: Report): void {
  const said: string[] = []
  const note: Report = (path, message) => {
    said.push(pathText(path))
    report(path, message)
  }
  for (const { item: message, path } of itemsOf(mqtt.messages, ['mqtt', 'messages'])) {
    const seen = new Set<string>()
    for (const { item, path: at } of itemsOf(message.values, [...path, 'values'])) {
      checkMapping(item, at, note)
      const quantity = textOf(item.quantity)
      if (quantity === undefined) continue
      if (seen.has(quantity)) note([...at, 'quantity'], `"${quantity}" is taken twice from this message: remove one.`)
      seen.add(quantity)
    }
  }
  const whole = profileSchema.shape.mqtt.safeParse(mqtt)
  if (!whole.success || !whole.data) return
  for (const problem of mqttProblems(whole.data)) {
    const path = ['mqtt', ...problem.path]
    if (!said.some((place) => place.startsWith(pathText(path)))) report(path, problem.message)
  }
}

function checkMapping(mapping: Loose, path: readonly PropertyKey[], report: Report): void {
  const definition = checkQuantity(mapping, path, report)
  if (definition) {
    checkUnit(mapping, path, definition, report)
    checkStates(mapping, path, definition, report)
  }
  checkBounds(mapping, path, report)
  if (mapping.pointer !== undefined && mapping.jsonata !== undefined) {
    report([...path, 'jsonata'], 'A value is taken by "pointer" or by "jsonata", not by both: remove one.')
  }
}
