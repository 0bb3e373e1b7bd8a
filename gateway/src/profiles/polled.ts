import { compileItems } from './decode-items.ts'
import { type CompiledRegister, compileRegisters, registersOf } from './decode-registers.ts'
import { type Dlt645Profile, itemsOfVariant } from './dlt645-schema.ts'
import { ITEM_HEADER } from './item-words.ts'
import type { ModbusProfile, Profile } from './profile-schema.ts'

/** What polling needs of a profile that is read by asking: a register map, or the data items of a DL/T 645 meter in its place. */
export type PolledProfile = ModbusProfile & { readonly items?: Dlt645Profile }

/** Longest data of an answer, without the identifier. */
const LONGEST_ITEM = 196

const adapted = new WeakMap<Dlt645Profile, PolledProfile>()

/** The part of a profile that polling reads; undefined for a device that sends by itself. */
export function polledPart({ modbus, dlt645 }: Partial<Pick<Profile, 'modbus' | 'dlt645'>>): PolledProfile | undefined {
  if (!dlt645) return modbus
  const part = adapted.get(dlt645) ?? asPolled(dlt645)
  adapted.set(dlt645, part)
  return part
}

/** The lines of it, in the order of the file. */
export const compileProfile = (profile: PolledProfile, variant?: string): readonly CompiledRegister[] =>
  profile.items ? compileItems(profile.items, variant) : compileRegisters(profile, variant)

/** A line of the file as a person looks it up. */
export interface WrittenLine {
  readonly quantity: string
  /** As printed in the document, where it says. */
  readonly reference?: string | undefined
  readonly type: string
  readonly note?: string | undefined
  /** Set where the figure is less sure than the rest. */
  readonly confidence?: string | undefined
  /** In the quantity's canonical unit. */
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Not every device of the profile has it. */
  readonly optional?: boolean | undefined
}

/** In the order of `compileProfile`. */
export const writtenLines = (profile: PolledProfile, variant?: string): readonly WrittenLine[] =>
  profile.items
    ? itemsOfVariant(profile.items, variant).map(({ di, format, ...line }) => ({
        ...line,
        reference: di,
        type: format,
      }))
    : registersOf(profile, variant).map((line) => ({ ...line, reference: line.reference?.toString() }))

/** Quantities that only this variant has. */
export function ownQuantities(profile: PolledProfile, variant: string | undefined): ReadonlySet<string> {
  if (variant === undefined) return new Set()
  const lines = profile.items?.variants?.[variant]?.items ?? profile.variants?.[variant]?.registers ?? []
  return new Set(lines.map(({ quantity }) => quantity))
}

/** The names of the variants, the default first. */
export const variantsOf = (profile: PolledProfile): readonly string[] =>
  Object.keys((profile.items ?? profile).variants ?? {})

const asPolled = (items: Dlt645Profile): PolledProfile => ({
  items,
  table: 'holding',
  wordOrder: 'low-first',
  missing: {},
  maxRegistersPerRequest: ITEM_HEADER + LONGEST_ITEM,
  // Items are asked for one by one: nothing lies between two of them.
  maxGap: 0,
  alignment: 'any',
  gapMs: items.gapMs,
  writeGapMs: 0,
  connectDelayMs: 0,
  timeoutMs: items.timeoutMs,
  unitId: 0,
  periodsMs: items.periodsMs,
  serial: items.serial,
  forbidden: [],
  ...(items.probe && { probe: items.probe }),
  registers: [],
})
