import type { Value } from '../domain/frame.ts'
import { type CompiledRegister, isBad, type PointTable, type RegisterImage } from '../profiles/decode-registers.ts'

/** Words that one answer brought. */
export interface WordsHeard {
  readonly table: PointTable
  readonly address: number
  readonly words: readonly number[]
}

export type Note = (quantity: string, value: Value | { readonly bad: string }) => void

/**
 * Decodes each line of a profile whenever an answer brings it. What was read stays until it is read anew, as a person would look at
 * it, so that scale registers and the like may come in an answer of their own, also later.
 */
export function replayWords(lines: readonly CompiledRegister[], answers: readonly WordsHeard[], note: Note): void {
  const words = new Map<string, number>()
  const key = (table: string, address: number) => `${table} ${address}`
  const image: RegisterImage = { word: (table, address) => words.get(key(table, address)) ?? -1 }
  const waiting = new Set<CompiledRegister>()
  for (const heard of answers) {
    for (const [i, word] of heard.words.entries()) words.set(key(heard.table, heard.address + i), word)
    for (const line of lines) {
      if (touches(line, heard)) waiting.add(line)
      if (!waiting.has(line) || !isWhole(line, image)) continue
      waiting.delete(line)
      const value = line.decode(image)
      note(line.quantity, isBad(value) ? { bad: value.bad } : value)
    }
  }
}

const touches = ({ table, address, length }: CompiledRegister, heard: WordsHeard) =>
  table === heard.table && address >= heard.address && address + length <= heard.address + heard.words.length

const isWhole = ({ table, address, length, companions }: CompiledRegister, image: RegisterImage): boolean =>
  [{ table, address, length }, ...companions].every((part) =>
    Array.from({ length: part.length ?? 1 }).every((_, i) => image.word(part.table, part.address + i) >= 0),
  )
