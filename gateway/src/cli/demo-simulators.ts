import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { HallwattError } from '../domain/errors.ts'
import { projectFolder } from './load-hall.ts'

export interface SimulatorProcess {
  /** Address of the control interface, where faults are set. */
  readonly control: string
  stop(): Promise<void>
}

/** Starts the simulated hall as a process of its own and waits until every device listens. It ends with this process. */
export async function startSimulatorProcess(options: {
  hallFile: string
  credentials: string
  controlPort: number
}): Promise<SimulatorProcess> {
  const args = [
    join(projectFolder, 'simulators', 'main.ts'),
    ...[
      '--hall',
      options.hallFile,
      '--credentials',
      options.credentials,
      '--control-port',
      String(options.controlPort),
    ],
  ]
  // Its standard input stays open as long as we live; at its end the simulators stop by themselves.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const complaints: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => complaints.length < 20 && complaints.push(line))
  const exited = once(child, 'exit').then(() => undefined)
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).once('line', resolve)
  })
  const line = await Promise.race([ready, exited])
  if (line === undefined) {
    throw new HallwattError('HW_SIMULATORS_FAILED', `The simulated devices did not start.\n${complaints.join('\n')}`)
  }
  const { control } = JSON.parse(line) as { control: string }
  return {
    control,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
