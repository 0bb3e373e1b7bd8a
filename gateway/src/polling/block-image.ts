import type { CompiledRegister, PointTable, RegisterImage } from '../profiles/decode-registers.ts'
import type { ReadBlock, Span } from './read-plan.ts'

const NOT_READ = -1

/** The words of one cycle, block by block. Made once per plan and reused by every cycle. */
export class BlockImage implements RegisterImage {
  readonly #blocks: readonly ReadBlock[]
  #words: readonly Int32Array[]
  /** Those of the cycle before: for the person who looks inside while a cycle is under way. */
  #before: readonly Int32Array[]
  /** Registers of one value lie together, so the next word is nearly always in the same block. */
  #last = 0

  constructor(blocks: readonly ReadBlock[]) {
    this.#blocks = blocks
    this.#words = blocks.map((block) => new Int32Array(block.count).fill(NOT_READ))
    this.#before = blocks.map((block) => new Int32Array(block.count).fill(NOT_READ))
  }

  clear(): void {
    ;[this.#words, this.#before] = [this.#before, this.#words]
    for (const words of this.#words) words.fill(NOT_READ)
  }

  put(block: number, address: number, words: readonly number[]): void {
    const offset = address - this.#blocks[block]!.address
    const target = this.#words[block]!
    for (let i = 0; i < words.length; i++) target[offset + i] = words[i]!
  }

  /** -1 when it was not read in this cycle. */
  word(table: PointTable, address: number): number {
    const found = this.#wordIn(this.#last, table, address)
    if (found !== NOT_READ) return found
    for (let i = 0; i < this.#blocks.length; i++) {
      const word = this.#wordIn(i, table, address)
      if (word === NOT_READ) continue
      this.#last = i
      return word
    }
    return NOT_READ
  }

  /** The words of one value as they came in this cycle, or in the one before it; undefined when one of them is missing. */
  slice(span: Span, which: 'now' | 'before'): number[] | undefined {
    const words: number[] = []
    for (let address = span.address; address < span.end; address++) {
      const word = this.#anyWord(which === 'now' ? this.#words : this.#before, span.table, address)
      if (word === NOT_READ) return undefined
      words.push(word)
    }
    return words
  }

  has(span: Span): boolean {
    for (let address = span.address; address < span.end; address++) {
      if (this.word(span.table, address) === NOT_READ) return false
    }
    return true
  }

  /** True when everything the value is made of was read. */
  covers(register: CompiledRegister): boolean {
    const { table, address, length, companions } = register
    if (!this.has({ table, address, end: address + length })) return false
    return companions.every((companion) =>
      this.has({
        table: companion.table,
        address: companion.address,
        end: companion.address + (companion.length ?? 1),
      }),
    )
  }

  #anyWord(from: readonly Int32Array[], table: PointTable, address: number): number {
    for (const [i, block] of this.#blocks.entries()) {
      if (block.table !== table || address < block.address || address >= block.address + block.count) continue
      const word = from[i]![address - block.address]!
      if (word !== NOT_READ) return word
    }
    return NOT_READ
  }

  #wordIn(index: number, table: PointTable, address: number): number {
    const block = this.#blocks[index]
    if (!block || block.table !== table) return NOT_READ
    const offset = address - block.address
    return offset >= 0 && offset < block.count ? this.#words[index]![offset]! : NOT_READ
  }
}
