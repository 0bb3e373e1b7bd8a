/** One cell of a list, made for each device that its row stands for. */
export type Expanded =
  | { readonly ok: true; readonly cells: readonly string[] }
  | { readonly ok: false; readonly message: string }

const RANGE = /\{(\d+)\.\.(\d+)\}/
/** More devices than a hall may have. */
const MOST = 2000

/**
 * How many devices a row stands for: `meter-{01..12}` in its id are twelve, anything else is one.
 * @returns the numbers as they are written, with their leading zeros; or what is wrong with the range
 */
export function numbersOf(id: string): Expanded {
  const [, from, to] = RANGE.exec(id) ?? []
  if (from === undefined || to === undefined) return { ok: true, cells: [''] }
  const [first, last] = [Number(from), Number(to)]
  if (last < first) return { ok: false, message: `The range {${from}..${to}} runs backward: write {${to}..${from}}.` }
  if (last - first >= MOST) return { ok: false, message: `The range {${from}..${to}} is more than ${MOST} devices.` }
  const width = from.startsWith('0') || from.length === to.length ? from.length : 0
  return {
    ok: true,
    cells: Array.from({ length: last - first + 1 }, (_, i) => String(first + i).padStart(width, '0')),
  }
}

/** A cell for each of these numbers: a range of its own counts along, `{}` is the number, anything else is the same for all. */
export function expandCell(cell: string, numbers: readonly string[]): Expanded {
  const own = RANGE.exec(cell)
  if (!own) return { ok: true, cells: numbers.map((number) => cell.replaceAll('{}', number)) }
  if (numbers.length === 1 && numbers[0] === '')
    return { ok: false, message: `Write the range in "id" too, ${own[0]} here stands for no device.` }
  const counted = numbersOf(own[0])
  if (!counted.ok) return counted
  if (counted.cells.length !== numbers.length)
    return {
      ok: false,
      message: `${own[0]} counts ${counted.cells.length}, but the id counts ${numbers.length} devices.`,
    }
  return {
    ok: true,
    cells: counted.cells.map((number, i) => cell.replace(RANGE, number).replaceAll('{}', numbers[i] ?? '')),
  }
}
