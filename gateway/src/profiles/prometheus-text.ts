import { KnownLines } from './known-lines.ts'
import {
  endOfMetric,
  endOfName,
  endOfWord,
  HASH,
  NEWLINE,
  nextLine,
  numberIn,
  skipBlanks,
  spell,
} from './prometheus-bytes.ts'
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
/** A larger page is read anew each time: keeping it would cost more than it saves. */
const LARGEST_KEPT = 1024 * 1024

/**
 * Compiles the reader of the Prometheus text format 0.0.4 (and of what OpenMetrics shares with it), in one pass over the page: of a
 * line that nobody wants only the name is read. Lines that are no samples are passed over, since one bad line must not hide the rest.
 *
 * A reader is of one device: it keeps the last page, and of one with the same lines only the numbers are read.
 */
export function compilePage(wanted: readonly Wanted[]): (page: Buffer) => Page {
  const takersOf = compileNames(wanted)
  const labels = noLabels()
  let known: KnownLines<Take> | undefined

  function readKnown(page: Buffer): Page | undefined {
    const found = new Found(wanted.length)
    const isKnown = known?.areOn(page, (at, takes) => found.take(readValue(page, at), takes))
    return isKnown ? found.on(page) : undefined
  }

  function readAnew(page: Buffer): Page {
    const found = new Found(wanted.length)
    let lines = isKept(page) ? new KnownLines<Take>(page) : undefined
    for (let start = 0; start < page.length; ) {
      const from = skipBlanks(page, start)
      const nameEnd = endOfMetric(page, from)
      const takers = takersOf(page, from, nameEnd)
      const isWhole = takers !== undefined && readLabels(page, nameEnd, labels)
      const takes = isWhole ? takesOf(takers, page, labels) : NOBODY
      const headEnd = isWhole ? labels.end : nameEnd
      if (takes.length > 0) found.take(readValue(page, headEnd), takes)
      const next = nextLine(page, headEnd)
      // The labels of a broken line may be whole the next time.
      const end = takers && !isWhole ? next - 1 : headEnd
      if (lines?.add(start, end, next - 1, takes) === false) lines = undefined
      start = next
    }
    known = lines
    return found.on(page)
  }

  return (page) => readKnown(page) ?? readAnew(page)
}

/** What is found on a page, line by line. */
class Found {
  readonly #samples: Sample[][] = []
  #count = 0

  constructor(wanted: number) {
    for (let place = 0; place < wanted; place++) this.#samples.push([])
  }

  take(value: number, takes: readonly Take[]): void {
    if (Number.isNaN(value) || this.#count === MOST_SAMPLES) return
    this.#count++
    for (const { place, only, says } of takes)
      if (only === undefined || only === value) this.#samples[place]!.push({ value, says })
  }

  on(page: Buffer): Page {
    return { samples: this.#samples, isPage: this.#count > 0 || hasSample(page) }
  }
}

/** The last line has to end like every other: what is behind it is not known. */
const isKept = (page: Buffer): boolean => page.length <= LARGEST_KEPT && page.at(-1) === NEWLINE

/** Takes samples of one metric, where they fit. */
interface Taker {
  readonly place: number
  readonly conditions: readonly { readonly name: Word; readonly said: readonly Word[] }[]
  readonly only: number | undefined
  readonly says: Wanted['says']
  readonly label: Word
}

/** Takes the number of one line of a page. */
interface Take extends Pick<Taker, 'place' | 'only'> {
  readonly says: string
}

const NOBODY: readonly Take[] = []

const compileTaker = ({ labels, only, says }: Wanted, place: number): Taker => ({
  place,
  conditions: Object.entries(labels).map(([name, said]) => ({ name: wordOf(name), said: said.map(wordOf) })),
  only,
  says,
  label: wordOf(typeof says === 'object' ? says.label : ''),
})

function takesOf(takers: readonly Taker[], page: Buffer, labels: Labels): readonly Take[] {
  let takes: Take[] | undefined
  for (const taker of takers) {
    if (!fits(taker, page, labels)) continue
    takes ??= []
    takes.push({ place: taker.place, only: taker.only, says: saidBy(taker, page, labels) })
  }
  return takes ?? NOBODY
}

function fits({ conditions }: Taker, page: Buffer, labels: Labels): boolean {
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

/** The number behind name and labels; NaN when there is none, or no finite one. */
function readValue(page: Buffer, headEnd: number): number {
  const from = skipBlanks(page, headEnd)
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

function hasSample(page: Buffer): boolean {
  const labels = noLabels()
  for (let start = 0; start < page.length; start = nextLine(page, start)) {
    const from = skipBlanks(page, start)
    const to = endOfName(page, from)
    if (to > from && readLabels(page, to, labels) && !Number.isNaN(readValue(page, labels.end))) return true
  }
  return false
}
