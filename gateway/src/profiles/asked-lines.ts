import type { AskedValue } from './asked-schema.ts'
import type { ProbeProfile } from './probe-schema.ts'
import type { ScrapeProfile } from './scrape-schema.ts'
import type { SignatureProfile } from './signature-schema.ts'
import type { SnmpProfile } from './snmp-schema.ts'

/** The parts of a profile of a device that is asked over the network, or read off its power. */
interface AskedParts {
  readonly snmp?: SnmpProfile | undefined
  readonly probe?: ProbeProfile | undefined
  readonly scrape?: ScrapeProfile | undefined
  readonly signature?: SignatureProfile | undefined
}

/** Ways to ask over the network. */
export const ASKED_BY = ['snmp', 'probe', 'scrape'] as const
export type AskedBy = (typeof ASKED_BY)[number]

/** How the profile's device is asked; undefined for every other device. */
export const askedBy = (profile: AskedParts): AskedBy | undefined => ASKED_BY.find((way) => profile[way] !== undefined)

/** The quantity that a power signature gives. */
export const SIGNATURE_QUANTITY = 'powerSignature'

/** One value and where in the answers it stands, for lists of points. */
export interface AskedLine extends Pick<AskedValue, 'quantity' | 'unit' | 'scale' | 'confidence' | 'note'> {
  readonly place: string
}

/** Everything such a profile can measure, in its order; empty for every other profile. */
export const askedLines = ({ snmp, probe, scrape, signature }: AskedParts): AskedLine[] => [
  ...(snmp?.values ?? []).map((line) => ({ ...line, place: line.oid })),
  ...(snmp?.rows ?? []).map((line) => ({ ...line, place: `${line.table}.${line.column}` })),
  ...(probe?.values ?? []).map((line) => ({ ...line, place: line.from })),
  ...(scrape?.values ?? []).map((line) => ({ ...line, place: line.metric })),
  ...(signature ? [{ quantity: SIGNATURE_QUANTITY, unit: '' as const, place: signature.quantity }] : []),
]
