import type { ErrorCode } from '../domain/error-codes.ts'
import type { Value } from '../domain/frame.ts'
import type { Permission, Role } from '../domain/role.ts'

/** Somebody wants a device to do something. */
export interface CommandRequest {
  readonly device: string
  /** A name under `commands` of the device's profile: `switch-on`. */
  readonly command: string
  /** For commands that take one, in the canonical unit of the quantity they change. */
  readonly value?: Value
  /** The user, client or demo run that asks; stands in the ledger and in the audit log. */
  readonly by: string
  readonly roles: readonly Role[]
  readonly via: CommandVia
  /** Why, in the words of whoever asks. */
  readonly reason?: string
  /** After so many seconds it is taken back by itself (1 to 86,400), also when the gateway was restarted in between. */
  readonly revertAfterS?: number
  /** Whatever the asker wants to find again in the ledger: a demo run, a flow. */
  readonly trace?: string
}

/** How the request came in; `gateway` is the gateway itself, taking something back. */
export type CommandVia = 'http' | 'mqtt' | 'demo' | 'flow' | 'gateway'

/**
 * sending: decided and on its way, until a reading shows it. confirmed: a reading newer than the write shows it. failed: the
 * device refused, or readings say otherwise. timed-out: no reading said anything in time. refused: never sent.
 */
export type CommandState = 'sending' | 'confirmed' | 'failed' | 'timed-out' | 'refused'

/** Why a command was never sent. */
export type CommandRefusalCode = Extract<
  ErrorCode,
  | 'HW_DEVICE_UNKNOWN'
  | 'HW_COMMAND_UNKNOWN'
  | 'HW_COMMAND_NOT_ENABLED'
  | 'HW_COMMAND_FORBIDDEN'
  | 'HW_COMMAND_VALUE'
  | 'HW_COMMAND_BUSY'
  | 'HW_COMMAND_OFFLINE'
  | 'HW_COMMAND_LIMIT'
  | 'HW_COMMAND_TOO_SOON'
  | 'HW_COMMAND_INTERLOCK'
  | 'HW_COMMAND_NO_REVERT'
  | 'HW_COMMAND_NOT_RECORDED'
>

export interface CommandRefusal {
  readonly code: CommandRefusalCode
  /** What is in the way and what to do instead, Chinese first. */
  readonly message: string
}

/** Why a command that was sent did not end well. */
export type CommandFailureCode = Extract<
  ErrorCode,
  | 'HW_COMMAND_WRITE_FAILED'
  | 'HW_COMMAND_NOT_CONFIRMED'
  | 'HW_COMMAND_NO_EFFECT'
  | 'HW_COMMAND_NO_READING'
  | 'HW_COMMAND_SUPERSEDED'
  | 'HW_COMMAND_INTERRUPTED'
>

/** One line of the ledger. */
export interface CommandRecord extends Omit<CommandRequest, 'roles'> {
  /** `C1042`: numbers grow and are never given twice. */
  readonly id: string
  /** Unix ms at which it was asked for. */
  readonly at: number
  readonly state: CommandState
  /** What it changes; absent for those that change no quantity (a restart). */
  readonly quantity?: string
  /** What was read of `quantity` last before it was sent; absent when nothing was. */
  readonly before?: Value
  /** From the request to the end, milliseconds; absent while `sending`. */
  readonly ms?: number
  /** Why it was refused, failed or timed out. */
  readonly code?: CommandRefusalCode | CommandFailureCode
  readonly message?: string
  /** Unix ms at which it is taken back. */
  readonly revertAt?: number
  /** The command that this one takes back. */
  readonly revertOf?: string
}

/** One command that a device has, and whether it may be given now. */
export interface CommandOffer {
  readonly command: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly quantity?: string
  /** Canonical unit of the value; '' when it has none. */
  readonly unit: string
  readonly takes: CommandInput
  /** Switches on heat, motion or power: a screen asks by holding 1 s. */
  readonly power: boolean
  /** Part of `allOff`. */
  readonly allOff: boolean
  readonly permission: Permission
  /** Whether `revertAfterS` may be asked for. */
  readonly canRevert: boolean
  readonly perDay?: { readonly most: number; readonly left: number }
  /** Why it would be refused at this moment, whoever asks and whatever the value. */
  readonly refusal?: CommandRefusal
  /** The last time it was given, refused ones left out. */
  readonly last?: CommandRecord
}

export type CommandInput =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'one-of'; readonly values: readonly Value[] }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly step?: number }

/** What came of `allOff` at one device. */
export interface AllOffResult {
  /** Milliseconds until the last device had confirmed or was given up. */
  readonly ms: number
  readonly devices: readonly CommandRecord[]
  /** True when every device confirmed that it is off. */
  readonly off: boolean
}

export interface LedgerQuery {
  readonly device?: string
  readonly trace?: string
  /** Unix ms; only what was asked for before. */
  readonly before?: number
  readonly limit: number
}

/** The one way to make a device do something. */
export interface Commands {
  /** Resolves at the end: confirmed, failed, timed-out or refused. Never rejects for what a device or a person does. */
  request(request: CommandRequest): Promise<CommandRecord>
  /** Resolves as soon as it is decided: refused, or on disk and on its way (`sending`). */
  begin(request: CommandRequest): Promise<CommandRecord>
  /** The record at its end, at once when it has ended; undefined for one that is neither under way nor among the last 1,000. */
  ended(id: string): Promise<CommandRecord | undefined>
  /** Every device with an `allOff` command gets it at once; nothing can refuse it. Resolves when all have ended. */
  allOff(who: Pick<CommandRequest, 'by' | 'via' | 'reason' | 'trace'>, only?: readonly string[]): Promise<AllOffResult>
  /** From the ledger, newest first. */
  recent(query: LedgerQuery): Promise<readonly CommandRecord[]>
  /** Every command the hall has enabled on the device; empty for one that is read only, undefined for one it does not have. */
  available(device: string): readonly CommandOffer[] | undefined
  /** Called on every change of a record, after it is known here and before it is on disk; returns the way to stop it. */
  onChange(listener: (record: CommandRecord) => void): () => void
  stats(): CommandStats
}

export interface CommandStats {
  readonly commandsConfirmed: number
  readonly commandsFailed: number
  readonly commandsTimedOut: number
  readonly commandsRefused: number
  readonly commandsUnderWay: number
  readonly revertsPending: number
  /** Reverts that are due and not yet confirmed. */
  readonly revertsOverdue: number
  /** Limits that their device forgets unless they are written again. */
  readonly commandsKept: number
  readonly commandRenewals: number
  readonly ledgerWaiting: number
}
