import type { Salvage } from './salvage.ts'
import type { StoreFailure } from './sqlite-failure.ts'
import type { SqlValue, Write } from './store.ts'

export interface WorkerSettings {
  readonly role: 'write' | 'read'
  readonly file: string
  readonly tables: readonly string[]
  /** Ends the name of a damaged file that is moved aside. */
  readonly stamp: string
}

export type ToWorker =
  | { readonly type: 'commit'; readonly calls: readonly (readonly Write[])[] }
  | { readonly type: 'read'; readonly id: number; readonly sql: string; readonly parameters: readonly SqlValue[] }
  /** The file was replaced: the reader lets go of the old one. */
  | { readonly type: 'reopen' }
  | { readonly type: 'close' }

export interface Sizes {
  readonly fileBytes: number
  readonly usedBytes: number
  readonly walBytes: number
  readonly diskFreeBytes: number
}

/** What became of one group of calls. `failures` names the calls that failed by their place in the group. */
export interface GroupResult {
  readonly failures: readonly (readonly [index: number, failure: StoreFailure])[]
  readonly ms: number
  readonly sizes: Sizes
}

export type ReadResult = { readonly rows: readonly unknown[] } | { readonly failure: StoreFailure }

export type FromWorker =
  | { readonly type: 'opened'; readonly salvage?: Salvage; readonly sizes?: Sizes }
  | { readonly type: 'open-failed'; readonly failure: StoreFailure }
  | ({ readonly type: 'committed' } & GroupResult)
  | ({ readonly type: 'rows'; readonly id: number } & ReadResult)
  | { readonly type: 'closed' }
