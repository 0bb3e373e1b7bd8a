/**
 * How the answer of a DL/T 645 meter lies among the words that polling keeps: a data item is an address in a table of its own,
 * `item`, and its words are how many bytes came, when they came, and the bytes. So the plan, the retries and what was learnt of
 * refused addresses hold for meters as they do for registers.
 */

/** Bytes that came; the day (since 1970) and its second (UTC) at which they came. */
export const ITEM_HEADER = 3
/** Longest data of one answer is 200 bytes, without the identifier. */
const ADDRESSES_PER_ITEM = 256
const DAY_MS = 86_400_000

/** `02010100` → the address of the item in the table. */
export const itemAddress = (identifier: string): number => Number.parseInt(identifier, 16) * ADDRESSES_PER_ITEM

/** The identifier an address lies in, as printed: 8 hexadecimal digits. */
export const identifierAt = (address: number): string =>
  Math.floor(address / ADDRESSES_PER_ITEM)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0')

/** The words of an answer, cut or filled to `count`. `atMs`: wall clock at which it came. */
export function itemWords(bytes: Uint8Array, atMs: number, count: number): number[] {
  const words = [bytes.length, Math.floor(atMs / DAY_MS), Math.floor((atMs % DAY_MS) / 1000), ...bytes]
  while (words.length < count) words.push(0)
  return words.slice(0, count)
}

/** The words of a value as a person reads them: four hex digits each; of an item its bytes, two each, without what was filled up. */
export function wordTexts(
  { table, lead = 0 }: { readonly table: string; readonly lead?: number | undefined },
  words: readonly number[],
): string[] {
  if (table !== 'item') return words.map((word) => hex(word, 4))
  return words.slice(lead, ITEM_HEADER + (words[0] ?? 0)).map((byte) => hex(byte, 2))
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')
