import { z } from 'zod'
import { didYouMean } from '../documents/documents.ts'
import { askedBy } from '../profiles/asked-lines.ts'
import { type Profile, quantitiesOf } from '../profiles/profile-schema.ts'

const idSchema = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Lower-case letters, digits and single hyphens.')

const snmpSchema = z
  .strictObject({
    version: z.enum(['v1', 'v2c', 'v3']).default('v2c'),
    user: z.string().min(1).max(32).optional().describe('v3: the user name; its passwords are the secret.'),
    auth: z.enum(['none', 'md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512']).default('sha'),
    privacy: z.enum(['none', 'des', 'aes', 'aes256b', 'aes256r']).default('aes'),
  })
  .describe('How the agent is spoken to.')

export type SnmpAccess = z.infer<typeof snmpSchema>

/** Lines of hall.yaml for a device that is asked over the network, or read off its power. */
export const askedDeviceShape = {
  host: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9:]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, 'A host name or an IP address.')
    .optional()
    .describe('SNMP, probe, scrape: where the device is. Only what stands here is ever asked.'),
  port: z.int().min(1).max(65535).optional().describe('Default: the profile’s.'),
  secret: idSchema
    .max(64)
    .optional()
    .describe(
      'SNMP, scrape: name of the secret. `printers` is read from the environment HALLWATT_SECRET_PRINTERS or the file named by HALLWATT_SECRET_PRINTERS_FILE: a community, a token, or for v3 the authentication password and, on the next line, the privacy password.',
    ),
  parameters: z
    .record(z.string(), z.string())
    .optional()
    .describe('SNMP, probe, scrape: values for the {names} of the profile.'),
  snmp: snmpSchema.optional(),
  meter: idSchema.optional().describe('Power signature: the device of this file that measures what this one draws.'),
  signature: z
    .strictObject({
      deadBelowW: z.number().min(0.05).max(1000).optional(),
      activeAboveW: z.number().min(0.1).max(100_000).optional(),
    })
    .optional()
    .describe('Power signature: limits of this device, W. Without activeAboveW it is learnt.'),
}

type AskedDevice = z.infer<z.ZodObject<typeof askedDeviceShape>> & {
  readonly id: string
  readonly profile: string
}

type Report = (path: readonly PropertyKey[], message: string) => void

/** Lines that belong to one way of connecting only. */
const BELONGS = {
  host: ['snmp', 'probe', 'scrape'],
  port: ['snmp', 'probe', 'scrape'],
  secret: ['snmp', 'scrape'],
  parameters: ['snmp', 'probe', 'scrape'],
  snmp: ['snmp'],
  meter: ['signature'],
  signature: ['signature'],
} as const

/** What hall.yaml says of such a device against what its profile needs. */
export function reportAsked(
  device: AskedDevice,
  profile: Profile,
  meters: readonly { readonly id: string; readonly profile: Profile | undefined }[],
  at: readonly PropertyKey[],
  report: Report,
): void {
  const way = profile.signature ? 'signature' : askedBy(profile)
  if (way === undefined) return
  for (const [key, ways] of Object.entries(BELONGS)) {
    if (device[key as keyof typeof BELONGS] !== undefined && !(ways as readonly string[]).includes(way))
      report([...at, key], `${device.profile} needs no ${key}: remove this line.`)
  }
  if (way === 'signature') {
    reportMeter(device, profile, meters, at, report)
    return
  }
  if (device.host === undefined) report(at, `host is missing: ${device.profile} is asked over the network.`)
  reportParameters(device, profile[way]?.parameters ?? {}, at, report)
  if (way === 'snmp') reportSnmp(device, at, report)
}

function reportParameters(
  { parameters = {}, profile }: AskedDevice,
  known: Readonly<Record<string, { readonly default?: string | undefined }>>,
  at: readonly PropertyKey[],
  report: Report,
): void {
  for (const name of Object.keys(parameters)) {
    if (!Object.hasOwn(known, name))
      report(
        [...at, 'parameters', name],
        `${profile} has no parameter "${name}".${didYouMean(name, Object.keys(known))}`,
      )
  }
  for (const [name, { default: byDefault }] of Object.entries(known)) {
    if (byDefault === undefined && parameters[name] === undefined)
      report(at, `parameters.${name} is missing: ${profile} needs it.`)
  }
}

function reportSnmp({ snmp, secret }: AskedDevice, at: readonly PropertyKey[], report: Report): void {
  if (snmp?.version !== 'v3') {
    if (snmp?.user !== undefined)
      report([...at, 'snmp', 'user'], 'Only v3 has users: v1 and v2c have a community, which is the secret.')
    return
  }
  if (snmp.user === undefined) report([...at, 'snmp'], 'user is missing: v3 knows who asks.')
  if (snmp.auth === 'none' && snmp.privacy !== 'none')
    report([...at, 'snmp', 'privacy'], 'v3 encrypts only for who is authenticated: set auth, or privacy: none.')
  if (snmp.auth !== 'none' && secret === undefined)
    report(at, 'secret is missing: it names the passwords of this v3 user, which do not belong in this file.')
}

function reportMeter(
  device: AskedDevice,
  profile: Profile,
  meters: readonly { readonly id: string; readonly profile: Profile | undefined }[],
  at: readonly PropertyKey[],
  report: Report,
): void {
  const quantity = profile.signature?.quantity ?? ''
  const { meter } = device
  if (meter === undefined) {
    report(at, `meter is missing: ${device.profile} is read off the power another device measures.`)
    return
  }
  const others = meters.filter(({ id }) => id !== device.id)
  const found = others.find(({ id }) => id === meter)
  if (!found)
    report(
      [...at, 'meter'],
      `There is no other device "${meter}".${didYouMean(
        meter,
        others.map(({ id }) => id),
      )}`,
    )
  else if (found.profile && !quantitiesOf(found.profile).includes(quantity))
    report([...at, 'meter'], `${meter} does not measure ${quantity}.`)
  const { deadBelowW = profile.signature?.deadBelowW ?? 0, activeAboveW = profile.signature?.activeAboveW } =
    device.signature ?? {}
  if (activeAboveW !== undefined && activeAboveW <= deadBelowW)
    report([...at, 'signature'], `activeAboveW ${activeAboveW} is not above deadBelowW ${deadBelowW}.`)
}

/** How a device is asked over the network. */
export interface AskedConnection {
  readonly via: 'asked'
  readonly host: string
  /** Where the profile has one for the whole device. */
  readonly port?: number
  /** Values for the `{names}` of the profile, `{host}` among them. */
  readonly parameters: Readonly<Record<string, string>>
  /** Name of the secret, never the secret. */
  readonly secret?: string
  readonly snmp?: SnmpAccess
}

/** A device that has no interface: what it does is read off the power that `meter` measures. */
export interface PowerConnection {
  readonly via: 'power'
  readonly meter: string
  readonly quantity: string
  readonly deadBelowW: number
  readonly activeAboveW?: number
  readonly holdS: number
}

/** The connection of such a device; undefined for every other one. `reportAsked` has seen it. */
export function askedConnection(device: AskedDevice, profile: Profile): AskedConnection | PowerConnection | undefined {
  if (profile.signature) {
    const { quantity, holdS } = profile.signature
    const { deadBelowW = profile.signature.deadBelowW, activeAboveW = profile.signature.activeAboveW } =
      device.signature ?? {}
    const limits = { deadBelowW, ...(activeAboveW !== undefined && { activeAboveW }) }
    return { via: 'power', meter: device.meter as string, quantity, holdS, ...limits }
  }
  const way = askedBy(profile)
  if (way === undefined) return undefined
  const host = device.host as string
  const defaults = Object.entries(profile[way]?.parameters ?? {}).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const place = { host, ...(profile.probe && device.port !== undefined && { port: `${device.port}` }) }
  const parameters = { ...Object.fromEntries(defaults), ...device.parameters, ...place }
  const port = device.port ?? (profile.snmp ?? profile.scrape)?.port
  return {
    via: 'asked',
    host,
    ...(port !== undefined && { port }),
    parameters,
    ...(device.secret !== undefined && { secret: device.secret }),
    ...(profile.snmp && { snmp: device.snmp ?? snmpSchema.parse({}) }),
  }
}
