import { type AskedCase, compileAskedCase, isAskedCase } from '../src/profiles/asked-cases.ts'
import { isItemCase, isModbusCase, isOcppCase, isReadingCase, type ProfileCase } from '../src/profiles/cases-schema.ts'
import { compileItems } from '../src/profiles/decode-items.ts'
import type { CompiledRegister, RegisterImage } from '../src/profiles/decode-registers.ts'
import { compileRegisters } from '../src/profiles/decode-registers.ts'
import { imageOfItems } from '../src/profiles/item-cases.ts'
import { compileMqtt } from '../src/profiles/mqtt-mapping.ts'
import { createOcppReader, type OcppReader, type OcppReading } from '../src/profiles/ocpp-mapping.ts'
import { isOcppAction, readOcpp } from '../src/profiles/ocpp-messages.ts'
import type { Profile } from '../src/profiles/profile-schema.ts'
import { imageOf, locatedIn } from '../src/profiles/run-case.ts'

/**
 * Decodes everything once; how many values come of it, good and bad. They are counted the first time: counting is not what is
 * measured. A promise only where an expression has to be waited for.
 */
export type Pass = () => number | Promise<number>

/**
 * One pass over the cases of a profile; undefined where they show nothing that it decodes. Of messages and answers the case that says
 * most: a goodbye holds no value, and a message of one value measures the message.
 */
export async function passOf(profile: Profile, cases: readonly ProfileCase[]): Promise<Pass | undefined> {
  const passes: Pass[] = []
  for (const one of cases.filter(isReadingCase)) {
    const pass = await onePass(profile, one)
    if (pass) passes.push(pass)
  }
  if (profile.modbus ?? profile.dlt645) {
    const { length } = passes
    return length === 0 ? undefined : () => passes.reduce((sum, pass) => sum + (pass() as number), 0)
  }
  let most: { pass: Pass; values: number } | undefined
  for (const pass of passes) {
    const values = await pass()
    if (values > (most?.values ?? 0)) most = { pass, values }
  }
  return most?.pass
}

/** A page of figures as exporters show it: what is wanted stands among many lines of others. */
export interface Page {
  readonly pass: Pass
  readonly lines: number
  readonly bytes: number
}

const OTHERS = 100

const longestPage = (cases: readonly ProfileCase[]) =>
  cases.flatMap((one) => ('page' in one ? [one] : [])).sort((a, b) => b.page.length - a.page.length)[0]

/** The page of the case that says most, read as if it had other lines than the one before: one without its last line end is not kept. */
export async function unlikeBefore(profile: Profile, cases: readonly ProfileCase[]): Promise<Pass | undefined> {
  const longest = longestPage(cases)
  return longest && passOf(profile, [{ ...longest, page: longest.page.trimEnd() }])
}

/** The page of the case that says most, in the midst of its own lines under other names. */
export async function amongOthers(profile: Profile, cases: readonly ProfileCase[]): Promise<Page | undefined> {
  const longest = longestPage(cases)
  if (!longest) return undefined
  const others = Array.from({ length: OTHERS }, (_, i) => longest.page.replaceAll(/^(# [A-Z]+ )?\w+/gm, `$&_${i}`))
  const page = others.toSpliced(OTHERS / 2, 0, longest.page).join('')
  const pass = await passOf(profile, [{ ...longest, page }])
  return pass && { pass, lines: page.split('\n').length - 1, bytes: Buffer.byteLength(page) }
}

async function onePass(profile: Profile, one: Exclude<ProfileCase, { command: string }>): Promise<Pass | undefined> {
  if (isModbusCase(one) && profile.modbus) {
    const image = imageOf(one.words)
    const modbus = profile.modbus.sunspec ? locatedIn(profile.modbus, image) : profile.modbus
    if (typeof modbus === 'string') return undefined
    return registersPass(compileRegisters(modbus, one.variant), image)
  }
  if (isItemCase(one) && profile.dlt645)
    return registersPass(compileItems(profile.dlt645, one.variant), imageOfItems(one))
  if (isOcppCase(one) && profile.ocpp) {
    const reader = createOcppReader(profile.ocpp, one.connector)
    const messages = one.messages.map(([action, payload]) => Buffer.from(JSON.stringify([2, '1', action, payload])))
    const read = () => messages.map((bytes) => readMessage(reader, bytes, one.receivedAt))
    // A reader remembers what it was told: from the second time on it is the same.
    read()
    const values = sum(read().flat(), ({ values, bad }) => count(values, bad))
    return () => {
      for (const bytes of messages) readMessage(reader, bytes, one.receivedAt)
      return values
    }
  }
  if (isAskedCase(one)) return askedPass(profile, one)
  if ('topic' in one && profile.mqtt) return messagePass(profile.mqtt, one)
  return undefined
}

/** From the bytes of the frame, as they come over the line. */
function readMessage(reader: OcppReader, bytes: Buffer, receivedAt: number): OcppReading[] {
  const [, , action, payload] = JSON.parse(bytes.toString()) as [number, string, string, unknown]
  const message = isOcppAction(action) ? readOcpp(action, payload) : undefined
  return message ? reader.read(message, receivedAt) : []
}

/** What was not read is not decoded: a case may show a few registers only. Words lie in arrays, as they do after a request. */
function registersPass(registers: readonly CompiledRegister[], words: RegisterImage): Pass | undefined {
  const whole = (one: CompiledRegister) =>
    Array.from({ length: one.length }, (_, i) => words.word(one.table, one.address + i)).every((word) => word >= 0)
  const read = registers.filter((one) => one.rate !== 'once' && whole(one))
  if (read.length === 0) return undefined
  const flat = pagedImage(words, read)
  const { length } = read
  return () => {
    for (let i = 0; i < length; i++) read[i]!.decode(flat)
    return length
  }
}

const PAGE = 256

/** The words of these registers on pages, found as quickly as those of a request: the next one is nearly always on the same page. */
function pagedImage(words: RegisterImage, registers: readonly CompiledRegister[]): RegisterImage {
  const pages = new Map<string, Map<number, Int32Array>>()
  const put = (table: CompiledRegister['table'], address: number) => {
    const ofTable = pages.get(table) ?? new Map<number, Int32Array>()
    pages.set(table, ofTable)
    const start = address - (address % PAGE)
    if (!ofTable.has(start))
      ofTable.set(
        start,
        Int32Array.from({ length: PAGE }, (_, i) => words.word(table, start + i)),
      )
  }
  for (const one of registers) {
    for (let i = -8; i < one.length; i++) put(one.table, Math.max(0, one.address + i))
    for (const { table, address } of one.companions) put(table, address)
  }
  let onTable = ''
  let from = -1
  let page: Int32Array | undefined
  return {
    word(table, address) {
      const start = address - (address % PAGE)
      if (start !== from || table !== onTable) {
        page = pages.get(table)?.get(start)
        from = start
        onTable = table
      }
      return page?.[address - start] ?? -1
    },
  }
}

type MqttPart = NonNullable<Profile['mqtt']>

async function messagePass(
  mqtt: MqttPart,
  one: { topic: string; payload?: unknown; parameters: Record<string, string>; receivedAt: number },
): Promise<Pass> {
  const defaults = Object.entries(mqtt.parameters).flatMap(([name, { default: value }]) =>
    value ? [[name, value] as const] : [],
  )
  const compiled = compileMqtt(mqtt, { ...Object.fromEntries(defaults), ...one.parameters })
  const rules = compiled.rules.filter(({ filter }) => filter === one.topic || /[+#]/.test(filter))
  const payload = Buffer.from(typeof one.payload === 'string' ? one.payload : JSON.stringify(one.payload))
  const results = await Promise.all(rules.map((rule) => rule.map(one.topic, payload, one.receivedAt)))
  const values = sum(results, (result) => (result?.ok ? count(result.message.values, result.message.bad) : 0))
  return () => {
    let waiting: Promise<unknown> | undefined
    for (const rule of rules) {
      const result = rule.map(one.topic, payload, one.receivedAt)
      if (result instanceof Promise) waiting = waiting ? Promise.all([waiting, result]) : result
    }
    return waiting ? waiting.then(() => values) : values
  }
}

/** What the room `asking` does with the answers of a round; of a power signature, with one look at the meter after the other. */
function askedPass(profile: Profile, one: AskedCase): Pass | undefined {
  const round = compileAskedCase(profile, one)
  if (typeof round === 'string') return undefined
  if ('powers' in one) {
    const looks = one.powers.length
    return () => {
      round()
      return looks
    }
  }
  const { values, bad } = round()
  const counted = count(values, bad)
  return () => {
    round()
    return counted
  }
}

const sum = <One>(all: readonly One[], of: (one: One) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

function count(values: object, bad: object | undefined): number {
  let sum = 0
  for (const _ in values) sum++
  for (const _ in bad) sum++
  return sum
}
