export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'gap'
  readonly text: string
  /** Line in the file: the new one, for what is taken out the old one; undefined where the diff does not say. */
  readonly line: number | undefined
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/
const KINDS = { '+': 'added', '-': 'removed', ' ': 'same' } as const

/** Unified lines as they are shown: each with its place in the file. The two lines that name the files are left out. */
export function diffLines(unified: string): readonly DiffLine[] {
  let old: number | undefined
  let next: number | undefined
  const lines: DiffLine[] = []
  for (const raw of unified.split('\n')) {
    const hunk = HUNK.exec(raw)
    if (hunk) {
      old = Number(hunk[1])
      next = Number(hunk[2])
      if (lines.length > 0) lines.push({ kind: 'gap', text: '', line: undefined })
      continue
    }
    if (raw === '' || raw.startsWith('--- ') || raw.startsWith('+++ ') || raw.startsWith('\\')) continue
    const kind = KINDS[raw[0] as keyof typeof KINDS] ?? 'same'
    lines.push({ kind, text: raw.slice(1), line: kind === 'removed' ? old : next })
    if (kind !== 'added' && old !== undefined) old += 1
    if (kind !== 'removed' && next !== undefined) next += 1
  }
  return lines
}
