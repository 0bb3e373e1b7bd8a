import type { Link } from '../config/hall-schema.ts'
import type { BadReason, Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { ModbusEndpoint, ModbusTable, ReadRequest, ReadResult } from '../modbus/modbus.ts'
import { type CompiledRegister, compileRegisters, registersOf } from '../profiles/decode-registers.ts'
import { findModels, type Located } from '../profiles/locate-models.ts'
import type { ModbusProfile } from '../profiles/profile-schema.ts'
import { BlockImage } from './block-image.ts'
import { answerOf } from './cycle.ts'
import { limitsOf } from './device-plan.ts'
import { planReads, type ReadBlock } from './read-plan.ts'

/** One register of a profile as a device answered it. */
export interface ReadRow {
  readonly quantity: string
  /** In the quantity's canonical unit; undefined when `bad`. */
  readonly value: Value | undefined
  readonly unit: string
  /** Raw words in wire order, four hex digits each; '' when nothing was read. */
  readonly words: string
  readonly table: ModbusTable
  /** 0-based as on the wire. */
  readonly address: number
  /** As printed in the vendor's document, where the profile names it. */
  readonly reference?: string
  readonly bad?: BadReason
  /** Modbus exception code with which the device refused it. */
  readonly exceptionCode?: number
}

type Read = (request: Omit<ReadRequest, 'unitId'>) => Promise<ReadResult>

/** What a device answered, and where its models are when it is a SunSpec one. */
export interface ReadOnce {
  readonly rows: readonly ReadRow[]
  /** Absent for a profile without SunSpec, and when the device did not answer. */
  readonly located?: Located
}

/** Reads every register of a profile once and says what came, word by word: for the person at the device. Closes the endpoint. */
export async function readDeviceOnce(device: {
  readonly profile: ModbusProfile
  readonly variant?: string
  readonly link: Link
  readonly unitId: number
  readonly openEndpoint: (link: Link) => ModbusEndpoint
}): Promise<ReadOnce> {
  const { profile, variant, link, unitId } = device
  const endpoint = device.openEndpoint(link)
  endpoint.setTiming(profile)
  const timeoutMs = link.timeoutMs ?? profile.timeoutMs
  const read: Read = (request) => endpoint.read({ ...request, unitId }, timeoutMs)
  try {
    const located = profile.sunspec && (await findModels(profile, async (request) => walked(await read(request))))
    const wanted = located?.ok ? located.profile : profile.sunspec ? undefined : profile
    return { rows: wanted ? await readRows(wanted, variant, read) : [], ...(located && { located }) }
  } finally {
    await endpoint.close()
  }
}

/** What a walk over models makes of an answer. */
function walked(result: ReadResult): readonly number[] | undefined | 'silent' {
  if (result.ok) return result.words
  return answerOf(result) === 'refused' ? undefined : 'silent'
}

/**
 * In the order of the profile. A refused block is read again register by register, so each row shows its own exception.
 * After three requests in a row without an answer the rest is not asked.
 */
export async function readRows(profile: ModbusProfile, variant: string | undefined, read: Read) {
  const registers = compileRegisters(profile, variant)
  const limits = limitsOf(profile)
  const cost = { perRequestMs: 20, perRegisterMs: 1 }
  const failures = new Map<CompiledRegister, { bad: BadReason; exceptionCode?: number }>()
  const answered = new Map<CompiledRegister, BlockImage>()
  let silent = 0

  async function readBlocks(blocks: readonly ReadBlock[], whose: readonly CompiledRegister[]): Promise<void> {
    const image = new BlockImage(blocks)
    let refused: { exceptionCode: number } | undefined
    for (const [index, block] of blocks.entries()) {
      const result = silent < 3 ? await read(block) : ({ ok: false, failure: 'timeout' } as const)
      if (result.ok) image.put(index, block.address, result.words)
      else if (result.failure === 'exception') refused = { exceptionCode: result.exceptionCode }
      silent = result.ok || result.failure === 'exception' ? 0 : silent + 1
      if (!result.ok && result.failure === 'connection-lost') silent = 3
    }
    for (const register of whose) {
      if (image.covers(register)) answered.set(register, image)
      else if (refused && whose.length > 1) await readBlocks(planReads([register], limits, cost), [register])
      else failures.set(register, refused ? { bad: 'exception', ...refused } : { bad: 'timeout' })
    }
  }
  await readBlocks(planReads(registers, limits, cost), registers)
  const references = registersOf(profile, variant).map((register) => register.reference)
  return registers.map((register, i) => rowOf(register, references[i], answered.get(register), failures.get(register)))
}

function rowOf(
  register: CompiledRegister,
  reference: string | number | undefined,
  image: BlockImage | undefined,
  failure: { bad: BadReason; exceptionCode?: number } | undefined,
): ReadRow {
  const { quantity, table, address, length } = register
  const words: string[] = []
  for (let i = 0; image && i < length; i++)
    words.push(
      image
        .word(table, address + i)
        .toString(16)
        .padStart(4, '0'),
    )
  const decoded = image ? register.decode(image) : (failure ?? { bad: 'timeout' })
  const place = {
    quantity,
    unit: quantityOf(quantity)?.unit ?? '',
    words: words.join(' '),
    table,
    address,
    ...(reference === undefined ? {} : { reference: String(reference) }),
  }
  return typeof decoded === 'object' ? { ...place, value: undefined, ...decoded } : { ...place, value: decoded }
}

/** The rows as a table for a terminal, columns aligned. */
export function rowsText(rows: readonly ReadRow[]): string {
  const header = ['quantity', 'value', 'unit', 'words', 'address', 'reference']
  const lines = rows.map((row) => [
    row.quantity,
    row.bad ? `bad: ${row.bad}${row.exceptionCode === undefined ? '' : ` ${row.exceptionCode}`}` : String(row.value),
    row.bad ? '' : row.unit,
    row.words,
    `${row.table} ${row.address} (0x${row.address.toString(16).padStart(4, '0')})`,
    row.reference ?? '',
  ])
  const widths = header.map((title, i) => Math.max(title.length, ...lines.map((cells) => cells[i]!.length)))
  const aligned = (cells: string[]) =>
    cells
      .map((cell, i) => (i === 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [header, ...lines].map(aligned).join('\n')
}
