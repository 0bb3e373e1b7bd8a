import { influxField, QUANTITIES, type QuantityName } from '../domain/quantity.ts'

const START = '<!-- fields -->'
const END = '<!-- /fields -->'

/** The given text of `gateway/docs/influxdb.md` with its table of fields made anew from the vocabulary. */
export function withFieldTable(page: string): string {
  const start = page.indexOf(START)
  const end = page.indexOf(END)
  if (start < 0 || end < start) throw new Error(`gateway/docs/influxdb.md has lost its marks ${START} and ${END}`)
  return `${page.slice(0, start + START.length)}\n${fieldTable()}\n${page.slice(end)}`
}

/** Field of a quantity with the qualifier, where it has one, in angle brackets: `temperature_<where>_c`. */
export function fieldPattern(name: QuantityName): string {
  const { qualifier } = QUANTITIES[name] as { qualifier?: string }
  return qualifier === undefined ? influxField(name) : influxField(`${name}.qualifier`).replace('qualifier', '<…>')
}

function fieldTable(): string {
  const rows = (Object.keys(QUANTITIES) as QuantityName[]).map((name) => {
    const { type, qualifier, zh, en, states } = QUANTITIES[name] as {
      type: keyof typeof TYPES
      qualifier?: string
      zh: string
      en: string
      states?: readonly string[]
    }
    const means = [en, zh, qualifier && `<…>: ${qualifier}`, states?.map((word) => `\`${word}\``).join(' ')]
    return `| \`${fieldPattern(name)}\` | ${TYPES[type]} | \`${name}\` | ${means.filter(Boolean).join(' · ')} |`
  })
  return ['| Field | Type | Quantity | Means |', '|---|---|---|---|', ...rows].join('\n')
}

const TYPES = { number: 'float', boolean: 'boolean', state: 'string', text: 'string' } as const
