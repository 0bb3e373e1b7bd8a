import path from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { type CopySettings, copyNow } from './copy-store.ts'
import { openForWriting } from './open-database.ts'
import { Reader } from './reader.ts'
import { type StoreFailure, storeFailure } from './sqlite-failure.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './worker-messages.ts'
import { Writer } from './writer.ts'

// The thread beside the event loop: one runs as the only writer, one as reader. All it knows comes in by message.
const settings = workerData as WorkerSettings | CopySettings
const port = parentPort
if (port === null) throw new Error('store-worker.ts runs as a worker thread')
const directory = path.dirname(settings.file)
const send = (message: FromWorker) => port.postMessage(message)

function run(settings: WorkerSettings): void {
  const role = settings.role === 'write' ? startWriter(settings) : new Reader(settings.file)
  port?.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'commit':
        if (role instanceof Writer) {
          send({ type: 'committed', ...role.commit(message.calls) })
          role.checkpointWhenDue() // after the answer: nobody waits for it but the next commit
        }
        return
      case 'read':
        if (role instanceof Reader)
          send({ type: 'rows', id: message.id, ...role.read(message.sql, message.parameters) })
        return
      case 'reopen':
        if (role instanceof Reader) role.close()
        return
      case 'close':
        role.close()
        send({ type: 'closed' })
        port?.close()
    }
  })
  if (settings.role === 'read') send({ type: 'opened' })
}

function startWriter(settings: WorkerSettings): Writer {
  const { database, salvage } = openForWriting(settings.file, settings.tables, settings.stamp)
  const writer = new Writer(settings.file, database)
  send({ type: 'opened', ...(salvage ? { salvage } : {}), sizes: writer.sizes() })
  return writer
}

function copy(settings: CopySettings): void {
  try {
    copyNow(settings)
    port?.postMessage({})
  } catch (error) {
    port?.postMessage({ failure: error instanceof Error ? error.message : String(error) })
  }
}

try {
  if (settings.role === 'copy') copy(settings)
  else run(settings)
} catch (error) {
  const failure: StoreFailure = storeFailure(error, directory)
  send({ type: 'open-failed', failure })
  port.close()
}
