import { HallwattError } from '../domain/errors.ts'
import type { Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import { compileItems } from '../profiles/decode-items.ts'
import { compileRegisters } from '../profiles/decode-registers.ts'
import type { Dlt645Profile } from '../profiles/dlt645-schema.ts'
import { itemAddress, itemWords } from '../profiles/item-words.ts'
import { compileMqtt } from '../profiles/mqtt-mapping.ts'
import type { ModbusProfile, Profile } from '../profiles/profile-schema.ts'
import { itemsIn, type Overhear } from './item-answers.ts'
import { understand } from './modbus-frames.ts'
import { modelsIn } from './recorded-models.ts'
import type { Recording } from './recording.ts'
import { type Note, replayWords } from './replay-words.ts'

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
  /** Quantities whose registers or items were never read, or whose messages never came. */
  readonly absent: readonly string[]
  /** Marker and models of a SunSpec profile that the recording does not have. */
  readonly unplaced: readonly string[]
  readonly exchanges: number
  readonly answered: number
}

export interface ShadowOptions {
  readonly unitId?: number
  /** Address of a DL/T 645 meter as it was asked or as it answered; not needed where one meter answers. */
  readonly meter?: string
  readonly variant?: string
}

/** Decodes yesterday’s traffic with a profile, as if the device had had it then. Writes nothing anywhere. */
export async function shadow(
  recording: Recording,
  profile: Profile,
  hear: Overhear,
  options: ShadowOptions = {},
): Promise<ShadowReport> {
  const tally = new Map<string, Tally>()
  const note: Note = (quantity, value) => {
    const known = tally.get(quantity) ?? { good: 0, bad: {} }
    tally.set(quantity, counted(known, value))
  }
  const { modbus, dlt645 } = profile
  const { expected, unplaced, answered } = modbus
    ? replayRegisters(recording, modbus, options, note)
    : dlt645
      ? replayItems(recording, dlt645, options, hear, note)
      : await replayMessages(recording, profile, note)
  const rows = [...tally].map(([quantity, counts]) => ({ quantity, unit: quantityOf(quantity)?.unit ?? '', ...counts }))
  const absent = [...new Set(expected)].filter((quantity) => !tally.has(quantity))
  return { rows, absent, unplaced, exchanges: recording.exchanges.length + recording.messages.length, answered }
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

function replayRegisters(
  { head, exchanges }: Recording,
  modbus: ModbusProfile,
  { unitId = modbus.unitId, variant }: ShadowOptions,
  note: Note,
) {
  const kind = head.of === 'modbus-tcp' ? head.of : 'serial'
  const reads = exchanges.flatMap((exchange) => {
    const read = understand(kind, exchange)
    return read.is === 'read' && read.unitId === unitId ? [read] : []
  })
  const { placed, unplaced } = modbus.sunspec ? modelsIn(modbus, reads) : { placed: modbus, unplaced: [] }
  const lines = placed ? compileRegisters(placed, variant) : []
  const answers = reads.flatMap(({ table, address, words }) => (words ? [{ table, address, words }] : []))
  replayWords(lines, answers, note)
  return { expected: lines.map(({ quantity }) => quantity), unplaced, answered: answers.length }
}

/** @throws HallwattError HW_USAGE when several meters answer to what is asked for: their values are not one device's */
function replayItems(
  { exchanges }: Recording,
  dlt645: Dlt645Profile,
  { meter: wanted, variant }: ShadowOptions,
  hear: Overhear,
  note: Note,
) {
  const items = [...itemsIn(exchanges, hear)].filter(
    ({ asked, meter }) => wanted === undefined || asked === wanted || meter === wanted,
  )
  const meters = [...new Set(items.map(({ meter }) => meter))]
  if (meters.length > 1)
    throw new HallwattError(
      'HW_USAGE',
      `The recording has the meters ${meters.join(', ')}: name one with --device or --address.`,
    )
  const lines = compileItems(dlt645, variant).flatMap((line) => (line.instead ? [line, line.instead] : [line]))
  const longest = new Map<number, number>()
  for (const { address, length = 1 } of lines.flatMap((line) => [line, ...line.companions]))
    longest.set(address, Math.max(length, longest.get(address) ?? 0))
  const answers = items.flatMap(({ identifier, data, at }) => {
    const address = itemAddress(identifier)
    const count = longest.get(address)
    return count === undefined ? [] : [{ table: 'item' as const, address, words: itemWords(data, at, count) }]
  })
  replayWords(lines, answers, note)
  return { expected: lines.map(({ quantity }) => quantity), unplaced: [], answered: items.length }
}

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
  return { expected, unplaced: [], answered }
}
