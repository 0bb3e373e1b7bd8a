import { endOfMetric, endOfName, endOfWord, NEWLINE, numberIn, skipBlanks, spell } from './prometheus-bytes.ts'
import { type Labels, labelIn, labelSays, noLabels, readLabels, type Word, wordOf } from './prometheus-labels.ts'

/** Which samples of a page are wanted: those of a metric whose labels say one of the listed words. */
export interface Wanted {
  readonly metric: string
  readonly labels: Readonly<Record<string, readonly string[]>>
  /** Only samples with this number: of a set of states the one that holds is 1. */
  readonly only?: number | undefined
  /** What is wanted of them beside the number: what one label says, or all labels as they are written, to know them again. */
  readonly says?: { readonly label: string } | 'labels' | undefined
}

/** One sample. Values are finite; NaN and infinities are left out. */
export interface Sample {
  readonly value: number
  /** What was wanted beside the number; empty when nothing was. */
  readonly says: string
}

/** What was found on a page. */
export interface Page {
  /** In the order of what is wanted. */
  readonly samples: readonly (readonly Sample[])[]
  /** There is at least one sample on it, wanted or not: it is a page of figures. */
  readonly isPage: boolean
}

/** More are a wrong address, not a terminal. */
const MOST_SAMPLES = 50_000
const HASH = 0x23

/**
 * Compiles the reader of the Prometheus text format 0.0.4 (and of what OpenMetrics shares with it), in one pass over the page: of a
 * line that nobody wants only the name is read. Lines that are no samples are passed over, since one bad line must not hide the rest.
 */
export function compilePage(wanted: readonly Wanted[]): (page: Buffer) => Page {
  const takersOf = compileNames(wanted)
  const labels = noLabels()
  return (page) => {
    const samples = wanted.map((): Sample[] => [])
    let count = 0
    for (let start = 0; start < page.length; ) {
      const from = skipBlanks(page, start)
      const to = endOfMetric(page, from)
      labels.end = to
      const takers = count < MOST_SAMPLES ? takersOf(page, from, to) : undefined
      const value = takers ? readSample(page, to, labels) : Number.NaN
      if (takers && !Number.isNaN(value)) {
        count++
        for (const taker of takers)
          if (fits(taker, value, page, labels)) samples[taker.place]!.push({ value, says: saidBy(taker, page, labels) })
      }
      start = nextLine(page, labels.end)
    }
    return { samples, isPage: count > 0 || hasSample(page) }
  }
}

/** Takes samples of one metric, where they fit. */
interface Taker {
  readonly place: number
  readonly conditions: readonly { readonly name: Word; readonly said: readonly Word[] }[]
  readonly only: number | undefined
  readonly says: Wanted['says']
  readonly label: Word
}

const compileTaker = ({ labels, only, says }: Wanted, place: number): Taker => ({
  place,
  conditions: Object.entries(labels).map(([name, said]) => ({ name: wordOf(name), said: said.map(wordOf) })),
  only,
  says,
  label: wordOf(typeof says === 'object' ? says.label : ''),
})

function fits({ conditions, only }: Taker, value: number, page: Buffer, labels: Labels): boolean {
  if (only !== undefined && value !== only) return false
  for (const { name, said } of conditions) if (!labelSays(page, labels, name, said)) return false
  return true
}

function saidBy({ says, label }: Taker, page: Buffer, labels: Labels): string {
  if (says === undefined) return ''
  return says === 'labels' ? page.toString('latin1', labels.start, labels.end) : labelIn(page, labels, label)
}

/** Who takes the samples of a metric, by the name that stands on the page. */
function compileNames(wanted: readonly Wanted[]) {
  const byLength: { readonly metric: Uint8Array; readonly takers: readonly Taker[] }[][] = []
  for (const metric of new Set(wanted.map((one) => one.metric))) {
    const takers = wanted.flatMap((one, place) => (one.metric === metric ? [compileTaker(one, place)] : []))
    const sameLength = byLength[metric.length] ?? []
    byLength[metric.length] = sameLength
    sameLength.push({ metric: Buffer.from(metric), takers })
  }
  return (page: Uint8Array, from: number, to: number): readonly Taker[] | undefined => {
    const sameLength = byLength[to - from]
    if (sameLength) for (const { metric, takers } of sameLength) if (spell(page, from, to, metric)) return takers
    return undefined
  }
}

/** What stands behind the name: labels, then a number, which is returned; NaN when there is none, or no finite one. */
function readSample(page: Buffer, nameEnd: number, labels: Labels): number {
  if (!readLabels(page, nameEnd, labels)) return Number.NaN
  const from = skipBlanks(page, labels.end)
  const to = endOfWord(page, from)
  const value = numberIn(page, from, to)
  return Number.isFinite(value) && closes(page, to) ? value : Number.NaN
}

/** Behind the value may stand a time stamp and an exemplar, and nothing else. */
function closes(page: Buffer, valueEnd: number): boolean {
  const stamp = skipBlanks(page, valueEnd)
  if (endsAt(page, stamp)) return true
  const stampEnd = endOfWord(page, stamp)
  return !Number.isNaN(numberIn(page, stamp, stampEnd)) && endsAt(page, skipBlanks(page, stampEnd))
}

const endsAt = (page: Uint8Array, at: number): boolean => at >= page.length || page[at] === NEWLINE || page[at] === HASH

function nextLine(page: Uint8Array, from: number): number {
  const { length } = page
  let at = from
  while (at < length && page[at] !== NEWLINE) at++
  return at + 1
}

function hasSample(page: Buffer): boolean {
  const labels = noLabels()
  for (let start = 0; start < page.length; start = nextLine(page, start)) {
    const from = skipBlanks(page, start)
    const to = endOfName(page, from)
    if (to > from && !Number.isNaN(readSample(page, to, labels))) return true
  }
  return false
}
