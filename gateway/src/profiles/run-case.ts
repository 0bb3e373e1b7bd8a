import type { BadReason, Presence, Value } from '../domain/frame.ts'
import { isAskedCase, runAskedCase } from './asked-cases.ts'
import {
  type CommandCase,
  isCommandCase,
  isItemCase,
  isModbusCase,
  isOcppCase,
  type ModbusCase,
  type MqttCase,
  type ProfileCase,
} from './cases-schema.ts'
import { runCommandCase } from './command-cases.ts'
import { compileRegisters, isBad, type PointTable, type RegisterImage } from './decode-registers.ts'
import { runItemCase } from './item-cases.ts'
import { locatedBy } from './locate-models.ts'
import { runMqttCase } from './mqtt-cases.ts'
import { runOcppCase } from './ocpp-cases.ts'
import type { ModbusProfile, ModbusTable, Profile } from './profile-schema.ts'
import { SunSpecWalk } from './sunspec-walk.ts'

/** What the gateway makes of what a case's device says. */
interface Outcome {
  readonly values: Readonly<Record<string, Value>>
  readonly bad: Readonly<Record<string, BadReason>>
  readonly at?: number
  readonly presence?: Presence
  readonly rejected?: string
}

/** Runs one case; every difference as a sentence, none when the profile is right. */
export async function runCase(profile: Profile, one: ProfileCase): Promise<string[]> {
  if (isCommandCase(one)) return runCommandCase(profile, one)
  if (isModbusCase(one)) {
    if (!profile.modbus) return ['The case gives register words, but this is an MQTT profile: give topic and payload.']
    if (one.variant !== undefined && !profile.modbus.variants?.[one.variant])
      return [`"${one.variant}" is no variant of this profile.`]
    const outcome = decodeWords(profile.modbus, one)
    return typeof outcome === 'string' ? [outcome] : differences(one, outcome)
  }
  if (isAskedCase(one)) {
    const outcome = runAskedCase(profile, one)
    if (typeof outcome === 'string') return [outcome]
    return [...differences(one, outcome), ...unexpected(one, outcome.values, outcome.bad)]
  }
  if (isItemCase(one)) {
    if (!profile.dlt645) return ['The case gives data items, but this profile has no "dlt645".']
    if (one.variant !== undefined && !profile.dlt645.variants?.[one.variant])
      return [`"${one.variant}" is no variant of this profile.`]
    return differences(one, runItemCase(profile.dlt645, one))
  }
  if (isOcppCase(one)) {
    if (!profile.ocpp) return ['The case gives OCPP messages, but this profile has no "ocpp".']
    const outcome = runOcppCase(profile.ocpp, one)
    return [...differences(one, outcome), ...unexpected(one, outcome.values, outcome.bad)]
  }
  if (!profile.mqtt) return ['The case gives a topic, but this is a Modbus profile: give words.']
  const { expect, ...outcome } = await runMqttCase(profile.mqtt, one)
  return [...differences(one, { ...outcome, values: expect }), ...unexpected(one, expect, outcome.bad)]
}

function decodeWords(profile: ModbusProfile, one: ModbusCase): Outcome | string {
  const image = imageOf(one.words)
  const values: Record<string, Value> = {}
  const bad: Record<string, BadReason> = {}
  const modbus = profile.sunspec ? locatedIn(profile, image) : profile
  if (typeof modbus === 'string') return modbus
  for (const register of compileRegisters(modbus, one.variant)) {
    const value = register.decode(image)
    if (isBad(value)) bad[register.quantity] = value.bad
    else values[register.quantity] = value
  }
  return { values, bad }
}

/** A SunSpec case holds the device's whole chain of models, so that the walk is part of what it proves. */
export function locatedIn(profile: ModbusProfile, image: RegisterImage): ModbusProfile | string {
  const walk = new SunSpecWalk(profile.sunspec?.bases)
  for (let { request } = walk; request; { request } = walk) {
    const words = [image.word('holding', request.address), image.word('holding', request.address + 1)]
    walk.done(words.includes(-1) ? undefined : words)
  }
  const located = locatedBy(profile, walk.map)
  return located.ok ? located.profile : `The words have no ${located.missing}: give the whole chain, from SunS on.`
}

/** The words of a case as if they had just been read; an address it does not name was not read. */
export function imageOf(words: ModbusCase['words']): RegisterImage {
  const tables = new Map<PointTable, Map<number, number>>()
  for (const [table, runs] of Object.entries(words)) {
    const byAddress = new Map<number, number>()
    for (const [first, run] of Object.entries(runs ?? {})) {
      for (const [i, word] of run.entries()) byAddress.set(Number(first) + i, word)
    }
    tables.set(table as ModbusTable, byAddress)
  }
  return { word: (table, address) => tables.get(table)?.get(address) ?? -1 }
}

function differences(one: Exclude<ProfileCase, CommandCase>, outcome: Outcome): string[] {
  const found: string[] = []
  for (const [quantity, wanted] of Object.entries(one.expect)) {
    const value = outcome.values[quantity]
    if (value === wanted) continue
    const got =
      value === undefined ? `no value (${outcome.bad[quantity] ?? 'nothing measures it'})` : JSON.stringify(value)
    found.push(`${quantity} should be ${JSON.stringify(wanted)}, but the profile gives ${got}`)
  }
  for (const [quantity, reason] of Object.entries(one.bad)) {
    const value = outcome.values[quantity]
    const got = value === undefined ? (outcome.bad[quantity] ?? 'nothing') : JSON.stringify(value)
    if (outcome.bad[quantity] !== reason)
      found.push(`${quantity} should be bad (${reason}), but the profile gives ${got}`)
  }
  if (!isModbusCase(one) && !isItemCase(one)) {
    for (const key of ['at', 'presence', 'rejected'] as const) {
      const wanted = key === 'presence' && isOcppCase(one) ? undefined : (one as MqttCase)[key]
      if (wanted !== undefined && outcome[key] !== wanted) {
        found.push(`${key} should be ${wanted}, but the profile gives ${outcome[key] ?? 'none'}`)
      }
    }
  }
  return found
}

/** A message says all it says at once, so a value the case does not name is a difference too; of registers a case may show a few. */
function unexpected(one: Pick<MqttCase, 'expect' | 'bad'>, values: Outcome['values'], bad: Outcome['bad']): string[] {
  const named = new Set([...Object.keys(one.expect), ...Object.keys(one.bad)])
  return [...Object.keys(values), ...Object.keys(bad)]
    .filter((quantity) => !named.has(quantity))
    .map(
      (quantity) =>
        `${quantity} is not named in the case, but the profile gives ${JSON.stringify(values[quantity] ?? bad[quantity])}`,
    )
}
