import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readFactBook } from '../demos/fact-book.ts'
import { readScenarios, type ScenarioReport } from '../demos/read-scenarios.ts'
import { problemList } from '../documents/documents.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Command } from './cli.ts'
import { demosFolder, factsFolder } from './demo-files.ts'

export const scenario: Command = {
  usage: 'scenario check [files]',
  summary: 'Reads the scenarios of the demonstrations and says everything that is wrong with them (--json).',
  async run([task, ...args]) {
    if (task !== 'check') throw new HallwattError('HW_USAGE', 'hallwatt scenario check [files]')
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    })
    const files = { readFile, readdir: (path: string) => readdir(path) }
    const facts = await readFactBook(factsFolder, files)
    for (const { file, problems } of facts.problems) process.stdout.write(`${problemList(file, problems)}\n`)
    const folder = join(demosFolder, 'scenarios')
    const only = positionals.map((file) => relative(folder, resolve(file)))
    const reports = await readScenarios(folder, files, { facts: facts.knows, ...(only.length > 0 && { only }) })
    process.stdout.write(reports.map(lines).join(''))
    const valid = reports.filter(({ result }) => result.ok).length
    if (values.json) process.stdout.write(`${JSON.stringify({ scenarios: reports.length, valid })}\n`)
    else process.stdout.write(`${valid} of ${reports.length} scenarios are valid.\n`)
    return valid === reports.length && facts.problems.length === 0 ? 0 : 1
  },
}

function lines({ file, result }: ScenarioReport): string {
  if (!result.ok) return `${result.code}: ${problemList(file, result.problems)}\n`
  const { number, name, steps, roles } = result.scenario
  const switched = Object.values(roles).filter((role) => role.switched).length
  return `  ${number} ${file}: ${name.zh}, ${steps.length} steps, ${switched} switched roles\n`
}
