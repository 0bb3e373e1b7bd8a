import { z } from 'zod'
import { deviceKinds } from '../domain/device-kind.ts'
import { type Role, roles } from '../domain/role.ts'
import { askedDeviceShape } from './asked-device.ts'
import { chargePointShape, ocppSettingsSchema } from './charge-point-device.ts'
import { demosSchema } from './demos-schema.ts'
import { repairSchema } from './repair-schema.ts'

/** Ids go into topics, tags and addresses: lower-case words joined by hyphens. */
export const idSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'An id has lower-case letters, digits and single hyphens, for example "kiosk-02".')
  .max(64)

/** Second words of our own topics, and the name the gateway stores itself under: no device may be called so. */
const RESERVED = ['gateway', 'alarm', 'work-order', 'flow', 'flows']
const deviceIdSchema = idSchema.refine((id) => !RESERVED.includes(id), {
  error: `A device cannot be called ${RESERVED.join(', ')}: these names are the gateway’s own.`,
})

const portSchema = z.int().min(1).max(65535)
/** `127.0.0.1` unless the hall says otherwise; anything else needs credentials (HW_BIND_REFUSED). */
const bindSchema = z.string().default('127.0.0.1')

const linkTiming = {
  timeoutMs: z
    .int()
    .min(50)
    .max(30_000)
    .optional()
    .describe('How long a request may take before it counts as unanswered. Default: the profile’s, else 1000.'),
  gapMs: z
    .int()
    .min(0)
    .max(5_000)
    .optional()
    .describe('Pause between two requests on this link. Default: the largest a device on it needs.'),
}

export const linkSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('modbus-tcp'),
    host: z.string(),
    port: portSchema.default(502),
    ...linkTiming,
  }),
  z.strictObject({
    type: z.literal('modbus-rtu-over-tcp'),
    host: z.string(),
    port: portSchema,
    baud: z
      .int()
      .min(300)
      .max(115_200)
      .default(9600)
      .describe('Speed of the line behind the serial server, for the cost model.'),
    ...linkTiming,
  }),
  z.strictObject({
    type: z.literal('modbus-rtu'),
    path: z.string().describe('Serial port, for example /dev/ttyUSB0.'),
    baud: z.int().min(300).max(115_200).default(9600),
    parity: z.enum(['none', 'even', 'odd']).default('none'),
    dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
    stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
    ...linkTiming,
  }),
])

const serialSchema = z
  .strictObject({
    baud: z.int().min(300).max(115_200),
    parity: z.enum(['none', 'even', 'odd']),
    stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
  })
  .describe(
    'Serial port: settings of this device where they differ from the link’s; the port changes for each request.',
  )

const deviceSchema = z
  .strictObject({
    id: deviceIdSchema,
    name: z.string().min(1).max(80),
    profile: z.string().describe('Path below device-profiles without .yaml, for example eastron/sdm630.'),
    zone: idSchema,
    kind: z
      .enum(deviceKinds)
      .optional()
      .describe('What stands behind a general device such as a metering plug: cooker, lamp … Default: the profile’s.'),
    variant: z.string().optional().describe('Which register variant of the profile, where it has several.'),
    link: idSchema.optional().describe('Modbus, DL/T 645: which link of this file.'),
    unitId: z
      .int()
      .min(0)
      .max(255)
      .optional()
      .describe(
        'Modbus: 1–247 behind a serial line, 255 for a device with its own IP address. Default: the profile’s.',
      ),
    address: z
      .string()
      .regex(/^(AA)*(\d\d)*$/, 'Twelve digits as on the meter’s label, or AA for pairs of them from the left.')
      .length(12, 'An address has 12 digits; fill up with zeros on the left.')
      .optional()
      .describe('DL/T 645: the meter’s address, 12 digits; AAAAAAAAAAAA for the only meter of a line.'),
    serial: serialSchema.optional(),
    topic: z
      .record(z.string(), z.string())
      .optional()
      .describe('MQTT: values for the {names} in the profile’s topics.'),
    mqttUser: idSchema
      .optional()
      .describe(
        'MQTT: the broker user that publishes for this device. Default: the device’s own id; a bridge (Zigbee2MQTT) speaks for several.',
      ),
    periodMs: z
      .int()
      .min(100)
      .max(86_400_000)
      .optional()
      .describe('Normal period of new values. Default: the profile’s.'),
    ...askedDeviceShape,
    ...chargePointShape,
    commands: z
      .union([z.literal('all'), z.array(z.string()).min(1)], {
        error: 'Write "all", or a list of command names: [switch-on, switch-off].',
      })
      .optional()
      .describe('Which commands of the profile may be given. Without this line the device is read only.'),
    leastLoadW: z
      .number()
      .min(1)
      .max(100_000)
      .optional()
      .describe(
        'What the load behind a switch draws at least while it is on, W. Then “on” counts as done once the meter shows it. Leave it out for a load with a thermostat or a switch of its own.',
      ),
  })
  .describe('One device of the hall.')

const serviceSchema = z.strictObject({
  id: idSchema.describe('MQTT user name.'),
  name: z.string().min(1).max(80),
  roles: z
    .array(z.enum(roles as [Role, ...Role[]]))
    .default([])
    .describe('What it may command, as a person with these roles could. Without one it only reads.'),
})

export const hallSchema = z.strictObject({
  hall: z.strictObject({
    id: idSchema,
    name: z.string().min(1).max(80),
    type: z
      .enum(['center', 'comprehensive', 'professional', 'convenience', 'self-service'])
      .default('comprehensive')
      .describe('中心型, 综合型, 专业型, 便捷型, 智能自助'),
    timeZone: z.string().default('Asia/Shanghai'),
  }),
  zones: z.array(z.strictObject({ id: idSchema, name: z.string().min(1).max(80) })).min(1),
  links: z.record(idSchema, linkSchema).default({}),
  devices: z.array(deviceSchema).max(2000).default([]),
  services: z
    .array(serviceSchema)
    .max(100)
    .default([])
    .describe('MQTT clients that are no device: Node-RED, a building system. They read every topic of the hall.'),
  broker: z
    .strictObject({
      host: bindSchema,
      port: portSchema.default(1883),
      tls: z
        .strictObject({
          port: portSchema.default(8883),
          certificateFile: z.string(),
          keyFile: z.string(),
          clientCaFile: z
            .string()
            .optional()
            .describe('When set, a client certificate signed by it is asked for; its common name is the user name.'),
        })
        .optional(),
      websocket: z.strictObject({ port: portSchema.default(9001) }).optional(),
      credentialsFile: z
        .string()
        .optional()
        .describe('One line `user:scrypt-hash` per device or service; write it with `hallwatt mqtt password`.'),
      maxPacketBytes: z
        .int()
        .min(1024)
        .max(16 * 1024 * 1024)
        .default(256 * 1024),
      maxClients: z.int().min(1).max(10_000).default(1000),
      maxMessagesPerSecond: z
        .int()
        .min(1)
        .max(100_000)
        .default(500)
        .describe(
          'Per client; above it the client is slowed down (QoS 1) or its messages are dropped and counted (QoS 0).',
        ),
      maxInflight: z.int().min(1).max(1000).default(100),
      maxOfflineMessages: z
        .int()
        .min(0)
        .max(100_000)
        .default(1000)
        .describe('Per persistent session; the oldest go first.'),
      maxRetainedMessages: z.int().min(0).max(1_000_000).default(20_000),
    })
    .prefault({}),
  ocpp: ocppSettingsSchema
    .optional()
    .describe('Where charge points connect (OCPP 1.6 JSON). Without it there is no such port.'),
  http: z.strictObject({ host: bindSchema, port: portSchema.default(8080) }).prefault({}),
  store: z
    .strictObject({
      path: z.string().default('data').describe('Folder of the embedded store, relative to this file.'),
      maxBytes: z
        .int()
        .min(1024 * 1024)
        .default(2 * 1024 ** 3),
      rawHours: z
        .number()
        .min(1)
        .max(24 * 366)
        .default(48),
      rollupDays: z.number().min(1).max(3660).default(400),
    })
    .prefault({}),
  repair: repairSchema.prefault({}),
  demos: demosSchema.prefault({}),
  dashboards: z
    .strictObject({
      grafanaUrl: z
        .url({
          protocol: /^https?$/,
          error: 'The address of Grafana starts with http:// or https://, for example "http://127.0.0.1:3000".',
        })
        .optional()
        .describe('Under which people reach Grafana; the console links to its dashboards.'),
      mainMeter: idSchema
        .optional()
        .describe(
          'The device that measures what the whole hall takes from the grid: energy of today on the first page.',
        ),
    })
    .prefault({}),
  flows: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe('Runs Node-RED beside the gateway; administrators find its editor at /flows.'),
      role: z
        .enum(roles)
        .default('viewer')
        .describe('What flows may do with devices, as if somebody with this role asked. A viewer may command nothing.'),
      listeners: z
        .array(idSchema)
        .max(50)
        .default([])
        .describe('MQTT users that read what flows publish for them below hallwatt/<hall>/flow/<user>/.'),
      extraNodes: z
        .array(z.enum(['http', 'tcp', 'udp', 'websocket']))
        .default([])
        .describe('Core nodes for other networks (`http`: the full http request node); left out unless named here.'),
    })
    .prefault({}),
  influx: z
    .strictObject({
      url: z.url({
        protocol: /^https?$/,
        error: 'The address of InfluxDB starts with http:// or https://, for example "http://127.0.0.1:8086".',
      }),
      api: z
        .enum(['v2', 'v1'])
        .default('v2')
        .describe('v2: /api/v2/write (InfluxDB 2 and 3, VictoriaMetrics). v1: /write (InfluxDB 1.x).'),
      org: z.string().default('hallwatt'),
      bucket: z.string().default('hallwatt').describe('InfluxDB 2 bucket, or the database of InfluxDB 1.x.'),
      gzip: z.boolean().default(true),
      batchLines: z.int().min(1).max(20_000).default(5000),
      timeoutMs: z.int().min(100).max(120_000).default(10_000),
    })
    .optional()
    .describe('Token: environment HALLWATT_INFLUX_TOKEN or HALLWATT_INFLUX_TOKEN_FILE (for 1.x user:password).'),
})

export type Hall = z.infer<typeof hallSchema>
export type Link = z.infer<typeof linkSchema>
export type SerialSettings = z.infer<typeof serialSchema>
export type BrokerSettings = Hall['broker']
export type StoreSettings = Hall['store']
export type InfluxSettings = NonNullable<Hall['influx']>
