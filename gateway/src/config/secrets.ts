import { readFileSync } from 'node:fs'
import { HallwattError } from '../domain/errors.ts'

/**
 * A secret from the environment: the variable itself, or the file named by `<variable>_FILE` (the way container secrets come).
 * Secrets are in no configuration file and in no log line.
 * @throws HallwattError HW_FILE_UNREADABLE when the named file cannot be read
 */
export function readSecret(environment: Record<string, string | undefined>, variable: string): string | undefined {
  const direct = environment[variable]
  if (direct !== undefined && direct !== '') return direct
  const file = environment[`${variable}_FILE`]
  if (file === undefined || file === '') return undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new HallwattError('HW_FILE_UNREADABLE', `${variable}_FILE names ${file}, which cannot be read.`, { cause })
  }
}
