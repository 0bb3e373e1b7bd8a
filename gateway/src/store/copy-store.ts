import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { storeFile } from './store-file.ts'

export interface CopySettings {
  readonly role: 'copy'
  readonly file: string
  readonly target: string
  /** Statements run on the copy: what must not leave with it. */
  readonly without: readonly string[]
}

/**
 * A copy of a store as it is at one moment, made in a thread of its own while the store is in use; commits go on meanwhile.
 * Rejects with what SQLite says: no such file, disk full.
 */
export async function copyStore(directory: string, target: string, without: readonly string[]): Promise<void> {
  const settings: CopySettings = { role: 'copy', file: storeFile(directory), target, without }
  const worker = new Worker(new URL('./store-worker.ts', import.meta.url), {
    workerData: settings,
    execArgv: [],
    name: 'store-copy',
  })
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: { failure?: string }) =>
      message.failure === undefined ? resolve() : reject(new Error(message.failure)),
    )
    worker.once('exit', () => reject(new Error('the copying thread ended')))
  })
}

/** Runs in the thread. */
export function copyNow({ file, target, without }: CopySettings): void {
  const source = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    source.prepare('VACUUM INTO ?').run(target)
  } finally {
    source.close()
  }
  const copy = new DatabaseSync(target)
  try {
    // Deleted rows are overwritten: a file keeps them else until the space is used again.
    copy.exec('PRAGMA secure_delete = ON; PRAGMA journal_mode = DELETE')
    for (const statement of without) copy.exec(statement)
  } finally {
    copy.close()
  }
}
