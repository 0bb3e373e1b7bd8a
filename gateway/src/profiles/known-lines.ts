import { HASH, nextLine } from './prometheus-bytes.ts'

const CLOSED = 0x7d
/** A longer page, or one with more samples that somebody wants (64 processors in five states are 320), is not worth its memory. */
const MOST_LINES = 20_000
const MOST_TAKEN = 2000

/**
 * The lines of a page without their numbers. An exporter writes the same lines in the same order each time: then names and labels are
 * compared with those of the page before, four bytes at once, instead of being read. It keeps the bytes of that page.
 */
export class KnownLines<Taker> {
  readonly #page: Buffer
  readonly #view: DataView
  /** Of each line: where its head begins, and how long it is. The byte behind a head is compared too: it ends the name. */
  readonly #heads: number[] = []
  /** Of each line: who takes its number. */
  readonly #takers: (readonly Taker[])[] = []
  #taken = 0

  /** @param page its last byte ends a line */
  constructor(page: Buffer) {
    this.#page = page
    this.#view = viewOf(page)
  }

  /**
   * The next line of the page; false when that is more than is kept.
   * @param headEnd behind its labels, or behind its name where nobody read them
   * @param takers of its number; empty: nobody wants it
   */
  add(at: number, headEnd: number, lineEnd: number, takers: readonly Taker[]): boolean {
    if (takers.length > 0) this.#taken++
    const end = takers.length > 0 ? headEnd : this.#endOfLabels(at, headEnd, lineEnd)
    this.#heads.push(at, end - at)
    this.#takers.push(takers)
    return this.#takers.length <= MOST_LINES && this.#taken <= MOST_TAKEN
  }

  /** What is hardly ever another the next time is compared four bytes at once; the rest has to be passed byte by byte. */
  #endOfLabels(at: number, nameEnd: number, lineEnd: number): number {
    if (this.#page[at] === HASH) return lineEnd
    let end = lineEnd
    while (end > nameEnd && this.#page[end - 1] !== CLOSED) end--
    return end
  }

  /**
   * Are these lines on the page, in this order, and no others?
   * @param take gets each line that somebody wants, before the answer is known
   */
  areOn(page: Buffer, take: (headEnd: number, takers: readonly Taker[]) => void): boolean {
    const view = viewOf(page)
    const { length } = page
    let at = 0
    for (let line = 0; line < this.#takers.length; line++) {
      const headLength = this.#heads[2 * line + 1]!
      const end = at + headLength
      if (end >= length || !sameBytes(this.#view, this.#heads[2 * line]!, view, at, headLength + 1)) return false
      const takers = this.#takers[line]!
      if (takers.length > 0) take(end, takers)
      at = nextLine(page, end)
    }
    return at === length
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

function sameBytes(one: DataView, oneAt: number, other: DataView, otherAt: number, count: number): boolean {
  let i = 0
  for (; i + 4 <= count; i += 4) if (one.getInt32(oneAt + i) !== other.getInt32(otherAt + i)) return false
  for (; i < count; i++) if (one.getInt8(oneAt + i) !== other.getInt8(otherAt + i)) return false
  return true
}
