import type { Log } from '../ports/log.ts'
import type { Salvage } from './salvage.ts'
import type { StoreFailure } from './sqlite-failure.ts'
import type { Sizes } from './worker-messages.ts'

/** A log longer than this cannot start over although it was asked to: somebody outside holds an old state. */
const PINNED_WAL_BYTES = 64 * 1024 * 1024

/** Tells each change of the disk's state once: full, refusing, damaged, well again. */
export class DiskHealth {
  readonly #log: Log
  #trouble: StoreFailure['code'] | undefined
  #pinned = false
  #corruptFiles = 0

  constructor(log: Log) {
    this.#log = log
  }

  /** After each group: what it met, or undefined when it is on disk. */
  after(trouble: StoreFailure | undefined, sizes: Sizes): void {
    if (trouble?.code !== this.#trouble) {
      if (trouble)
        this.#log.error(
          { code: trouble.code, diskFreeBytes: sizes.diskFreeBytes },
          `The store cannot write: ${trouble.message}`,
        )
      else this.#log.info({ was: this.#trouble }, 'The store writes again')
      this.#trouble = trouble?.code
    }
    const pinned = sizes.walBytes > PINNED_WAL_BYTES
    if (pinned && !this.#pinned) {
      this.#log.warn(
        { code: 'HW_STORE_WAL_PINNED', walBytes: sizes.walBytes },
        'The write-ahead log cannot shrink while somebody reads an old state',
      )
    }
    this.#pinned = pinned
  }

  corruptFileMoved(salvage: Salvage): void {
    this.#corruptFiles += 1
    this.#log.error(
      { code: 'HW_STORE_CORRUPT', ...salvage },
      'The store file was damaged; it was moved aside and a new one started',
    )
  }

  stats() {
    return {
      full: Number(this.#trouble === 'HW_STORE_FULL'),
      ioTrouble: Number(this.#trouble !== undefined && this.#trouble !== 'HW_STORE_FULL'),
      corruptFiles: this.#corruptFiles,
    }
  }
}
