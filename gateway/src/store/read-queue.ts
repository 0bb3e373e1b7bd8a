import { HallwattError } from '../domain/errors.ts'
import type { Log } from '../ports/log.ts'
import type { SqlValue } from './store.ts'
import { startWorker, type WorkerLink } from './worker-link.ts'
import type { FromWorker, WorkerSettings } from './worker-messages.ts'

interface PendingRead {
  resolve(rows: readonly unknown[]): void
  reject(error: Error): void
}

export interface ReadQueueOptions {
  readonly program: URL
  readonly settings: WorkerSettings
  readonly log: Log
  readonly maxReads: number
}

/** Queries waiting for the reading thread, answered in order. A thread that died comes back with the next query. */
export class ReadQueue {
  readonly #options: ReadQueueOptions
  readonly #pending = new Map<number, PendingRead>()
  #link: Promise<WorkerLink> | undefined
  #nextId = 1
  #closing = false
  #drained: (() => void) | undefined
  failures = 0
  restarts = 0

  constructor(options: ReadQueueOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.#connected()
  }

  async read(sql: string, parameters: readonly SqlValue[]): Promise<readonly unknown[]> {
    if (this.#pending.size >= this.#options.maxReads) {
      this.failures += 1
      throw new HallwattError('HW_STORE_BUSY', `${this.#pending.size} queries already wait for the store.`)
    }
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#connected().then(
        (link) => link.send({ type: 'read', id, sql, parameters }),
        (error) => this.#settle(id, (read) => read.reject(error instanceof Error ? error : new Error(String(error)))),
      )
    })
  }

  /** Lets go of the file after the queries already asked; the next one opens what lies there now. */
  async reopen(): Promise<void> {
    const link = await this.#link?.catch(() => undefined)
    link?.send({ type: 'reopen' })
  }

  async close(): Promise<void> {
    if (this.#pending.size > 0) await new Promise<void>((resolve) => (this.#drained = resolve))
    this.#closing = true
    const link = await this.#link?.catch(() => undefined)
    link?.send({ type: 'close' })
    await link?.ended
  }

  stats() {
    return { queuedReads: this.#pending.size }
  }

  #connected(): Promise<WorkerLink> {
    this.#link ??= this.#connect().catch((error) => {
      this.#link = undefined
      throw error
    })
    return this.#link
  }

  async #connect(): Promise<WorkerLink> {
    const { program, settings } = this.#options
    const { link, opened } = await startWorker(
      program,
      settings,
      (message) => this.#hear(message),
      (error) => this.#ended(error),
    )
    if (opened.type === 'open-failed') throw new HallwattError(opened.failure.code, opened.failure.message)
    return link
  }

  #hear(message: FromWorker): void {
    if (message.type !== 'rows') return
    if ('rows' in message) this.#settle(message.id, (read) => read.resolve(message.rows))
    else {
      this.failures += 1
      this.#settle(message.id, (read) => read.reject(new HallwattError(message.failure.code, message.failure.message)))
    }
  }

  #settle(id: number, how: (read: PendingRead) => void): void {
    const read = this.#pending.get(id)
    if (!read) return
    this.#pending.delete(id)
    how(read)
    if (this.#pending.size === 0) this.#drained?.()
  }

  #ended(error: Error | undefined): void {
    if (this.#closing) return
    this.#link = undefined
    this.restarts += 1
    this.failures += this.#pending.size
    const reason = `The reading thread ended: ${error?.message ?? 'no reason given'}`
    this.#options.log.error({ code: 'HW_STORE_IO' }, reason)
    for (const id of [...this.#pending.keys()])
      this.#settle(id, (read) => read.reject(new HallwattError('HW_STORE_IO', reason)))
  }
}
