import type { Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import { compileRegisters, isBad, type RegisterImage } from '../profiles/decode-registers.ts'
import { compileMqtt } from '../profiles/mqtt-mapping.ts'
import type { ModbusTable, Profile } from '../profiles/profile-schema.ts'
import { understand } from './modbus-frames.ts'
import type { Recording } from './recording.ts'

/** What a profile makes of recorded traffic, one quantity. */
export interface ShadowRow {
  readonly quantity: string
  /** Canonical unit. */
  readonly unit: string
  /** How often it had a value. */
  readonly good: number
  /** How often it had none, by reason. */
  readonly bad: Readonly<Record<string, number>>
  readonly first?: Value
  readonly last?: Value
  readonly min?: number
  readonly max?: number
}

export interface ShadowReport {
  readonly rows: readonly ShadowRow[]
  /** Quantities whose registers were never read, or whose messages never came. */
  readonly absent: readonly string[]
  readonly exchanges: number
  readonly answered: number
}

/** Decodes yesterday’s traffic with a profile, as if the device had had it then. Writes nothing anywhere. */
export async function shadow(
  recording: Recording,
  profile: Profile,
  options: { readonly unitId?: number; readonly variant?: string } = {},
): Promise<ShadowReport> {
  const tally = new Map<string, Tally>()
  const note = (quantity: string, value: Value | { readonly bad: string }) => {
    const known = tally.get(quantity) ?? { good: 0, bad: {} }
    tally.set(quantity, counted(known, value))
  }
  const replayed = profile.modbus
    ? replayRegisters(recording, profile, options, note)
    : await replayMessages(recording, profile, note)
  const rows = [...tally].map(([quantity, counts]) => ({ quantity, unit: quantityOf(quantity)?.unit ?? '', ...counts }))
  return { rows, absent: replayed.expected.filter((quantity) => !tally.has(quantity)), ...replayed.counts }
}

type Tally = Omit<ShadowRow, 'quantity' | 'unit'>

function counted(before: Tally, value: Value | { readonly bad: string }): Tally {
  if (typeof value === 'object')
    return { ...before, bad: { ...before.bad, [value.bad]: (before.bad[value.bad] ?? 0) + 1 } }
  return {
    ...before,
    good: before.good + 1,
    first: before.first ?? value,
    last: value,
    ...(typeof value === 'number' && {
      min: Math.min(before.min ?? value, value),
      max: Math.max(before.max ?? value, value),
    }),
  }
}

type Note = (quantity: string, value: Value | { readonly bad: string }) => void

function replayRegisters(
  { head, exchanges }: Recording,
  profile: Profile,
  { unitId, variant }: { readonly unitId?: number; readonly variant?: string },
  note: Note,
) {
  const registers = profile.modbus ? compileRegisters(profile.modbus, variant) : []
  const unit = unitId ?? profile.modbus?.unitId
  // What was read stays until it is read anew, as a person would look at it; each answer tells anew what it touches.
  const words = new Map<string, number>()
  const key = (table: string, address: number) => `${table} ${address}`
  const image: RegisterImage = { word: (table, address) => words.get(key(table, address)) ?? -1 }
  const kind = head.of === 'modbus-tcp' ? head.of : 'serial'
  let answered = 0
  for (const { sent, received } of exchanges) {
    const read = understand(kind, { sent, received })
    if (read.is !== 'read' || !read.words || read.unitId !== unit) continue
    answered += 1
    for (const [i, word] of read.words.entries()) words.set(key(read.table, read.address + i), word)
    for (const register of registers)
      if (touches(register, read) && isWhole(register, image)) note(register.quantity, asValue(register.decode(image)))
  }
  return {
    expected: registers.map(({ quantity }) => quantity),
    counts: { exchanges: exchanges.length, answered },
  }
}

const asValue = (value: ReturnType<ReturnType<typeof compileRegisters>[number]['decode']>) =>
  isBad(value) ? { bad: value.bad } : value

type Compiled = ReturnType<typeof compileRegisters>[number]

const touches = ({ table, address, length }: Compiled, read: { table: ModbusTable; address: number; count: number }) =>
  table === read.table && address >= read.address && address + length <= read.address + read.count

const isWhole = ({ table, address, length, companions }: Compiled, image: RegisterImage): boolean =>
  [{ table, address, length }, ...companions].every((part) =>
    Array.from({ length: part.length ?? 1 }).every((_, i) => image.word(part.table, part.address + i) >= 0),
  )

async function replayMessages({ head, messages }: Recording, profile: Profile, note: Note) {
  const compiled = profile.mqtt && compileMqtt(profile.mqtt, head.parameters ?? {})
  let answered = 0
  for (const { topic, payload, at } of messages) {
    let isHeard = false
    for (const result of (await compiled?.map(topic, payload, at)) ?? []) {
      if (!result?.ok) continue
      isHeard = true
      for (const [quantity, value] of Object.entries(result.message.values)) note(quantity, value)
      for (const [quantity, bad] of Object.entries(result.message.bad ?? {})) note(quantity, { bad })
    }
    if (isHeard) answered += 1
  }
  const expected = profile.mqtt?.messages.flatMap(({ values }) => values.map(({ quantity }) => quantity)) ?? []
  return { expected: [...new Set(expected)], counts: { exchanges: messages.length, answered } }
}
