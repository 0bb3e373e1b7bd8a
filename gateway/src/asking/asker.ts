import type { AskedConnection } from '../config/asked-device.ts'
import type { Clock } from '../ports/clock.ts'
import type { AskedValues } from '../profiles/asked-value.ts'
import type { Profile } from '../profiles/profile-schema.ts'

/** How one round of questions ended. What a device does is a value, never a throw. */
export type AskResult =
  /** `remarks`: what its words leave open, a sentence each, for a person who tries it. */
  | ({ readonly ok: true; readonly remarks?: readonly string[] } & AskedValues)
  /** Nobody answered. */
  | { readonly ok: false; readonly failure: 'timeout' | 'link-down' }
  /** Somebody answers and refuses: a wrong secret, another protocol. `says` names it, without the secret. */
  | { readonly ok: false; readonly failure: 'refused'; readonly says: string }

/** Asks one device. Keeps at most one socket open at a time, and none between rounds. */
export interface Asker {
  /** @param patient false: the device was silent before, one short try is enough */
  ask(patient: boolean, signal: AbortSignal): Promise<AskResult>
}

/** A device whose secret is named in hall.yaml and nowhere set is not asked: it would refuse, and nobody would know why. */
export const secretNotSet = (name: string): Extract<AskResult, { failure: 'refused' }> => ({
  ok: false,
  failure: 'refused',
  says: `its secret "${name}" is not set`,
})

export interface AskerDeps {
  readonly clock: Clock
  /** Undefined when there is no such secret. Read anew for every round, so a mended one needs no restart. */
  readonly secret: (name: string) => string | undefined
}

/** What an asker is made for. */
export interface AskedTarget {
  readonly id: string
  readonly profile: Profile
  readonly connection: AskedConnection
}

/** One way to ask: snmp, probe, scrape. */
export type OpenAsker = (target: AskedTarget, deps: AskerDeps) => Asker
