/** The ways a device can be connected. A profile has the part of exactly one of them. */
export const PROTOCOLS = ['modbus', 'dlt645', 'mqtt', 'snmp', 'probe', 'scrape', 'signature', 'ocpp'] as const

export type Protocol = (typeof PROTOCOLS)[number]

/** The one the profile has; profile-checks.ts has seen to it that there is one. */
export const protocolOf = (profile: { readonly [protocol in Protocol]?: unknown }): Protocol =>
  PROTOCOLS.find((protocol) => profile[protocol] !== undefined) ?? 'mqtt'
