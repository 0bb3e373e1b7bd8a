/** One sample of a scrape. Values are finite; NaN and infinities are left out. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Samples by the name of their metric. */
export type Samples = ReadonlyMap<string, readonly Sample[]>

/** More are a wrong address, not a terminal. */
const MOST_SAMPLES = 50_000

/**
 * Reads the Prometheus text format 0.0.4 (and what OpenMetrics shares with it). Lines that are no samples are passed over and
 * counted, since one bad line must not hide the rest.
 */
export function parseSamples(text: string): { readonly samples: Samples; readonly wrongLines: number } {
  const samples = new Map<string, Sample[]>()
  let count = 0
  let wrongLines = 0
  for (const line of text.split('\n')) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const parsed = parseLine(trimmed)
    if (!parsed || ++count > MOST_SAMPLES) {
      wrongLines++
      continue
    }
    if (!Number.isFinite(parsed.value)) continue
    const list = samples.get(parsed.name)
    if (list) list.push(parsed)
    else samples.set(parsed.name, [parsed])
  }
  return { samples, wrongLines }
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const LABEL = /\s*,?\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"/y
const REST = /^\s+(\S+)(\s+-?\d+(\.\d+)?)?\s*(#.*)?$/

function parseLine(line: string): (Sample & { readonly name: string }) | undefined {
  const name = NAME.exec(line)?.[0]
  if (name === undefined) return undefined
  let at = name.length
  const labels: Record<string, string> = Object.create(null)
  if (line[at] === '{') {
    at++
    for (LABEL.lastIndex = at; ; at = LABEL.lastIndex) {
      const label = LABEL.exec(line)
      if (!label) break
      labels[label[1] as string] = unescaped(label[2] as string)
    }
    while (line[at] === ' ' || line[at] === ',') at++
    if (line[at] !== '}') return undefined
    at++
  }
  const rest = REST.exec(line.slice(at).replace(/^(?=\S)/, ' '))
  if (!rest) return undefined
  const value = numberIn(rest[1] as string)
  return value === undefined ? undefined : { name, labels, value }
}

const unescaped = (text: string): string =>
  text.includes('\\') ? text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)) : text

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Infinity,
  '-Inf': -Infinity,
  Inf: Infinity,
}

function numberIn(text: string): number | undefined {
  if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text]
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}
