import { addressed, type PolledConnection } from '../config/addressed.ts'
import type { Link } from '../config/hall-schema.ts'
import type { BadReason, Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { ModbusEndpoint, ReadResult } from '../modbus/modbus.ts'
import type { CompiledRegister, PointTable } from '../profiles/decode-registers.ts'
import { identifierAt, wordTexts } from '../profiles/item-words.ts'
import { findModels, type Located } from '../profiles/locate-models.ts'
import { compileProfile, type PolledProfile, writtenLines } from '../profiles/polled.ts'
import { BlockImage } from './block-image.ts'
import { timeoutOf } from './cost-model.ts'
import { answerOf, type CycleRequest } from './cycle.ts'
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
  readonly table: PointTable
  /** 0-based as on the wire. */
  readonly address: number
  /** As printed in the vendor's document, where the profile names it. */
  readonly reference?: string
  readonly bad?: BadReason
  /** Modbus exception code with which the device refused it. */
  readonly exceptionCode?: number
}

type Read = (request: CycleRequest) => Promise<ReadResult>

/** What a device answered, and where its models are when it is a SunSpec one. */
export interface ReadOnce {
  readonly rows: readonly ReadRow[]
  /** Absent for a profile without SunSpec, and when the device did not answer. */
  readonly located?: Located
  /** There was no connection, or it was cut. */
  readonly isLinkDown: boolean
}

/** Reads every register of a profile once and says what came, word by word: for the person at the device. Closes the endpoint. */
export async function readDeviceOnce(device: {
  readonly profile: PolledProfile
  readonly variant?: string
  readonly link: Link
  readonly connection: PolledConnection
  readonly openEndpoint: (link: Link) => ModbusEndpoint
}): Promise<ReadOnce> {
  const { profile, variant, link, connection } = device
  const endpoint = device.openEndpoint(link)
  endpoint.setTiming(profile)
  const timeoutMs = timeoutOf(profile, link)
  let isLinkDown = false
  const read: Read = async (request) => {
    const result = await endpoint.read(addressed(connection, request), timeoutMs)
    if (!result.ok && result.failure === 'connection-lost') isLinkDown = true
    return result
  }
  try {
    const located = profile.sunspec && (await findModels(profile, async (request) => walked(await read(request))))
    const wanted = located?.ok ? located.profile : profile.sunspec ? undefined : profile
    const rows = wanted ? await readRows(wanted, variant, read) : []
    return { rows, ...(located && { located }), isLinkDown }
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
export async function readRows(profile: PolledProfile, variant: string | undefined, read: Read) {
  const registers = compileProfile(profile, variant)
  const limits = limitsOf(profile)
  const cost = { perRequestMs: 20, perRegisterMs: 1 }
  const failures = new Map<CompiledRegister, { bad: BadReason; exceptionCode?: number }>()
  const answered = new Map<CompiledRegister, BlockImage>()
  let silent = 0
  let unheard: BadReason = 'timeout'

  async function readBlocks(blocks: readonly ReadBlock[], whose: readonly CompiledRegister[]): Promise<void> {
    const image = new BlockImage(blocks)
    let refused: { exceptionCode: number } | undefined
    for (const [index, block] of blocks.entries()) {
      const result = silent < 3 ? await read(block) : ({ ok: false, failure: 'timeout' } as const)
      if (result.ok) image.put(index, block.address, result.words)
      else if (result.failure === 'exception') refused = { exceptionCode: result.exceptionCode }
      silent = result.ok || result.failure === 'exception' ? 0 : silent + 1
      if (!result.ok && result.failure === 'connection-lost') {
        silent = 3
        unheard = 'link-down'
      }
    }
    for (const register of whose) {
      if (image.covers(register)) answered.set(register, image)
      else if (refused && register.instead)
        await readBlocks(planReads([register.instead], limits, cost), [register.instead])
      else if (refused && whose.length > 1) await readBlocks(planReads([register], limits, cost), [register])
      else failures.set(register, refused ? { bad: 'exception', ...refused } : { bad: unheard })
    }
  }
  await readBlocks(planReads(registers, limits, cost), registers)
  const written = writtenLines(profile, variant)
  return registers.map((line, i) => {
    const register = line.instead && !answered.has(line) && !failures.has(line) ? line.instead : line
    return rowOf(register, written[i]?.reference, answered.get(register), failures.get(register))
  })
}

function rowOf(
  register: CompiledRegister,
  reference: string | undefined,
  image: BlockImage | undefined,
  failure: { bad: BadReason; exceptionCode?: number } | undefined,
): ReadRow {
  const { quantity, table, address, length } = register
  const words: number[] = []
  for (let i = 0; image && i < length; i++) words.push(image.word(table, address + i))
  const decoded = image ? register.decode(image) : (failure ?? { bad: 'timeout' })
  const place = {
    quantity,
    unit: quantityOf(quantity)?.unit ?? '',
    words: wordTexts(register, words).join(' '),
    table,
    address,
    ...(reference === undefined ? {} : { reference }),
  }
  return typeof decoded === 'object' ? { ...place, value: undefined, ...decoded } : { ...place, value: decoded }
}

/** Why a row has no value. A meter refuses in words of its own, not with Modbus exceptions. */
export const badText = ({ table, bad, exceptionCode }: ReadRow): string => {
  if (exceptionCode === undefined) return bad ?? ''
  return table === 'item' ? 'refused' : `${bad} ${exceptionCode}`
}

const placeText = ({ table, address }: ReadRow): string =>
  table === 'item'
    ? `item ${identifierAt(address)}`
    : `${table} ${address} (0x${address.toString(16).padStart(4, '0')})`

/** The rows as a table for a terminal, columns aligned. */
export function rowsText(rows: readonly ReadRow[]): string {
  const header = ['quantity', 'value', 'unit', 'words', 'address', 'reference']
  const lines = rows.map((row) => [
    row.quantity,
    row.bad ? `bad: ${badText(row)}` : String(row.value),
    row.bad ? '' : row.unit,
    row.words,
    placeText(row),
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
