import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** Runs commit-and-acknowledge.ts and listens to what it acknowledges. */
export interface AcknowledgingChild {
  readonly child: ChildProcess
  /** Resolves at the first word of the program: the store is open. */
  readonly ready: Promise<void>
  /** Numbers acknowledged so far. */
  readonly acknowledged: number[]
  /** Codes with which rows were refused so far. */
  readonly refused: string[]
  /** Resolves when at least so many were acknowledged. */
  acknowledgedAtLeast(count: number): Promise<void>
  /** Resolves when the process is gone and everything it sent was read. */
  readonly gone: Promise<void>
}

export async function startAcknowledgingChild(
  start: (program: string, port: string) => ChildProcess,
): Promise<AcknowledgingChild> {
  const acknowledged: number[] = []
  const refused: string[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  const ready = Promise.withResolvers<void>()
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const closed = Promise.withResolvers<void>()
  server.on('connection', (socket) => {
    socket.on('error', () => {}) // a killed process may reset the connection
    socket.on('close', () => closed.resolve())
    createInterface({ input: socket }).on('line', (line) => {
      if (line === 'ready') ready.resolve()
      const code = /^refused-\d+ (\w+);$/.exec(line)?.[1]
      if (code !== undefined) refused.push(code)
      const number = /^ack-(\d+);$/.exec(line)?.[1]
      if (number === undefined) return
      acknowledged.push(Number(number))
      for (const wait of waiting) if (acknowledged.length >= wait.count) wait.resolve()
    })
  })
  const program = new URL('./commit-and-acknowledge.ts', import.meta.url).pathname
  const child = start(program, String((server.address() as AddressInfo).port))
  const gone = once(child, 'exit').then(async () => {
    await Promise.race([closed.promise, ready.promise.then(() => closed.promise)])
    server.close()
  })
  return {
    child,
    ready: ready.promise,
    acknowledged,
    refused,
    acknowledgedAtLeast: (count) =>
      acknowledged.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    gone,
  }
}
