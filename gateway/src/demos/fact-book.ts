import { parseDocument } from '../documents/documents.ts'
import type { Problem } from '../domain/errors.ts'
import { type Fact, factFileSchema, type PeriodName, type Tariff, tariffSchema } from '../tariff/fact-schema.ts'

/** Facts and price lists as they stand in the files. */
export interface FactBook {
  /** The fact of this id, or the newest of this family for the region: `ef.grid` in CN-EAST; else for the whole country. Nothing of grade D. */
  fact(id: string, region: string): Fact | undefined
  tariff(id: string | undefined): Tariff | undefined
  /** Whether any region has it. */
  knows(id: string): boolean
  /** All of them, as a list of settings shows them. */
  readonly facts: readonly Fact[]
  readonly tariffs: readonly Tariff[]
  readonly problems: readonly { readonly file: string; readonly problems: readonly Problem[] }[]
}

export type { Fact, PeriodName, Tariff }

export function createFactBook(
  facts: readonly Fact[],
  tariffs: readonly Tariff[],
  problems: FactBook['problems'] = [],
): FactBook {
  const shown = facts.filter(({ grade }) => grade !== 'D')
  const family = (id: string) => shown.filter((fact) => fact.id === id || fact.id.startsWith(`${id}.`))
  return {
    fact(id, region) {
      const exact = shown.find((fact) => fact.id === id)
      if (exact) return exact
      const of = family(id)
      const near = of.filter((fact) => fact.region === region)
      return (near.length > 0 ? near : of.filter((fact) => fact.region === 'CN')).toSorted((a, b) => b.year - a.year)[0]
    },
    tariff: (id) => tariffs.find((one) => one.id === id),
    knows: (id) => family(id).length > 0,
    facts: shown,
    tariffs,
    problems,
  }
}

/** What reading needs of the disk; `node:fs/promises` fits. */
export interface FactFiles {
  readFile(path: string, encoding: 'utf8'): Promise<string>
  readdir(path: string): Promise<string[]>
}

/** Everything of a folder of facts: `*.yaml`, and `tariffs/*.yaml`. A broken file hides only what stands in it. */
export async function readFactBook(folder: string, files: FactFiles): Promise<FactBook> {
  const facts: Fact[] = []
  const tariffs: Tariff[] = []
  const broken: { file: string; problems: readonly Problem[] }[] = []
  const yaml = async (path: string) => (await files.readdir(path)).filter((name) => name.endsWith('.yaml')).sort()
  for (const name of await yaml(folder)) {
    const parsed = parseDocument(await files.readFile(`${folder}/${name}`, 'utf8'), factFileSchema)
    if (parsed.ok) facts.push(...parsed.value.facts)
    else broken.push({ file: name, problems: parsed.problems })
  }
  for (const name of await yaml(`${folder}/tariffs`)) {
    const parsed = parseDocument(await files.readFile(`${folder}/tariffs/${name}`, 'utf8'), tariffSchema)
    if (parsed.ok) tariffs.push(parsed.value)
    else broken.push({ file: `tariffs/${name}`, problems: parsed.problems })
  }
  return createFactBook(facts, tariffs, broken)
}
