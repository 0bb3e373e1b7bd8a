import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const source = fileURLToPath(new URL('libmodbus-server.c', import.meta.url))

export interface LibmodbusDevice extends AsyncDisposable {
  readonly host: string
  readonly port: number
}

/**
 * A Modbus TCP device made of Debian's libmodbus and compiled here: an answer that our own client and simulators would both get
 * wrong comes out right. Addresses outside `runs` are refused with exception 2.
 * @param runs first address → words; must be one run without holes
 */
export async function libmodbusDevice(runs: Readonly<Record<string, readonly number[]>>): Promise<LibmodbusDevice> {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-libmodbus-'))
  const binary = join(folder, 'libmodbus-server')
  const remove = () => rm(folder, { recursive: true, force: true })
  let child: ChildProcess | undefined
  try {
    await promisify(execFile)('gcc', ['-O1', '-o', binary, source, '-lmodbus'])
    const sorted = Object.entries(runs).sort(([a], [b]) => Number(a) - Number(b))
    const words = sorted.flatMap(([, run]) => run)
    await writeFile(join(folder, 'words'), words.join('\n'))
    const started = spawn(binary, [String(Number(sorted[0]?.[0])), join(folder, 'words')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child = started
    const port = await new Promise<number>((resolve, reject) => {
      started.once('error', reject)
      started.once('exit', (code) => reject(new Error(`libmodbus-server ended with ${code} before it was ready`)))
      started.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())))
    })
    return {
      host: '127.0.0.1',
      port,
      async [Symbol.asyncDispose]() {
        const gone = new Promise((resolve) => started.once('exit', resolve))
        started.stdin.end()
        await gone
        await remove()
      },
    }
  } catch (error) {
    child?.kill()
    await remove()
    throw error
  }
}
