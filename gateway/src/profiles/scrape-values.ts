import type { Value } from '../domain/frame.ts'
import { type AskedValues, collect, compileAsked, goodOf, isBadValue, NOT_AVAILABLE, pickOf } from './asked-value.ts'
import type { BadValue } from './mqtt-value.ts'
import type { Sample, Samples } from './prometheus-text.ts'
import type { ScrapeProfile, ScrapeValue } from './scrape-schema.ts'

/** One scrape. */
export interface Scraped {
  readonly samples: Samples
  /** Unix seconds, of the gateway. */
  readonly atS: number
}

/** A scrape profile with the hall's parameters in it. `before`: the scrape before this one, for what changes are read of. */
export function compileScrape(
  profile: ScrapeProfile,
  parameters: Readonly<Record<string, string>>,
): (now: Scraped, before: Scraped | undefined) => AskedValues {
  const lines = profile.values.map((line) => ({ line, read: compileLine(line, parameters) }))
  return (now, before) => collect(lines.map(({ line, read }) => ({ ...line, value: read(now, before) })))
}

type ReadLine = (now: Scraped, before: Scraped | undefined) => Value | BadValue

function compileLine(line: ScrapeValue, parameters: Readonly<Record<string, string>>): ReadLine {
  const wanted = matcher(line.labels, parameters)
  const whole = line.of && { metric: line.of.metric, fits: matcher(line.of.labels, parameters) }
  const samplesOf = ({ samples }: Scraped) => (samples.get(line.metric) ?? []).filter(wanted)
  const read = compileAsked({ ...line, otherwise: line.states ? undefined : line.otherwise }, whole ? '%' : line.unit)
  const pick = pickOf(line.quantity, line.pick)
  const otherwise = line.otherwise ?? NOT_AVAILABLE

  if (line.label !== undefined) {
    const label = line.label
    return (now) => {
      const said = samplesOf(now).flatMap((sample) => (sample.value === 1 ? [read(sample.labels[label])] : []))
      return pick(goodOf(said)) ?? said.find(isBadValue) ?? otherwise
    }
  }
  if (whole) {
    const wholeOf = ({ samples }: Scraped) => (samples.get(whole.metric) ?? []).filter(whole.fits)
    return (now, before) => {
      if (line.change && !before) return NOT_AVAILABLE
      const shares = groups(line, samplesOf(now), wholeOf(now)).map(({ part, total }) => {
        const earlier = line.change && before ? sumBoth(samplesOf(before), wholeOf(before)) : { part: 0, total: 0 }
        return percent(part - earlier.part, total - earlier.total)
      })
      return pick(goodOf(shares.map(read))) ?? otherwise
    }
  }
  return (now, before) => {
    const raws = samplesOf(now).map(({ value }) => (line.since ? now.atS - value : value))
    if (line.change) {
      if (!before || raws.length === 0) return NOT_AVAILABLE
      const grown = total(raws) - total(samplesOf(before).map(({ value }) => value))
      // A counter that fell began anew; how much it counted before that nobody knows.
      return grown < 0 ? NOT_AVAILABLE : read(grown)
    }
    const values = raws.map(read)
    return pick(goodOf(values)) ?? values.find(isBadValue) ?? otherwise
  }
}

/** With `sum` (or a change) all samples together, else one share per set of labels. */
function groups(line: ScrapeValue, parts: readonly Sample[], wholes: readonly Sample[]) {
  if (line.change || line.pick === 'sum') return [sumBoth(parts, wholes)]
  return parts.flatMap(({ labels, value }) => {
    const total = wholes.find((other) => sameLabels(labels, other.labels))
    return total ? [{ part: value, total: total.value }] : []
  })
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
const sumBoth = (parts: readonly Sample[], wholes: readonly Sample[]) => ({
  part: total(parts.map(({ value }) => value)),
  total: total(wholes.map(({ value }) => value)),
})

const percent = (part: number, whole: number): number | undefined =>
  whole > 0 && part >= 0 ? Number(((100 * part) / whole).toPrecision(6)) : undefined

const sameLabels = (a: Sample['labels'], b: Sample['labels']): boolean => {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

function matcher(
  labels: ScrapeValue['labels'],
  parameters: Readonly<Record<string, string>>,
): (sample: Sample) => boolean {
  const wanted = Object.entries(labels).map(([name, said]) => ({
    name,
    values: new Set([said].flat().map((text) => fill(text, parameters))),
  }))
  return ({ labels: has }) => wanted.every(({ name, values }) => values.has(has[name] ?? ''))
}

/** `{names}` of the profile as the hall fills them in. */
export const fill = (text: string, parameters: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{([A-Za-z][A-Za-z0-9]*)\}/g, (whole, name: string) => parameters[name] ?? whole)
