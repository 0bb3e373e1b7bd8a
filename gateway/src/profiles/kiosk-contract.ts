import { FAULT_CODES, type FaultCode } from '../domain/fault-codes.ts'
import { PARTS } from '../domain/part-states.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { Profile } from './profile-schema.ts'

/** The profiles that speak the contract. */
export const CONTRACT_PROFILES = ['hallwatt/kiosk', 'hallwatt/ticket-machine', 'hallwatt/evaluator', 'hallwatt/ups']

/**
 * Brings the tables of gateway/docs/kiosk-contract.md up to the vocabulary: each stands between `<!-- table: name -->` and
 * `<!-- /table -->`. Everything else on the page is written by hand and kept.
 * @param profiles the profiles that speak this contract, for the table of numbers
 */
export function renderKioskContract(page: string, profiles: readonly Profile[]): string {
  const tables: Record<string, string> = { parts: partsTable(), numbers: numbersTable(profiles), faults: faultsTable() }
  return page.replace(
    /(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- \/table -->)/g,
    (whole, begin: string, name: string, end: string) => {
      const table = tables[name]
      return table === undefined ? whole : `${begin}${table}\n${end}`
    },
  )
}

interface Word {
  readonly zh: string
  readonly en: string
  readonly fault?: FaultCode
}

const partEntries = Object.entries<{ zh: string; en: string; qualifier?: string; words: Record<string, Word> }>(PARTS)

const idOf = (name: string, qualifier: string | undefined) => (qualifier ? `${name}.<…>` : name)

function partsTable(): string {
  const rows = partEntries.flatMap(([name, part]) =>
    Object.entries(part.words).map(([word, { zh, en, fault }], i) => {
      const id = i === 0 ? `\`${idOf(name, part.qualifier)}\`` : ''
      const title = i === 0 ? `${part.zh} / ${part.en}` : ''
      const means = fault ? `\`${fault}\` ${FAULT_CODES[fault].zh}` : '—'
      return `| ${id} | ${title} | \`${word}\` | ${zh} / ${en} | ${means} |`
    }),
  )
  return ['| Quantity | Part | Word | Meaning | Fault |', '|---|---|---|---|---|', ...rows].join('\n')
}

function numbersTable(profiles: readonly Profile[]): string {
  const ids = new Set(profiles.flatMap(({ mqtt }) => (mqtt?.messages ?? []).flatMap(({ values }) => values)))
  const seen = new Set<string>()
  const rows: string[] = []
  for (const { quantity: id } of ids) {
    const quantity = quantityOf(id)
    const name = id.split('.', 1)[0] as string
    if (!quantity || quantity.type === 'state' || seen.has(name)) continue
    seen.add(name)
    const unit = quantity.type === 'number' ? quantity.unit || 'count' : quantity.type
    const qualifier = quantity.qualifier ?? ''
    rows.push(`| \`${idOf(name, quantity.qualifier)}\` | ${quantity.zh} / ${quantity.en} | ${unit} | ${qualifier} |`)
  }
  return ['| Quantity | Name | Unit | After the dot |', '|---|---|---|---|', ...rows].join('\n')
}

function faultsTable(): string {
  const rows = Object.entries<{ zh: string; en: string; seenIn?: readonly string[] }>(FAULT_CODES).map(
    ([code, { zh, en, seenIn = [] }]) => {
      const words = wordsOf(code).map((word) => `\`${word}\``)
      const others = seenIn.map((id) => `\`${id}\``)
      return `| \`${code}\` | ${zh} / ${en} | ${words.join(', ') || '—'} | ${others.join(', ') || '—'} |`
    },
  )
  return ['| Fault | Name | Said by a word | Found in |', '|---|---|---|---|', ...rows].join('\n')
}

/** `paper = low` for every word that stands for the fault. */
const wordsOf = (code: string): string[] =>
  partEntries.flatMap(([name, { words, qualifier }]) =>
    Object.entries(words).flatMap(([word, { fault }]) =>
      fault === code ? [`${idOf(name, qualifier)} = ${word}`] : [],
    ),
  )
