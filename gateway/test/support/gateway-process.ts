import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { HallFolder } from './hall-folder.ts'

const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** The gateway as its users run it: a process that may be killed. */
export interface GatewayProcess {
  readonly child: ChildProcess
  /** From the start of the process until `/readyz` said yes. */
  readonly readyMs: number
  /** Everything it said so far. */
  said(): string
  /** Resolves when its output contains the text; rejects when it ends before. */
  says(text: string): Promise<void>
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Runs a command of `hallwatt` to its end. */
export async function hallwatt(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  child.stderr.on('data', (text) => (output += text))
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

export async function startGatewayProcess(
  hall: Pick<HallFolder, 'file' | 'http'>,
  launch = (args: string[]): ChildProcess => spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }),
): Promise<GatewayProcess> {
  const startedMs = performance.now()
  const child = launch([program, 'run', '--config', hall.file])
  const gone = once(child, 'exit')
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      output += text
      for (const listener of listeners) listener()
    })
  }
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (output.includes(text)) {
          listeners.delete(look)
          resolve()
        }
      }
      listeners.add(look)
      child.once('exit', () => reject(new Error(`The gateway ended without saying "${text}":\n${output}`)))
      look()
    })
  await says('is running')
  const ready = await fetch(`${hall.http}/readyz`)
  if (!ready.ok) throw new Error(`not ready: ${await ready.text()}`)
  const end = (signal: NodeJS.Signals) => async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await gone
  }
  return {
    child,
    readyMs: performance.now() - startedMs,
    said: () => output,
    says,
    kill: end('SIGKILL'),
    stop: end('SIGTERM'),
  }
}
