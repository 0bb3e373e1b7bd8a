import { z } from 'zod'
import type { Profile } from '../profiles/profile-schema.ts'
import { isLoopback } from './loopback.ts'

/** Lines of hall.yaml for a connector of an OCPP charge point. */
export const chargePointShape = {
  chargePoint: z
    .string()
    .regex(
      /^[^\s/:+#?%]{1,48}$/,
      'The identity of the charge point as it stands in its own settings: no space, "/", ":", "+", "#".',
    )
    .optional()
    .describe('OCPP: identity of the charge point, the last part of the address it connects to.'),
  connector: z.int().min(1).max(100).optional().describe('OCPP: which connector of it; default 1.'),
}

/** How charge points reach this gateway. */
export const ocppSettingsSchema = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.int().min(1).max(65535).default(9220),
  securityProfile: z
    .union([z.literal(0), z.literal(1), z.literal(2)])
    .default(0)
    .describe(
      '0: only who is called by its name, for programs of this machine. 1: with a password (Basic). 2: TLS and a password.',
    ),
  credentialsFile: z
    .string()
    .optional()
    .describe('One line `charge-point:scrypt-hash` each; write it with `hallwatt mqtt password`.'),
  tls: z.strictObject({ certificateFile: z.string(), keyFile: z.string() }).optional(),
  strict: z
    .boolean()
    .default(false)
    .describe(
      'Refuses messages that break the schema. Default: they are taken as far as they can be read, counted and logged.',
    ),
  authorize: z
    .enum(['any', 'own'])
    .default('any')
    .describe(
      'Whose card may charge: any, or none but the gateway’s own idTag (a remote start). No card is ever stored.',
    ),
  idTag: z.string().min(1).max(20).default('HALLWATT').describe('What the gateway starts transactions with.'),
  configure: z
    .boolean()
    .default(false)
    .describe('After every boot sets the keys the profile names: which values are sent, and how often.'),
  heartbeatS: z.int().min(5).max(86_400).default(60).describe('Told to charge points at boot.'),
  pingS: z
    .int()
    .min(1)
    .max(30)
    .default(30)
    .describe('How often the connection is tried; one that does not answer until the next is cut.'),
})

export type OcppSettings = z.infer<typeof ocppSettingsSchema>

/** One connector of a charge point that connects to us. */
export interface OcppConnection {
  readonly via: 'ocpp'
  readonly chargePoint: string
  readonly connector: number
}

interface ChargePointDevice {
  readonly id: string
  readonly profile: string
  readonly chargePoint?: string | undefined
  readonly connector?: number | undefined
}

type Report = (path: readonly PropertyKey[], message: string) => void

/** What hall.yaml says of a device against what its profile needs. */
export function reportChargePoint(
  device: ChargePointDevice,
  profile: Profile,
  isServed: boolean,
  at: readonly PropertyKey[],
  report: Report,
): void {
  if (!profile.ocpp) {
    for (const key of ['chargePoint', 'connector'] as const)
      if (device[key] !== undefined)
        report([...at, key], `${device.profile} does not speak OCPP and needs no ${key}: remove this line.`)
    return
  }
  if (device.chargePoint === undefined)
    report(at, `chargePoint is missing: ${device.profile} connects to the gateway and is known by its identity.`)
  if (!isServed)
    report([...at, 'profile'], `${device.profile} connects by OCPP: say where, for example "ocpp: { port: 9220 }".`)
}

/** Two devices for one connector would both be told of its transactions. */
export function reportSharedConnectors(devices: readonly ChargePointDevice[], report: Report): void {
  const seen = new Map<string, string>()
  devices.forEach((device, i) => {
    if (typeof device?.chargePoint !== 'string') return
    const key = `${device.chargePoint} ${device.connector ?? 1}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, device.id)
    else
      report(
        ['devices', i, 'connector'],
        `Connector ${device.connector ?? 1} of ${device.chargePoint} is ${first} already.`,
      )
  })
}

/** Without a password the identity alone says who it is; that is for programs of this machine only. */
export function reportOcppPort(ocpp: Partial<OcppSettings> | undefined, report: Report): void {
  if (typeof ocpp !== 'object' || ocpp === null) return
  const { host, securityProfile = 0, credentialsFile, tls } = ocpp
  if (securityProfile > 0 && credentialsFile === undefined)
    report(['ocpp', 'securityProfile'], `Security profile ${securityProfile} has passwords: set ocpp.credentialsFile.`)
  if (securityProfile === 2 && tls === undefined)
    report(['ocpp', 'securityProfile'], 'Security profile 2 is TLS: set ocpp.tls with certificateFile and keyFile.')
  if (securityProfile < 2 && tls !== undefined)
    report(['ocpp', 'tls'], 'Only security profile 2 has TLS: set securityProfile: 2.')
  if (securityProfile === 0 && credentialsFile !== undefined)
    report(['ocpp', 'credentialsFile'], 'Security profile 0 asks for no password: set securityProfile: 1 or 2.')
  if (typeof host !== 'string' || isLoopback(host) || securityProfile > 0) return
  report(
    ['ocpp', 'host'],
    `${host} opens the OCPP port to the network (HW_BIND_REFUSED). Set securityProfile: 2 (or 1 on a wired network of its own) and ocpp.credentialsFile, or bind to 127.0.0.1.`,
  )
}
