import { didYouMean } from '../documents/documents.ts'
import { HallwattError } from '../domain/errors.ts'

/** One command of `hallwatt`: returns the exit code; a HallwattError is printed with its remedy and exits 1. */
export interface Command {
  readonly usage: string
  readonly summary: string
  run(args: readonly string[]): Promise<number>
}

/** Commands are loaded when asked for: `hallwatt check` does not start an MQTT broker. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  run: async () => (await withRooms(() => import('./run.ts'))).runHall,
  demo: async () => (await withRooms(() => import('./demo.ts'))).demo,
  check: async () => (await import('./check.ts')).check,
  profile: async () => (await import('./profile.ts')).profile,
  devices: async () => (await import('./devices.ts')).devices,
  scenario: async () => (await import('./scenario.ts')).scenario,
  replay: async () => (await import('./replay.ts')).replay,
  simulate: async () => (await import('./simulate.ts')).simulate,
  mqtt: async () => (await import('./mqtt.ts')).mqtt,
  user: async () => (await import('./user.ts')).user,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
  top: async () => (await import('./top.ts')).top,
  bench: async () => (await import('./bench.ts')).bench,
  soak: async () => (await import('./soak.ts')).soak,
  drill: async () => (await import('./drill.ts')).drill,
  'scenarios-check': async () => (await import('./scenarios-check.ts')).scenariosCheck,
}

async function withRooms<T>(load: () => Promise<T>): Promise<T> {
  await (await import('./compile-cache.ts')).loadRooms()
  return load()
}

/** Runs `hallwatt <args>`; 0 done, 1 failed, 2 not understood. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await help())
    return 0
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  try {
    if (!load) {
      throw new HallwattError('HW_USAGE', `There is no command "${name}".${didYouMean(name, Object.keys(COMMANDS))}`)
    }
    const command = await load()
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(`hallwatt ${command.usage}\n  ${command.summary}\n`)
      return 0
    }
    return await command.run(rest)
  } catch (error) {
    return report(error)
  }
}

async function help(): Promise<string> {
  const rows = await Promise.all(Object.values(COMMANDS).map((load) => load()))
  const width = Math.max(...rows.map((row) => row.usage.length))
  const under = `\n${' '.repeat(width + 2)}`
  const list = rows.map((row) => `  ${row.usage.padEnd(width)}  ${row.summary.replaceAll('\n', under)}`).join('\n')
  return `Hallwatt: 供电营业厅边缘网关 · edge gateway for electricity service halls\n\nhallwatt <command>\n${list}\n`
}

function report(error: unknown): number {
  if (error instanceof HallwattError) {
    process.stderr.write(`${error.code}: ${error.message}\n→ ${error.remedy}\n`)
    return error.code === 'HW_USAGE' ? 2 : 1
  }
  // parseArgs says what it did not understand with codes of its own.
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    process.stderr.write(`HW_USAGE: ${error.message}\n`)
    return 2
  }
  throw error
}
