import { ERROR_CODES, type ErrorCode } from './error-codes.ts'

/** One thing wrong in a file a person wrote. Line and column count from 1. */
export interface Problem {
  readonly line: number
  readonly column: number
  /** Where in the document, as a person would say it: `registers[4].address`. */
  readonly path: string
  /** What is wrong and what to write instead. */
  readonly message: string
}

/** An error a person can act on: a stable code, what happened, where, and how to fix it. */
export class HallwattError extends Error {
  readonly code: ErrorCode
  readonly problems: readonly Problem[]

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; problems?: readonly Problem[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HallwattError'
    this.code = code
    this.problems = options.problems ?? []
  }

  get remedy(): string {
    return ERROR_CODES[this.code].remedy
  }
}
