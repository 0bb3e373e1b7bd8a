import { HallwattError } from '../domain/errors.ts'
import { top } from './top.ts'

/** `hallwatt top` alone, for tests: the whole command line needs every other command. */
try {
  process.exitCode = await top.run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof HallwattError)) throw error
  process.stderr.write(`${error.code}: ${error.message}\n`)
  process.exitCode = 1
}
