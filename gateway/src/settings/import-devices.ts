import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import type { Problem } from '../domain/errors.ts'
import { type ListedDevice, type ListProblem, readDeviceList } from './device-list.ts'
import type { Edit } from './edit.ts'
import { editText } from './edit-text.ts'
import { unifiedDiff } from './unified-diff.ts'
import { inlineText } from './yaml-text.ts'

/** What a list of devices makes of a hall file. */
export interface DeviceImport {
  /** The new text; what there was when `problems` is not empty. */
  readonly text: string
  /** As `diff -u` says it. */
  readonly diff: string
  readonly added: readonly string[]
  readonly changed: readonly string[]
  /** Stand in the hall already, just so. */
  readonly same: readonly string[]
  /** Of the list, in its order. */
  readonly problems: readonly ListProblem[]
  /** Of the hall as it would be, where no row of the list is to blame. */
  readonly hallProblems: readonly Problem[]
}

export interface ImportOptions {
  /** A device the hall has already gets what the row says; without it that is a problem. */
  readonly update: boolean
  /** What `hallwatt check` says of a text. */
  readonly check: (text: string) => readonly Problem[]
}

interface WrittenHall {
  readonly zones?: readonly { readonly id?: unknown; readonly name?: unknown }[]
  readonly devices?: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Puts the devices of a list into a hall file: new ones behind the last device, each on its own line; every other line of the file
 * stays as it is. The list and the hall that would come of it are judged whole, so all problems come at once.
 */
export function importDevices(hallText: string, listText: string, { update, check }: ImportOptions): DeviceImport {
  const hall = (parse(hallText) ?? {}) as WrittenHall
  const there = new Map((hall.devices ?? []).map((device, i) => [String(device.id), { device, i }]))
  const zones = new Map((hall.zones ?? []).map(({ id, name }) => [String(id), String(name)]))
  const list = readDeviceList(listText, zones)
  const problems = [...list.problems]
  const columnOf = (heading: string) => Math.max(1, list.keys.indexOf(heading) + 1)
  const tell = (line: number, heading: string, message: string) =>
    problems.push({ line, column: columnOf(heading), heading, message })

  const edits: Edit[] = []
  const added: string[] = []
  const changed: string[] = []
  const same: string[] = []
  /** Row by place in the new list of devices. */
  const rowAt = new Map<number, ListedDevice>()
  const seen = new Map<string, number>()
  for (const row of list.devices) {
    const id = String(row.device.id ?? '')
    const before = seen.get(id)
    if (id === '') tell(row.line, 'id', 'A device needs an id.')
    else if (before !== undefined) tell(row.line, 'id', `"${id}" stands in line ${before} already.`)
    seen.set(id, row.line)
    const known = there.get(id)
    if (!known) {
      rowAt.set(there.size + added.length, row)
      edits.push({ op: 'append', path: ['devices'], value: row.device })
      added.push(id)
      continue
    }
    const differs = Object.entries(row.device).filter(([key, value]) => !isDeepStrictEqual(known.device[key], value))
    if (differs.length === 0) same.push(id)
    else if (update) {
      rowAt.set(known.i, row)
      for (const [key, value] of differs) edits.push({ op: 'set', path: ['devices', known.i, key], value })
      changed.push(id)
    } else {
      const what = differs.map(([key]) => key).join(', ')
      tell(row.line, 'id', `The hall has "${id}" already, with another ${what}: add --update, or take the row out.`)
    }
  }

  const text = edited(hallText, edits)
  const hallProblems: Problem[] = []
  for (const problem of check(text)) {
    const [, place, key = 'id'] = /^devices\[(\d+)\](?:\.([A-Za-z]+))?/.exec(problem.path) ?? []
    const row = place === undefined ? undefined : rowAt.get(Number(place))
    // What the list already said of a row need not be said again by the hall.
    if (!row) hallProblems.push(problem)
    else if (!problems.some(({ line, heading }) => line === row.line && heading === key))
      tell(row.line, key, problem.message)
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  const failed = problems.length > 0 || hallProblems.length > 0
  return {
    text: failed ? hallText : text,
    diff: unifiedDiff(hallText, text),
    added,
    changed,
    same,
    problems,
    hallProblems,
  }
}

/** The appended devices are written in one go: a hundred edits of a long file would each read it anew. */
function edited(text: string, edits: readonly Edit[]): string {
  const appended = edits.flatMap((edit) => (edit.op === 'append' ? [edit] : []))
  let next = text
  for (const edit of edits) if (edit.op !== 'append') next = editText(next, edit)
  const [first, ...more] = appended
  if (!first) return next
  const withFirst = editText(next, first)
  const line = insertedLine(next, withFirst)
  const written = inlineText(first.value)
  const at = line?.indexOf(written) ?? -1
  // Devices of several lines each, or the first of a hall: one by one.
  if (line === undefined || at < 0) return more.reduce((before, edit) => editText(before, edit), withFirst)
  const lines = more.map(({ value }) => line.slice(0, at) + inlineText(value) + line.slice(at + written.length))
  const end = withFirst.indexOf(line) + line.length
  return withFirst.slice(0, end) + lines.join('') + withFirst.slice(end)
}

/** What an edit put in, when that is whole lines. */
function insertedLine(before: string, after: string): string | undefined {
  let head = 0
  while (head < before.length && before[head] === after[head]) head++
  while (head > 0 && before[head - 1] !== '\n') head--
  const line = after.slice(head, head + after.length - before.length)
  const isWhole = line.endsWith('\n') && before.slice(0, head) + line + before.slice(head) === after
  return isWhole ? line : undefined
}
