import { readdir, readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { didYouMean } from '../documents/documents.ts'
import { HallwattError } from '../domain/errors.ts'
import { askedBy } from '../profiles/asked-lines.ts'
import { checkProfiles, checkSummary, hasFailed, renderCheck } from '../profiles/check-profiles.ts'
import { draftFromDiscovery } from '../profiles/discovery-draft.ts'
import { listProfiles, renderList } from '../profiles/list-profiles.ts'
import type { Command } from './cli.ts'
import { openProfileLibrary, profilesFolder } from './load-hall.ts'
import { tryAsked } from './try-asked.ts'
import { tryPolled } from './try-polled.ts'

const TASKS: Record<string, (args: string[]) => Promise<number>> = { check, draft, list, try: tryOnce }

export const profile: Command = {
  usage: 'profile check [files] | draft <messages> | list | try --profile <id> --host <address>',
  summary: [
    'Checks profiles and their cases, lists them, or reads a real device once.',
    'try: --variant; Modbus and DL/T 645: --port, --unit or --address, --rtu (serial server) or --serial, --baud, --parity;',
    'over the network: --port, --parameter name=value, --secret, SNMP also --snmp-version, and for v3 --user, --auth, --privacy.',
  ].join('\n  '),
  async run([task = '', ...args]) {
    const run = Object.hasOwn(TASKS, task) ? TASKS[task] : undefined
    if (run) return run(args)
    throw new HallwattError('HW_USAGE', `hallwatt profile check | list | try.${didYouMean(task, Object.keys(TASKS))}`)
  },
}

const files = { readFile, readdir }

async function check(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, folder: { type: 'string', default: profilesFolder } },
  })
  const folder = resolve(values.folder)
  const only = positionals.map((file) => relative(folder, resolve(file)))
  const reports = await checkProfiles(folder, files, only.length > 0 ? only : undefined)
  process.stdout.write(`${renderCheck(reports)}\n`)
  if (values.json) process.stdout.write(`${JSON.stringify(checkSummary(reports))}\n`)
  return reports.some(hasFailed) ? 1 : 0
}

/** What `mosquitto_sub -v` printed: a topic and a payload on each line. */
async function draft([file = '']: string[]): Promise<number> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new HallwattError('HW_FILE_UNREADABLE', `${file || 'No file'} cannot be read: ${cause.message}`, { cause })
  })
  const messages = text.split('\n').flatMap((line) => {
    const space = line.indexOf(' ')
    return space < 0 ? [] : [{ topic: line.slice(0, space), payload: line.slice(space + 1) }]
  })
  const { profile: made, left } = draftFromDiscovery(messages)
  for (const { entity, why } of left) process.stderr.write(`left out: ${entity}: ${why}\n`)
  if (made !== undefined) process.stdout.write(made)
  return made === undefined ? 1 : 0
}

async function list(): Promise<number> {
  const { rows, problems } = await listProfiles(profilesFolder, files)
  process.stdout.write(`${renderList(rows)}\n`)
  for (const { file } of problems) process.stderr.write(`${file} has problems; see \`hallwatt profile check\`.\n`)
  return problems.length > 0 ? 1 : 0
}

async function tryOnce(args: string[]): Promise<number> {
  const wanted = parseArgs({ args, options: { profile: { type: 'string' } }, strict: false }).values.profile
  const library = await openProfileLibrary()
  const named = library.get(String(wanted))
  if (named && askedBy(named)) return tryAsked(args, library)
  return tryPolled(args, library)
}
