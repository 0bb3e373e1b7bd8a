import { CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'
import { didYouMean } from '../documents/documents.ts'
import { deviceLineSchema } from './change-schema.ts'
import { expandCell, numbersOf } from './device-ranges.ts'

/** A device as a row of a list says it, in the words of hall.yaml. */
export interface ListedDevice {
  /** Where it stands in the list; the heading is line 1. */
  readonly line: number
  readonly device: Readonly<Record<string, unknown>>
}

/** Something wrong with a list. `column` counts cells from 1, as a spreadsheet does. */
export interface ListProblem {
  readonly line: number
  readonly column: number
  readonly heading: string
  readonly message: string
}

/** What a heading may be called instead; the words of hall.yaml always hold. */
const HEADINGS: Readonly<Record<string, string>> = {
  编号: 'id',
  名称: 'name',
  档案: 'profile',
  型号档案: 'profile',
  区域: 'zone',
  类别: 'kind',
  版本: 'variant',
  线路: 'link',
  站号: 'unitId',
  表地址: 'address',
  周期: 'periodMs',
  命令: 'commands',
  用户: 'mqttUser',
}

const properties = z.toJSONSchema(deviceLineSchema, { io: 'input', unrepresentable: 'any' }).properties ?? {}
const isNumber = (key: string): boolean =>
  ['integer', 'number'].includes(String((properties[key] as { type?: unknown } | undefined)?.type))

/**
 * Reads a list of devices, as a spreadsheet saves it: comma, semicolon or tab between cells, a heading of hall.yaml's words (or of
 * their Chinese names), one row a device or a range of them. An empty cell says nothing; `topic.prefix` is a part of a group.
 * @param zones id → name of the hall's zones: a zone may be given by either
 * @returns the devices in order, and every problem of the list at once
 */
export function readDeviceList(
  text: string,
  zones: ReadonlyMap<string, string>,
): {
  readonly devices: readonly ListedDevice[]
  readonly problems: readonly ListProblem[]
  readonly keys: readonly string[]
} {
  const problems: ListProblem[] = []
  const rows = rowsOf(text, problems)
  const [heading, ...rest] = rows
  if (!heading) return { devices: [], problems, keys: [] }
  const keys = heading.cells.map((cell, i) => keyOf(cell, i + 1, heading.line, problems))
  const seen = keys.filter((key, i) => key !== '' && keys.indexOf(key) < i)
  for (const key of new Set(seen))
    tell(problems, heading.line, keys.lastIndexOf(key) + 1, key, `"${key}" stands twice.`)
  if (!keys.includes('id')) tell(problems, heading.line, 1, '', 'There is no column "id": every device needs one.')
  const byName = new Map([...zones].map(([id, name]) => [name, id]))
  const devices: ListedDevice[] = []
  for (const { line, cells } of rest) {
    if (cells.every((cell) => cell === '')) continue
    if (cells.length > keys.length)
      tell(problems, line, keys.length + 1, '', `The row has ${cells.length} cells, the heading ${keys.length}.`)
    devices.push(...devicesOf(line, keys, cells, byName, problems))
  }
  return { devices, problems, keys }
}

interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

function rowsOf(text: string, problems: ListProblem[]): Row[] {
  try {
    const read = parse(text, {
      bom: true,
      trim: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    const rows = read.map(({ record, info }) => ({ line: info.lines, cells: record }))
    if (rows.length < 2) tell(problems, 1, 1, '', 'A list has a heading and at least one row.')
    return rows
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines, column } = error as { lines?: unknown; column?: unknown }
    tell(problems, Number(lines ?? 1), Number(column ?? 0) + 1, '', error.message)
    return []
  }
}

/** What stands most often in the heading. */
function delimiterOf(text: string): string {
  const heading = text.split(/\r?\n/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? ''
  const count = (mark: string) => heading.split(mark).length
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',')
}

function keyOf(cell: string, column: number, line: number, problems: ListProblem[]): string {
  const key = HEADINGS[cell] ?? cell
  if (key === '') return ''
  const [group = '', part] = key.split('.', 2)
  const known = properties[group] as { type?: unknown } | undefined
  if (known && (part === undefined) === (known.type !== 'object')) return key
  const message =
    known && part === undefined
      ? `"${group}" has parts: write a column for each, "${group}.name".`
      : `"${cell}" is no word of a device.${didYouMean(group, Object.keys(properties))}`
  tell(problems, line, column, cell, message)
  return ''
}

function devicesOf(
  line: number,
  keys: readonly string[],
  cells: readonly string[],
  zones: ReadonlyMap<string, string>,
  problems: ListProblem[],
): ListedDevice[] {
  const numbers = numbersOf(cells[keys.indexOf('id')] ?? '')
  if (!numbers.ok) {
    tell(problems, line, keys.indexOf('id') + 1, 'id', numbers.message)
    return []
  }
  const devices = numbers.cells.map((): Record<string, unknown> => ({}))
  for (const [i, key] of keys.entries()) {
    const cell = cells[i] ?? ''
    if (key === '' || cell === '') continue
    const expanded = expandCell(cell, numbers.cells)
    if (!expanded.ok) {
      tell(problems, line, i + 1, key, expanded.message)
      continue
    }
    for (const [n, text] of expanded.cells.entries()) {
      const value = meantBy(key, text, zones)
      if (isNumber(key) && typeof value === 'string') tell(problems, line, i + 1, key, `"${text}" is no number.`)
      else put(devices[n]!, key, value)
    }
  }
  return devices.map((device) => ({ line, device }))
}

function meantBy(key: string, text: string, zones: ReadonlyMap<string, string>): unknown {
  if (isNumber(key)) return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (key === 'commands') return text === 'all' || text === '全部' ? 'all' : text.split(/[\s;|]+/).filter(Boolean)
  return key === 'zone' ? (zones.get(text) ?? text) : text
}

function put(device: Record<string, unknown>, key: string, value: unknown): void {
  const [group = '', part] = key.split('.', 2)
  if (part === undefined) device[group] = value
  else device[group] = { ...(device[group] as Record<string, unknown> | undefined), [part]: value }
}

const tell = (problems: ListProblem[], line: number, column: number, heading: string, message: string) =>
  void problems.push({ line, column, heading, message })
