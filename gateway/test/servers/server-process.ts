import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A real server as a child process on loopback, with a scratch folder that outlives its restarts. */
export interface ServerProcess {
  readonly folder: string
  /** Undefined while it is down. */
  pid(): number | undefined
  /** Asks it to end (SIGTERM) and waits for that. */
  stop(): Promise<void>
  /** `kill -9`, and waits until the process is gone. */
  kill(): Promise<void>
  /** Starts it again on the same ports and folder; stops it first when it runs. */
  restart(): Promise<void>
  /** Freezes it (SIGSTOP): connections are taken by the kernel, nothing answers. */
  freeze(): void
  thaw(): void
  /** Stops it and removes the folder. */
  close(): Promise<void>
}

export interface ServerRecipe {
  readonly binary: string
  readonly debianPackage: string
  /** Called before every start; writes configuration files where the server wants some. */
  arguments(folder: string): Promise<readonly string[]>
  /** True when the server takes requests. */
  ready(): Promise<boolean>
}

const READY_WITHIN_MS = 30_000
const STOPPED_WITHIN_MS = 15_000

/** Starts a server and resolves when it is ready. Rejects with its last output when it ends or stays silent. */
export async function startServer(recipe: ServerRecipe): Promise<ServerProcess> {
  const path = locate(recipe)
  const folder = await mkdtemp(join(tmpdir(), `hallwatt-${recipe.binary}-`))
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const started = spawn(path, await recipe.arguments(folder), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    running.add(started)
    started.once('exit', () => {
      running.delete(started)
      if (child === started) child = undefined
    })
    let output = ''
    const keepTail = (chunk: Buffer) => {
      output = (output + chunk).slice(-4000)
    }
    started.stdout.on('data', keepTail)
    started.stderr.on('data', keepTail)
    const deadline = performance.now() + READY_WITHIN_MS
    while (!(await recipe.ready().catch(() => false))) {
      if (child !== started) throw new Error(`${recipe.binary} ended while starting:\n${output}`)
      if (performance.now() > deadline) {
        started.kill('SIGKILL')
        throw new Error(`${recipe.binary} was not ready after ${READY_WITHIN_MS} ms:\n${output}`)
      }
      await delay(25)
    }
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const ending = child
    if (!ending) return
    const exited = once(ending, 'exit')
    ending.kill(signal)
    // A frozen or stubborn server must not hold the test run.
    const insist = setTimeout(() => ending.kill('SIGKILL'), STOPPED_WITHIN_MS)
    await exited
    clearTimeout(insist)
  }

  const close = async () => {
    await end('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return {
    folder,
    pid: () => child?.pid,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM')
      await start()
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    close,
  }
}

/**
 * Starts a server on ports that were free a moment ago. Another test may have taken one since: then new ports are tried,
 * three times in all.
 */
export async function startOnFreePorts<Server>(
  count: number,
  start: (ports: number[]) => Promise<Server>,
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePorts(count))
    } catch (error) {
      if (attempt === 3 || !/address already in use|in use/i.test(String(error))) throw error
    }
  }
}

/** TCP ports of 127.0.0.1 that nobody listens on now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const listeners = await Promise.all(
    Array.from({ length: count }, async () => {
      const listener = createServer().listen(0, '127.0.0.1')
      await once(listener, 'listening')
      return listener
    }),
  )
  const ports = listeners.map((listener) => (listener.address() as { port: number }).port)
  await Promise.all(listeners.map((listener) => new Promise((closed) => listener.close(closed))))
  return ports
}

/** Servers whose test ended without closing them die with the test process. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

function locate({ binary, debianPackage }: ServerRecipe): string {
  // Debian puts servers where the PATH of an ordinary user does not look.
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const path = join(folder, binary)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {}
  }
  throw new Error(
    `This test needs the real server "${binary}", which is not installed. Run: sudo apt-get install ${debianPackage}`,
  )
}
