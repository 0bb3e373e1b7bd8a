import { parseDocument, problemList } from '../documents/documents.ts'
import type { Problem } from '../domain/errors.ts'
import { askedLines } from './asked-lines.ts'
import { casesSchema, isItemCase, isModbusCase, isReadingCase, type ProfileCase } from './cases-schema.ts'
import { registersOf } from './decode-registers.ts'
import { itemsOfVariant } from './dlt645-schema.ts'
import { ocppLines, PING_QUANTITY } from './ocpp-lines.ts'
import { type ProfileFiles, profileFiles } from './profile-library.ts'
import type { Profile } from './profile-schema.ts'
import { readProfile } from './read-profile.ts'
import { runCase } from './run-case.ts'

/** How one profile fared. */
export interface ProfileReport {
  /** The path as it was asked for. */
  readonly file: string
  readonly id: string
  /** Absent when the profile could not be read. */
  readonly profile?: Profile
  readonly problems: readonly Problem[]
  /** Of the cases file beside it. */
  readonly casesFile: string
  readonly caseProblems: readonly Problem[]
  readonly cases: readonly { readonly name: string; readonly differences: readonly string[] }[]
  /** Quantities that no case speaks of, with their variant where it matters. */
  readonly uncovered: readonly string[]
}

/**
 * Schema, checks and cases of profiles.
 * @param directory  the folder of profiles
 * @param only       files to look at, relative to `directory`; default: all below it
 * @returns one report per profile, in the order of the paths; never throws for what stands in a file
 */
export async function checkProfiles(
  directory: string,
  files: ProfileFiles,
  only?: readonly string[],
): Promise<ProfileReport[]> {
  const broken: { file: string; problems: readonly Problem[] }[] = []
  const names = only ?? (await profileFiles(directory, files, broken))
  const reports: ProfileReport[] = broken.map(({ file, problems }) => ({ ...empty(file), problems }))
  for (const name of names) reports.push(await checkProfile(directory, name, files))
  return reports
}

export const hasFailed = (report: ProfileReport): boolean =>
  report.problems.length > 0 ||
  report.caseProblems.length > 0 ||
  report.cases.length === 0 ||
  report.cases.some(({ differences }) => differences.length > 0)

const empty = (file: string): ProfileReport => ({
  file,
  id: file.replace(/\.yaml$/, ''),
  problems: [],
  casesFile: file.replace(/\.yaml$/, '.cases.yaml'),
  caseProblems: [],
  cases: [],
  uncovered: [],
})

async function checkProfile(directory: string, name: string, files: ProfileFiles): Promise<ProfileReport> {
  const report = empty(name)
  const text = await readText(`${directory}/${name}`, files)
  if (text instanceof Error) return { ...report, problems: [atTop(`Could not be read: ${text.message}`)] }
  const read = readProfile(text)
  if ('problems' in read) return { ...report, problems: read.problems }
  const { profile } = read
  const casesText = await readText(`${directory}/${report.casesFile}`, files)
  if (casesText instanceof Error) {
    const message =
      'There are no cases: nothing proves that the profile reads the device rightly. See device-profiles/README.md.'
    return { ...report, profile, caseProblems: [atTop(message)] }
  }
  const parsed = parseDocument(casesText, casesSchema)
  if (!parsed.ok) return { ...report, profile, caseProblems: parsed.problems }
  const cases = []
  for (const one of parsed.value) cases.push({ name: one.name, differences: await runCase(profile, one) })
  return { ...report, profile, cases, uncovered: uncoveredBy(profile, parsed.value) }
}

const atTop = (message: string): Problem => ({ line: 1, column: 1, path: '', message })

const readText = (path: string, files: ProfileFiles): Promise<string | Error> =>
  files.readFile(path, 'utf8').catch((error: Error) => error)

/** What a profile can measure and no case speaks of; a register counts under every variant in which it holds. */
export function uncoveredBy(profile: Profile, cases: readonly ProfileCase[]): string[] {
  const spokenOf = cases.filter(isReadingCase).map((one) => ({
    quantities: new Set([...Object.keys(one.expect), ...Object.keys(one.bad)]),
    lines: new Set<object>(linesSpokenOf(profile, one)),
  }))
  if (profile.mqtt) {
    const all = new Set(profile.mqtt.messages.flatMap(({ values }) => values.map(({ quantity }) => quantity)))
    return [...all].filter((quantity) => !spokenOf.some(({ quantities }) => quantities.has(quantity)))
  }
  if (profile.ocpp) {
    const all = new Set(ocppLines(profile.ocpp).map(({ quantity }) => quantity))
    all.delete(PING_QUANTITY)
    if (profile.ocpp.limit !== undefined) all.delete(profile.ocpp.limit)
    return [...all].filter((quantity) => !spokenOf.some(({ quantities }) => quantities.has(quantity)))
  }
  const asked = askedLines(profile).map(({ quantity }) => quantity)
  if (asked.length > 0) {
    return asked.filter((quantity) => !spokenOf.some(({ quantities }) => quantities.has(quantity)))
  }
  const { modbus, dlt645 } = profile
  const groups = Object.entries(modbus?.variants ?? {}).map(([variant, { registers }]) => [variant, registers] as const)
  const items = Object.entries(dlt645?.variants ?? {}).map(([variant, group]) => [variant, group.items] as const)
  const lines = [
    ...[...(modbus?.registers ?? []), ...(dlt645?.items ?? [])].map((line) => ({ line, name: line.quantity })),
    ...[...groups, ...items].flatMap(([variant, group]) =>
      group.map((line) => ({ line, name: `${line.quantity} (${variant})` })),
    ),
  ]
  return lines
    .filter(({ line }) => !spokenOf.some((one) => one.lines.has(line) && one.quantities.has(line.quantity)))
    .map(({ name }) => name)
}

function linesSpokenOf({ modbus, dlt645 }: Profile, one: ProfileCase): readonly object[] {
  if (isModbusCase(one) && modbus) return registersOf(modbus, one.variant)
  return isItemCase(one) && dlt645 ? itemsOfVariant(dlt645, one.variant) : []
}

/** What `hallwatt profile check` prints: a line per profile, then what is wrong with it. */
export function renderCheck(reports: readonly ProfileReport[]): string {
  return reports.flatMap(reportLines).join('\n')
}

/** The last line of `hallwatt profile check --json`. */
export const checkSummary = (reports: readonly ProfileReport[]) => ({
  profiles: reports.length,
  cases: reports.reduce((sum, { cases }) => sum + cases.length, 0),
  failed: reports.filter(hasFailed).length,
})

function reportLines(report: ProfileReport): string[] {
  const failed = report.cases.filter(({ differences }) => differences.length > 0)
  const count = `${report.cases.length} case${report.cases.length === 1 ? '' : 's'}`
  const lines = [
    `${hasFailed(report) ? 'FAIL' : 'ok  '}  ${report.id.padEnd(28)}  ${count}${failed.length > 0 ? `, ${failed.length} failed` : ''}`,
  ]
  if (report.problems.length > 0) lines.push(indent(problemList(report.file, report.problems)))
  if (report.caseProblems.length > 0) lines.push(indent(problemList(report.casesFile, report.caseProblems)))
  for (const { name, differences } of failed) {
    lines.push(`      case "${name}"`, ...differences.map((difference) => `        ${difference}`))
  }
  if (report.uncovered.length > 0) lines.push(`      no case speaks of: ${report.uncovered.join(', ')}`)
  return lines
}

const indent = (text: string): string => text.replaceAll(/^/gm, '      ')
