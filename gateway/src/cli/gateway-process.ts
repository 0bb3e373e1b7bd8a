import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { HallwattError } from '../domain/errors.ts'
import { projectFolder } from './load-hall.ts'

export interface GatewayChild {
  /** As a hall stops it; what is under way is put in order first. */
  stop(): Promise<void>
  /** As a power cut stops it. */
  kill(): Promise<void>
}

/**
 * The gateway as a hall runs it, in a process of its own. Its last words are shown when it does not start.
 * @throws HallwattError HW_DRILL_FAILED
 */
export async function startGatewayChild(hallFile: string, secrets: Record<string, string>): Promise<GatewayChild> {
  const program = join(projectFolder, 'gateway', 'src', 'main.ts')
  const child = spawn(process.execPath, [program, 'run', '--config', hallFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...secrets },
  })
  const exited = once(child, 'exit')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => {
        // Only the end is of use to whoever asks why; a long drill must not fill the memory with it.
        said = (said + text).slice(-20_000)
        if (said.includes('is running')) resolve()
      })
    }
    exited.then(() => reject(new HallwattError('HW_DRILL_FAILED', `The gateway did not start.\n${said.slice(-2000)}`)))
  })
  const end = (signal: NodeJS.Signals) => async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  return { stop: end('SIGTERM'), kill: end('SIGKILL') }
}
