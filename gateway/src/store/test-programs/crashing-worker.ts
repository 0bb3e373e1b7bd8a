import { parentPort } from 'node:worker_threads'
import type { ToWorker } from '../worker-messages.ts'

// The store's thread with a way to die: any statement that says CRASH ends it, as running out of memory would.
parentPort?.on('message', (message: ToWorker) => {
  const statements =
    message.type === 'commit'
      ? message.calls.flat().map((write) => write.sql)
      : message.type === 'read'
        ? [message.sql]
        : []
  if (statements.some((sql) => sql.includes('CRASH'))) process.exit(7)
})
await import('../store-worker.ts')
