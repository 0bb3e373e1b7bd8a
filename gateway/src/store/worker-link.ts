import { Worker } from 'node:worker_threads'
import type { FromWorker, ToWorker, WorkerSettings } from './worker-messages.ts'

export interface WorkerLink {
  send(message: ToWorker): void
  /** Resolves when the thread has ended, whoever ended it. */
  readonly ended: Promise<void>
}

/**
 * Starts one store thread and waits until it has opened the database.
 * @param onMessage what it says afterwards
 * @param onEnd     it ended, by `close` or by accident; called once, never when opening failed
 */
export async function startWorker(
  program: URL,
  settings: WorkerSettings,
  onMessage: (message: FromWorker) => void,
  onEnd: (error: Error | undefined) => void,
): Promise<{ link: WorkerLink; opened: Exclude<FromWorker, { type: 'committed' | 'rows' | 'closed' }> }> {
  // Without the parent's flags: a test runner's loaders have no business in this thread.
  const worker = new Worker(program, { workerData: settings, execArgv: [], name: `store-${settings.role}` })
  let trouble: Error | undefined
  worker.on('error', (error) => {
    trouble = error instanceof Error ? error : new Error(String(error))
  })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const first = await new Promise<FromWorker>((resolve, reject) => {
    worker.once('message', resolve)
    void ended.then(() => reject(trouble ?? new Error('the store thread ended while opening')))
  })
  if (first.type === 'opened') {
    worker.on('message', onMessage)
    void ended.then(() => onEnd(trouble))
  } else if (first.type !== 'open-failed') {
    throw new Error(`unexpected first message ${first.type}`)
  }
  return { link: { send: (message) => worker.postMessage(message), ended }, opened: first }
}
