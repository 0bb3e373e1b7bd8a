const CONTEXT = 3
/** Above it the middle part is shown as taken out and put in as a whole. */
const LARGEST_TABLE = 4_000_000

type Step = readonly [mark: ' ' | '-' | '+', line: string]

/** What is different between two texts, as `diff -u` says it, without the names of files; empty when nothing is. */
export function unifiedDiff(before: string, after: string): string {
  if (before === after) return ''
  const steps = compare(linesOf(before), linesOf(after))
  const shown = steps.map(([mark]) => mark !== ' ')
  const near = steps.map((_, i) => shown.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).includes(true))
  const out: string[] = []
  let [left, right] = [1, 1]
  let hunk: { left: number; right: number; lines: Step[] } | undefined
  const close = () => {
    if (!hunk) return
    const count = (without: string) => hunk?.lines.filter(([mark]) => mark !== without).length ?? 0
    out.push(`@@ -${hunk.left},${count('+')} +${hunk.right},${count('-')} @@`)
    out.push(...hunk.lines.map(([mark, line]) => `${mark}${line}`))
    hunk = undefined
  }
  steps.forEach((step, i) => {
    if (near[i]) {
      hunk ??= { left, right, lines: [] }
      hunk.lines.push(step)
    } else close()
    if (step[0] !== '+') left++
    if (step[0] !== '-') right++
  })
  close()
  return `${out.join('\n')}\n`
}

const linesOf = (text: string): string[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')

function compare(a: readonly string[], b: readonly string[]): Step[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const same = (line: string): Step => [' ', line]
  return [
    ...a.slice(0, head).map(same),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ]
}

/** The longest common run of lines, by the usual table from the end. */
function middle(a: readonly string[], b: readonly string[]): Step[] {
  const width = b.length + 1
  if ((a.length + 1) * width > LARGEST_TABLE)
    return [...a.map((line): Step => ['-', line]), ...b.map((line): Step => ['+', line])]
  const longest = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
  const steps: Step[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      steps.push([' ', a[i]!])
      i++
      j++
    } else if (i < a.length && (j === b.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!))
      steps.push(['-', a[i++]!])
    else steps.push(['+', b[j++]!])
  }
  return steps
}
