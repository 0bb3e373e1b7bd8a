import { didYouMean } from '../documents/documents.ts'
import { quantityOf } from '../domain/quantity.ts'
import { commandSchema, type ProfileCommand } from './command-schema.ts'
import { commandSteps } from './command-writes.ts'
import { isRecord, type Loose, type Report, textOf } from './loose.ts'
import type { Profile } from './profile-schema.ts'
import { topicMatches, topicPattern } from './topic-template.ts'

type Path = readonly PropertyKey[]

/** It stands in topics and addresses. */
const NAME = /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/**
 * What the schema cannot say of the commands of a profile.
 * @param measured quantities the profile reads: a command whose effect nobody can read is never confirmed
 */
export function checkCommands(raw: Loose, measured: readonly string[], report: Report): void {
  if (!isRecord(raw.commands)) return
  const names = Object.keys(raw.commands)
  const off = names.filter(
    (name) => isRecord(raw.commands) && isRecord(raw.commands[name]) && raw.commands[name].allOff,
  )
  if (off.length > 1) report(['commands', off[1]!, 'allOff'], `${off[0]} switches everything off already.`)
  for (const [name, written] of Object.entries(raw.commands)) {
    const path = ['commands', name]
    if (!NAME.test(name))
      report(path, 'The name of a command has at most 40 lower-case letters, digits and single hyphens: "switch-on".')
    const read = commandSchema.safeParse(written)
    // What the schema refused is reported already.
    if (!read.success) continue
    checkWay(read.data, raw, path, report)
    checkInput(read.data, path, report)
    checkProof(read.data, measured, path, report)
    checkRevert(read.data, names, path, report)
    checkWires(read.data, raw, path, report)
  }
}

const WAYS = ['register', 'message', 'ocpp'] as const

function checkWay(command: ProfileCommand, raw: Loose, path: Path, report: Report): void {
  const wanted = isRecord(raw.modbus) ? 'register' : isRecord(raw.ocpp) ? 'ocpp' : 'message'
  if (command[wanted] === undefined) report(path, `"${wanted}" is missing: nothing would be sent.`)
  for (const other of WAYS)
    if (other !== wanted && command[other] !== undefined)
      report([...path, other], `This profile needs "${wanted}" instead.`)
  if (wanted !== 'register' && command.before.length > 0)
    report([...path, 'before'], '"before" writes registers; this device has none: remove it.')
  if (command.expiresS !== undefined && (wanted !== 'register' || command.quantity === undefined))
    report([...path, 'expiresS'], 'Only a quantity in a register is written again: remove this line.')
  if (wanted === 'ocpp' && command.ask)
    report([...path, 'ask'], 'What a charge point is asked afterwards stands in ocpp.asks: remove this line.')
  if (wanted === 'register' && command.ask)
    report([...path, 'ask'], 'A Modbus device is read after each command anyway: remove this line.')
}

function checkInput(command: ProfileCommand, path: Path, report: Report): void {
  const { value, values, min, max, step, quantity } = command
  const ways = [value, values, min ?? max].filter((one) => one !== undefined).length
  if (ways > 1) report(path, 'Give "value", or "values", or "min" and "max": a command takes its value in one way.')
  if ((min === undefined) !== (max === undefined)) report(path, 'A range needs both "min" and "max".')
  if (min !== undefined && max !== undefined && min >= max)
    report([...path, 'min'], `min ${min} is not below max ${max}.`)
  if (step !== undefined && min === undefined) report([...path, 'step'], '"step" belongs to a range: remove it.')
  if (command.allOff && value === undefined)
    report([...path, 'allOff'], 'Nobody says a value when everything goes off: give "value".')
  if (quantity === undefined) {
    if (ways > 0) report(path, 'Say with "quantity" what the value means.')
    return
  }
  const definition = quantityOf(quantity)
  if (!definition) {
    report(
      [...path, 'quantity'],
      `"${quantity}" is not a known quantity. They are listed in gateway/docs/quantities.md.`,
    )
    return
  }
  if (ways === 0) report(path, `Say which value ${quantity} gets: "value", "values", or "min" and "max".`)
  if (min !== undefined && definition.type !== 'number') report([...path, 'min'], `${quantity} is no number.`)
  const listed = values?.map((one, i) => [one, [...path, 'values', i]] as const) ?? []
  for (const [one, at] of value === undefined ? listed : [[value, [...path, 'value']] as const, ...listed]) {
    const fits =
      definition.type === 'state'
        ? definition.states?.includes(String(one))
        : typeof one === { number: 'number', boolean: 'boolean', text: 'string' }[definition.type]
    if (!fits) report(at, `${JSON.stringify(one)} is no value of ${quantity}.`)
  }
}

function checkProof(command: ProfileCommand, measured: readonly string[], path: Path, report: Report): void {
  const { confirm, effect, quantity } = command
  const isMeasured = (id: string | undefined, at: Path) => {
    if (id === undefined || measured.includes(id)) return
    report(at, `"${id}" is not measured by this profile, so it would never be confirmed.${didYouMean(id, measured)}`)
  }
  if (confirm.answer) {
    if (confirm.quantity !== undefined || confirm.below !== undefined)
      report([...path, 'confirm'], 'Either the device answers, or a reading shows it: remove one.')
  } else {
    const shown = confirm.quantity ?? quantity
    if (shown === undefined) report(path, 'Say with "confirm" which reading shows that it was done.')
    isMeasured(shown, confirm.quantity === undefined ? [...path, 'quantity'] : [...path, 'confirm', 'quantity'])
    if (quantity === undefined && shown !== undefined && confirm.below === undefined)
      report([...path, 'confirm'], 'A command without a value needs "below": what the reading shows afterwards.')
  }
  for (const [i, before] of command.before.entries()) isMeasured(before.quantity, [...path, 'before', i, 'quantity'])
  if (!effect) return
  isMeasured(effect.quantity, [...path, 'effect', 'quantity'])
  if ((effect.below === undefined) === (effect.load === undefined))
    report([...path, 'effect'], 'Give "below" or "load": what the other reading has to show.')
}

function checkRevert(command: ProfileCommand, names: readonly string[], path: Path, report: Report): void {
  const { revert, quantity } = command
  if (revert === undefined) return
  if (revert === 'before') {
    if (quantity === undefined) report([...path, 'revert'], 'What was before is known of a quantity only: name one.')
  } else if (!names.includes(revert))
    report([...path, 'revert'], `There is no command "${revert}" here.${didYouMean(revert, names)}`)
}

/** The ends of the range fit the register; the message goes where the device may listen. */
function checkWires(command: ProfileCommand, raw: Loose, path: Path, report: Report): void {
  const { register, message, value, values = [], min, max } = command
  const order = isRecord(raw.modbus) && raw.modbus.wordOrder === 'low-first' ? 'low-first' : 'high-first'
  if (register) {
    const profile = { modbus: { wordOrder: order } } as Profile
    for (const one of [value, ...values, min, max]) {
      if (one === undefined) continue
      try {
        commandSteps(profile, command, one, { parameters: {}, id: '', at: 0 })
      } catch (error) {
        report([...path, 'register'], (error as Error).message)
      }
    }
  }
  if (!isRecord(raw.mqtt)) return
  const parameters = isRecord(raw.mqtt.parameters) ? Object.keys(raw.mqtt.parameters) : []
  const filled = Object.fromEntries(['device', 'hall', ...parameters].map((name) => [name, 'x']))
  const heard = Array.isArray(raw.mqtt.subscribes) ? raw.mqtt.subscribes : []
  for (const [name, sent] of Object.entries({ message, timed: command.timed, ask: command.ask })) {
    if (!sent) continue
    const at = [...path, name, 'topic']
    const known = (template: string) => {
      try {
        return topicPattern(template, filled).filter
      } catch {
        return undefined
      }
    }
    const topic = known(sent.topic)
    if (topic === undefined) report(at, `The topic ${sent.topic} names something that is not in mqtt.parameters.`)
    else if (/[+#]/.test(topic)) report(at, 'A message goes to one topic: no + and no #.')
    else if (!heard.some((filter) => textOf(filter) !== undefined && topicMatches(known(filter) ?? '', topic)))
      report(at, `The device may not listen there: add the topic to mqtt.subscribes.`)
  }
}
