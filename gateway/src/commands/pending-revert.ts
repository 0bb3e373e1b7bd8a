import type { Value } from '../domain/frame.ts'

/** Something that has to be taken back, as it is stored: one per device and quantity. */
export interface PendingRevert {
  readonly device: string
  /** What the command changed; '' when it changed no quantity. */
  readonly quantity: string
  /** Given to take it back. */
  readonly command: string
  readonly value?: Value
  /** The command that is taken back. */
  readonly of: string
  readonly trace?: string
  /** What it goes back to was being kept, and is again. */
  readonly keep?: boolean
}
