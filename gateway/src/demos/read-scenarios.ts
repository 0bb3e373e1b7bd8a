import { inOrder, parseDocument, pathText } from '../documents/documents.ts'
import type { Problem } from '../domain/errors.ts'
import { type Names, type Node, readExpression } from './expression.ts'
import { checkScenario, figureCircles, type PlacedProblem } from './scenario-checks.ts'
import { expressionsOf, namesOf } from './scenario-expressions.ts'
import { unsafeParts } from './scenario-safety.ts'
import { type Scenario, scenarioSchema } from './scenario-schema.ts'

/** A scenario with its expressions read. */
export interface ReadScenario {
  readonly scenario: Scenario
  /** By their text; every expression of the file is in it. */
  readonly expressions: ReadonlyMap<string, Node>
}

export type ScenarioResult =
  | ({ readonly ok: true } & ReadScenario)
  | {
      readonly ok: false
      readonly code: 'HW_SCENARIO_INVALID' | 'HW_SCENARIO_UNSAFE'
      readonly problems: readonly Problem[]
    }

/**
 * Reads one scenario file and says everything that is wrong with it at once.
 * @param facts  whether a fact may be shown; without it facts are not checked
 */
export function readScenario(text: string, facts?: Names['facts']): ScenarioResult {
  const parsed = parseDocument(text, scenarioSchema)
  if (!parsed.ok) return { ok: false, code: 'HW_SCENARIO_INVALID', problems: parsed.problems }
  const scenario = parsed.value
  const { locate } = parsed
  const place = ({ path, message }: PlacedProblem): Problem => ({ ...locate(path), path: pathText(path), message })
  const { expressions, problems } = readExpressions(scenario, facts)
  const unsafe = unsafeParts(scenario).map(place)
  const invalid = [...checkScenario(scenario), ...problems].map(place)
  if (invalid.length > 0 || unsafe.length > 0) {
    const code = invalid.length > 0 ? 'HW_SCENARIO_INVALID' : 'HW_SCENARIO_UNSAFE'
    return { ok: false, code, problems: inOrder([...invalid, ...unsafe]) }
  }
  return { ok: true, scenario, expressions }
}

function readExpressions(scenario: Scenario, facts: Names['facts']) {
  const names = namesOf(scenario, facts)
  const expressions = new Map<string, Node>()
  const problems: PlacedProblem[] = []
  for (const { text, path, variables } of expressionsOf(scenario)) {
    const read = readExpression(text, { ...names, variables: new Set(variables) })
    if (read.ok) expressions.set(text, read.node)
    else for (const message of read.problems) problems.push({ path, message })
  }
  const figures = new Map(
    scenario.figures.flatMap(({ id, is }) => {
      const node = expressions.get(is)
      return node ? [[id, node] as const] : []
    }),
  )
  for (const circle of figureCircles(figures)) {
    const index = scenario.figures.findIndex(({ id }) => id === circle[0])
    problems.push({ path: ['figures', index, 'is'], message: `It needs itself: ${circle.join(' → ')}.` })
  }
  return { expressions, problems }
}

/** What reading needs of the disk; `node:fs/promises` fits. */
export interface ScenarioFiles {
  readFile(path: string, encoding: 'utf8'): Promise<string>
  readdir(path: string): Promise<string[]>
}

export interface ScenarioReport {
  /** The name of the file in its folder. */
  readonly file: string
  readonly result: ScenarioResult
}

/** A scenario as it stands on the disk, or why it cannot be read. */
export interface ScenarioText {
  /** The name of the file in its folder. */
  readonly file: string
  readonly text: string | Error
}

export async function scenarioTexts(
  folder: string,
  files: ScenarioFiles,
  only?: readonly string[],
): Promise<ScenarioText[]> {
  const names = only ?? (await files.readdir(folder)).filter((name) => name.endsWith('.yaml')).sort()
  const texts: ScenarioText[] = []
  for (const file of names)
    texts.push({ file, text: await files.readFile(`${folder}/${file}`, 'utf8').catch((error: Error) => error) })
  return texts
}

/** Every scenario, in the order of their numbers; a broken file never hides the others. */
export function readTexts(texts: readonly ScenarioText[], facts?: Names['facts']): ScenarioReport[] {
  const reports = texts.map(({ file, text }): ScenarioReport => {
    if (typeof text !== 'string') return { file, result: broken(`Could not be read: ${text.message}`) }
    return { file, result: named(file, readScenario(text, facts)) }
  })
  return reports.sort((one, other) => (numberOf(one) < numberOf(other) ? -1 : 1))
}

/** Every scenario of a folder. */
export const readScenarios = async (
  folder: string,
  files: ScenarioFiles,
  options: { readonly facts?: Names['facts']; readonly only?: readonly string[] } = {},
): Promise<ScenarioReport[]> => readTexts(await scenarioTexts(folder, files, options.only), options.facts)

const numberOf = ({ file, result }: ScenarioReport) => (result.ok ? result.scenario.number : file)

const broken = (message: string): ScenarioResult => ({
  ok: false,
  code: 'HW_SCENARIO_INVALID',
  problems: [{ line: 1, column: 1, path: '', message }],
})

function named(file: string, result: ScenarioResult): ScenarioResult {
  const id = file.replace(/^.*\//, '').replace(/\.yaml$/, '')
  if (!result.ok || result.scenario.id === id) return result
  return broken(`The file is called ${id}, the scenario in it ${result.scenario.id}: they have the same name.`)
}
