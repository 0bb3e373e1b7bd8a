import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '')

/** The shipped flows, the nodes and the program that runs them. */
export const FLOWS_PROJECT = join(project, 'flows')

/** A flow that keeps everything it sees ends here and not with the machine. */
const MAX_HEAP_MB = 256

/**
 * Starts the Node-RED process. It may read its own program and this hall's flows, write the latter, and start no other process
 * (Node.js permission model): neither the store nor the passwords of the hall are within its reach.
 */
export function launchNodeRed(options: {
  readonly folder: string
  readonly socket: string
  readonly environment: Record<string, string | undefined>
}): ChildProcess {
  const { folder, socket, environment } = options
  const cache = environment.NODE_COMPILE_CACHE
  const writable = [folder, dirname(socket), ...(cache === undefined ? [] : [cache])]
  const readable = ['node_modules', 'flows', 'package.json'].map((name) => join(project, name))
  const flags = [
    '--optimize-for-size',
    '--max-semi-space-size=1',
    '--v8-pool-size=1',
    `--max-old-space-size=${MAX_HEAP_MB}`,
    '--disable-warning=SecurityWarning',
    '--disable-warning=DEP0040',
    '--permission',
    ...[...readable, ...writable].map((path) => `--allow-fs-read=${path}`),
    ...writable.map((path) => `--allow-fs-write=${path}`),
  ]
  return spawn(process.execPath, [...flags, join(FLOWS_PROJECT, 'runtime', 'main.ts')], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
    env: {
      // Nothing of the gateway's own environment: it holds secrets.
      ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }),
      ...(environment.PATH !== undefined && { PATH: environment.PATH }),
      MALLOC_ARENA_MAX: '2',
      MALLOC_MMAP_THRESHOLD_: '262144',
      MALLOC_TRIM_THRESHOLD_: '262144',
    },
  })
}
