import type { Value } from '../domain/frame.ts'
import {
  type AskedValues,
  compileAsked,
  type Gathered,
  gather,
  isBadValue,
  NOT_AVAILABLE,
  pickOf,
} from './asked-value.ts'
import { toDigits } from './decimal.ts'
import type { BadValue } from './mqtt-value.ts'
import { labelsInOrder, noLabels } from './prometheus-labels.ts'
import { compilePage, type Page, type Sample, type Wanted } from './prometheus-text.ts'
import type { ScrapeProfile, ScrapeValue } from './scrape-schema.ts'

/** One scrape. */
export interface Scraped {
  readonly samples: Page['samples']
  /** Unix seconds, of the gateway. */
  readonly atS: number
}

/** A scrape profile with the hall's parameters in it. */
export interface CompiledScrape {
  /** What the profile wants of a page. */
  page(page: Buffer): Page
  /** @param before the scrape before this one, for what changes are read of */
  values(now: Scraped, before: Scraped | undefined): AskedValues
}

export function compileScrape(profile: ScrapeProfile, parameters: Readonly<Record<string, string>>): CompiledScrape {
  const wanted: Wanted[] = []
  const find: Find = ({ metric, labels }, more) => {
    const said = Object.entries(labels).map(([name, words]) => [
      name,
      [words].flat().map((word) => fill(word, parameters)),
    ])
    const place = wanted.push({ metric, labels: Object.fromEntries(said), ...more }) - 1
    return ({ samples }) => samples[place]!
  }
  const lines = profile.values.map((line) => ({ line, read: compileLine(line, find) }))
  return {
    page: compilePage(wanted),
    values(now, before) {
      const gathered: Gathered = { values: {}, bad: {} }
      for (const { line, read } of lines) gather(gathered, line, read(now, before))
      return gathered
    },
  }
}

type SamplesOf = (scraped: Scraped) => readonly Sample[]
/** Where the samples of a line will be. */
type Find = (what: Pick<ScrapeValue, 'metric' | 'labels'>, more?: Pick<Wanted, 'only' | 'says'>) => SamplesOf
type ReadLine = (now: Scraped, before: Scraped | undefined) => Value | BadValue

function compileLine(line: ScrapeValue, find: Find): ReadLine {
  const { label, of, change, since } = line
  const read = compileAsked({ ...line, otherwise: line.states ? undefined : line.otherwise }, of ? '%' : line.unit)
  const pick = pickOf(line.quantity, line.pick)
  const otherwise = line.otherwise ?? NOT_AVAILABLE

  function pickGood<Found>(found: readonly Found[], rawOf: (one: Found) => unknown): Value | BadValue {
    const good: Value[] = []
    let wrong: BadValue | undefined
    for (const one of found) {
      const value = read(rawOf(one))
      if (!isBadValue(value)) good.push(value)
      // A share that cannot be is nothing that the device said.
      else if (!of) wrong ??= value
    }
    return pick(good) ?? wrong ?? otherwise
  }

  if (label !== undefined) {
    const samplesOf = find(line, { only: 1, says: { label } })
    return (now) => pickGood(samplesOf(now), ({ says }) => says || undefined)
  }
  if (of) {
    const together = change || line.pick === 'sum'
    const partsOf = find(line, together ? {} : { says: 'labels' })
    const wholesOf = find(of, together ? {} : { says: 'labels' })
    if (!together) return (now) => pickGood(shares(partsOf(now), wholesOf(now)), (share) => share)
    return (now, before) => {
      if (change && !before) return NOT_AVAILABLE
      const earlier = change ? before : undefined
      return pickGood([percent(grown(partsOf, now, earlier), grown(wholesOf, now, earlier))], (share) => share)
    }
  }
  const samplesOf = find(line)
  if (!change) {
    if (since) return (now) => pickGood(samplesOf(now), ({ value }) => now.atS - value)
    return (now) => pickGood(samplesOf(now), ({ value }) => value)
  }
  return (now, before) => {
    if (!before || samplesOf(now).length === 0) return NOT_AVAILABLE
    const more = grown(samplesOf, now, before)
    // A counter that fell began anew; how much it counted before that nobody knows.
    return more < 0 ? NOT_AVAILABLE : read(more)
  }
}

/** One share for each set of labels that both have. Nearly always they are written alike; the order of names says nothing. */
function shares(parts: readonly Sample[], wholes: readonly Sample[]): (number | undefined)[] {
  const asWritten = new Map(wholes.map(({ says, value }) => [says, value]))
  let inOrder: ((written: string) => number | undefined) | undefined
  const found: (number | undefined)[] = []
  for (const { value, says } of parts) {
    const written = asWritten.get(says)
    if (written === undefined) inOrder ??= byLabelsInOrder(wholes)
    const whole = written ?? inOrder?.(says)
    if (whole !== undefined) found.push(percent(value, whole))
  }
  return found
}

function byLabelsInOrder(samples: readonly Sample[]): (written: string) => number | undefined {
  const labels = noLabels()
  const known = new Map(samples.map(({ says, value }) => [labelsInOrder(says, labels), value]))
  return (written) => known.get(labelsInOrder(written, labels))
}

const grown = (samplesOf: SamplesOf, now: Scraped, before: Scraped | undefined): number =>
  sum(samplesOf(now)) - (before ? sum(samplesOf(before)) : 0)

function sum(samples: readonly Sample[]): number {
  let all = 0
  for (const { value } of samples) all += value
  return all
}

const percent = (part: number, whole: number): number | undefined =>
  whole > 0 && part >= 0 ? toDigits((100 * part) / whole, 6) : undefined

/** `{names}` of the profile as the hall fills them in. */
export const fill = (text: string, parameters: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{([A-Za-z][A-Za-z0-9]*)\}/g, (whole, name: string) => parameters[name] ?? whole)
