import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const linkSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('modbus-tcp'), host: z.string(), port: z.number().default(502) }),
  z.object({
    type: z.literal('modbus-rtu-over-tcp'),
    host: z.string(),
    port: z.number(),
    baud: z.number().default(9600),
  }),
  z.object({ type: z.literal('modbus-rtu'), path: z.string() }),
])

/** What the simulators need of a hall file; everything else in it is the gateway's. */
const hallFileSchema = z.object({
  hall: z.object({ id: z.string() }),
  links: z.record(z.string(), linkSchema).default({}),
  devices: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        profile: z.string(),
        variant: z.string().optional(),
        link: z.string().optional(),
        /** Of a device that is asked over the network. */
        host: z.string().optional(),
        port: z.number().optional(),
        unitId: z.number().optional(),
        /** Of a DL/T 645 meter, twelve digits. */
        address: z.string().optional(),
        topic: z.record(z.string(), z.string()).default({}),
        /** The user a bridge publishes with on behalf of this device. */
        mqttUser: z.string().optional(),
        /** Of a device without a line of its own: the meter that says what it draws. */
        meter: z.string().optional(),
        /** Identity of a charge point, and which connector of it. */
        chargePoint: z.string().optional(),
        connector: z.number().optional(),
      }),
    )
    .default([]),
  /** Where charge points connect. */
  ocpp: z.object({ host: z.string().default('127.0.0.1'), port: z.number().default(9220) }).optional(),
  broker: z.object({ host: z.string().default('127.0.0.1'), port: z.number().default(1883) }).prefault({}),
})

export type HallFile = z.infer<typeof hallFileSchema>
export type HallDevice = HallFile['devices'][number]

/** Reads a hall file. Throws with the file's name when it is not one. */
export function readHallFile(path: string): HallFile {
  const parsed = hallFileSchema.safeParse(parse(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path} is not a hall file:\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}

const credentialsSchema = z.record(z.string(), z.string())
/** MQTT user → password. Never printed. */
export type Credentials = z.infer<typeof credentialsSchema>

export function readCredentials(path: string): Credentials {
  const parsed = credentialsSchema.safeParse(jsonOf(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path} must be a JSON object of "user": "password".`)
  return parsed.data
}

/** Undefined for text that is not JSON: the parser's own message would quote the text, and with it a password. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
