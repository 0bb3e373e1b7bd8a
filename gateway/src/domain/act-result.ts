import type { ErrorCode } from './error-codes.ts'

/** What came of something a person asked for. A refusal is an everyday answer with a code and a sentence, never a throw. */
export type ActResult<T> = { readonly ok: true; readonly value: T } | Refusal

export interface Refusal {
  readonly ok: false
  readonly code: ErrorCode
  /** What is in the way and what to do instead. */
  readonly message: string
}
