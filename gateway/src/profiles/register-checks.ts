import { didYouMean } from '../documents/documents.ts'
import { QUANTITIES, quantityOf } from '../domain/quantity.ts'
import { UNITS, type Unit } from '../domain/unit.ts'
import { isRecord, type Loose, numberOf, type Report, textOf } from './loose.ts'
import type { RegisterType } from './profile-schema.ts'
import { REGISTER_LENGTH } from './raw-values.ts'

type Definition = NonNullable<ReturnType<typeof quantityOf>>
type Path = readonly PropertyKey[]

/** One line under `registers`, by itself. */
export function checkRegister(register: Loose, path: Path, modbus: Loose, report: Report): void {
  const definition = checkQuantity(register, path, report)
  checkAddress(register, path, modbus, report)
  checkType(register, path, report)
  checkBounds(register, path, report)
  if (!definition) return
  checkUnit(register, path, definition, report)
  checkStates(register, path, definition, report)
  const isText = register.type === 'string' || register.type === 'hex'
  if (isText && definition.type !== 'text') {
    report([...path, 'type'], `${register.type} gives text, but ${register.quantity} is a ${definition.type}.`)
  }
  if (definition.type !== 'number' || isRecord(register.states)) checkNoArithmetic(register, path, report)
  if (definition.type === 'state' && !isRecord(register.states)) {
    report(
      path,
      `${register.quantity} has words: say under "states" which raw number means which of ${list(definition)}.`,
    )
  }
}

const ARITHMETIC = ['scale', 'scaleRegister', 'ratioRegisters', 'ratioScale', 'absolute', 'negativeWhen', 'min', 'max']

function checkNoArithmetic(register: Loose, path: Path, report: Report): void {
  for (const key of ARITHMETIC.filter((name) => register[name] !== undefined)) {
    report([...path, key], `${register.quantity} is not computed here, so "${key}" would have no effect: remove it.`)
  }
}

/** The definition of the line's quantity; reports one that is not in the vocabulary. */
export function checkQuantity(line: Loose, path: Path, report: Report): Definition | undefined {
  const id = textOf(line.quantity)
  if (id === undefined) return undefined
  const definition = quantityOf(id)
  if (definition) return definition
  const name = id.split('.')[0]!
  const base = (QUANTITIES as Record<string, Omit<Definition, 'qualifier'> & { qualifier?: string }>)[name]
  const problem = !base
    ? `"${id}" is not a known quantity.${didYouMean(name, Object.keys(QUANTITIES))} They are listed in gateway/docs/quantities.md.`
    : base.qualifier
      ? `"${name}" needs one word after a dot that names ${base.qualifier}: ${name}.something`
      : `"${name}" takes nothing after a dot: write "${name}".`
  report([...path, 'quantity'], problem)
  return undefined
}

export function checkUnit(line: Loose, path: Path, definition: Definition, report: Report): void {
  const canonical = definition.unit
  const written = line.unit ?? ''
  if (typeof written !== 'string' || !Object.hasOwn(UNITS, written)) return
  const unit = written as Unit
  if (UNITS[unit].of === UNITS[canonical].of) return
  const fitting = Object.keys(UNITS).filter((name) => UNITS[name as Unit].of === canonical)
  const known = fitting.map((name) => `"${name}"`).join(', ')
  if (unit === '') report(path, `${line.quantity} is measured in ${canonical}: add "unit", one of ${known}.`)
  else if (canonical === '') report([...path, 'unit'], `${line.quantity} has no unit: remove "unit".`)
  else
    report(
      [...path, 'unit'],
      `"${unit}" does not convert to ${canonical}, the unit of ${line.quantity}. Write one of ${known}.`,
    )
}

/** The words of `states` against the quantity's closed list. */
export function checkStates(line: Loose, path: Path, definition: Definition, report: Report): void {
  if (!isRecord(line.states)) return
  for (const [raw, word] of Object.entries(line.states)) {
    if (word === null) continue // "means no value"; only messages may say that, the schema sees to it
    if (word === null) continue // MQTT: what is said means nothing for this quantity
    const at = [...path, 'states', raw]
    if (definition.type === 'state' && !definition.states?.includes(String(word))) {
      const hint = didYouMean(String(word), definition.states ?? [])
      report(at, `"${word}" is not a word of ${line.quantity}, which has ${list(definition)}.${hint}`)
    } else if (definition.type === 'boolean' && typeof word !== 'boolean') {
      report(at, `${line.quantity} is true or false, not "${word}".`)
    } else if (definition.type === 'number' && typeof word !== 'number') {
      report(at, `${line.quantity} is a number, not "${word}".`)
    }
  }
}

const list = (definition: Definition): string => (definition.states ?? []).join(', ')

/** Where printed numbers begin, by table, and the word a person uses for the register. */
const REFERENCE = {
  input: { from: 30001, name: 'Input register', six: 300001 },
  holding: { from: 40001, name: 'Holding register', six: 400001 },
  discrete: { from: 10001, name: 'Discrete input', six: 100001 },
  coil: { from: 0, name: 'Coil', six: 0 },
} as const

function checkAddress(register: Loose, path: Path, modbus: Loose, report: Report): void {
  const address = numberOf(register.address)
  if (address === undefined) return
  const table = textOf(register.table) ?? textOf(modbus.table) ?? 'holding'
  const rule = Object.hasOwn(REFERENCE, table) ? REFERENCE[table as keyof typeof REFERENCE] : undefined
  // Some vendors print the wire address itself (Huawei: 40125). `reference` equal to the address says that it was checked.
  if (rule && rule.from > 0 && register.reference !== address) {
    const start = address > 65535 ? rule.six : rule.from
    if (address >= start && address <= start + (address > 65535 ? 65535 : 9998)) {
      const wire = address - start
      const hex = `0x${wire.toString(16).toUpperCase().padStart(4, '0')}`
      const message = `${address} is a reference number. ${rule.name} ${address} has address ${wire} (${hex}): write ${wire}.`
      report([...path, 'address'], message)
      return
    }
  }
  const last = address + lengthOfLoose(register) - 1
  if (address <= 65535 && last > 65535)
    report([...path, 'address'], `The value would end at ${last}; the last address is 65535.`)
}

/** How many registers a line takes, as far as it can be read. */
export function lengthOfLoose(register: Loose): number {
  const type = textOf(register.type)
  const fixed = type !== undefined && Object.hasOwn(REGISTER_LENGTH, type) ? REGISTER_LENGTH[type as RegisterType] : 1
  return fixed || (numberOf(register.words) ?? 1)
}

function checkType(register: Loose, path: Path, report: Report): void {
  const type = textOf(register.type)
  if (type === undefined || !Object.hasOwn(REGISTER_LENGTH, type)) return
  const isText = type === 'string' || type === 'hex'
  if (isText && register.words === undefined)
    report(path, `A ${type} needs "words": how many registers, two bytes each.`)
  if (!isText && register.words !== undefined) {
    report(
      [...path, 'words'],
      `"words" belongs to string and hex only; ${type} always takes ${lengthOfLoose({ type })}.`,
    )
  }
  const isInteger = /^u?int/.test(type)
  if (register.states !== undefined && !isInteger && type !== 'bool') {
    report(
      [...path, 'states'],
      `"states" needs an integer, but ${type} was given: numbers like 1.0000001 match nothing.`,
    )
  }
  if (!isRecord(register.bits)) return
  const from = numberOf(register.bits.from) ?? 0
  const width = numberOf(register.bits.width) ?? 1
  const size = isInteger ? lengthOfLoose({ type }) * 16 : 0
  if (size === 0 || size === 64)
    report([...path, 'bits'], `"bits" needs a 16 or 32 bit integer, but ${type} was given.`)
  else if (from + width > size)
    report([...path, 'bits'], `Bits ${from} to ${from + width - 1} lie outside ${type}, which has 0 to ${size - 1}.`)
}

export function checkBounds(line: Loose, path: Path, report: Report): void {
  const min = numberOf(line.min)
  const max = numberOf(line.max)
  if (min !== undefined && max !== undefined && min >= max) {
    report([...path, 'min'], `min ${min} is not below max ${max}: every value would be bad.`)
  }
}
