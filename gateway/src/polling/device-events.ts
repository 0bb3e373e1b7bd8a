import type { BadReason, Presence, Value } from '../domain/frame.ts'
import type { CompiledRegister } from '../profiles/decode-registers.ts'
import type { PolledProfile } from '../profiles/polled.ts'
import type { RawWords } from './device-plan.ts'
import type { AddressRange } from './read-plan.ts'

/** What a device tells the room while it is polled. */
export interface DeviceEvents {
  /** Values of one pass over one rate class. */
  values(device: string, values: Record<string, Value>, bad: Record<string, BadReason> | undefined): void
  presence(device: string, presence: Presence, reason?: string): void
  /** Quantities this device refuses, each told once. */
  rejected(device: string, quantities: readonly string[]): void
  /** Quantities it refused, and answers again. */
  accepted(device: string, quantities: readonly string[]): void
  /** The probe quantity reads `value`, which the profile calls impossible. */
  probeFailed(device: string, quantity: string, value: Value): void
}

/**
 * checking: not heard yet, or back again; the probe must fit before a value is trusted. running: polled by rate class.
 * silent: does not answer. refusing: answers every request with an exception. misfit: the probe reads the impossible.
 */
export type PollState = 'checking' | 'running' | 'silent' | 'refusing' | 'misfit'

export interface PollInside {
  readonly state: PollState
  /** With wire addresses, also where the hall's profile counts from SunSpec models. */
  readonly profile: PolledProfile
  readonly registers: readonly CompiledRegister[]
  /** Quantities in no request, because the device refuses them. */
  readonly rejected: readonly string[]
  readonly learnt: readonly AddressRange[]
  wordsOf(register: CompiledRegister): RawWords | undefined
}
