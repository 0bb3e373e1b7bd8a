import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFactBook } from '../demos/fact-book.ts'
import { readScenarios } from '../demos/read-scenarios.ts'
import type { Scenario } from '../demos/scenario-schema.ts'
import { HallwattError } from '../domain/errors.ts'
import { demosFolder, factsFolder } from './demo-files.ts'

/**
 * Every scenario of gateway/demos, by number.
 * @throws HallwattError HW_SCENARIO_INVALID when one cannot be read: `hallwatt scenario check` says why
 */
export async function shippedScenarios(): Promise<readonly Scenario[]> {
  const files = { readFile, readdir: (path: string) => readdir(path) }
  const { knows } = await readFactBook(factsFolder, files)
  const reports = await readScenarios(join(demosFolder, 'scenarios'), files, { facts: knows })
  const scenarios = reports.map(({ file, result }) => {
    if (result.ok) return result.scenario
    throw new HallwattError('HW_SCENARIO_INVALID', `${file} cannot be read.`)
  })
  return scenarios.toSorted((a, b) => a.number.localeCompare(b.number))
}
