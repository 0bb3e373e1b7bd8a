import { z } from 'zod'
import type { Hall } from '../config/hall-schema.ts'
import type { BadReason, Quality, Value } from '../domain/frame.ts'
import type { Priority } from '../domain/priority.ts'

/**
 * What the gateway and the Node-RED process say to each other, as JSON over the channel Node.js gives a child. Flows are written
 * by people: everything that comes from there goes through `fromFlowsSchema` before it is believed.
 */
export type ToFlows =
  | { readonly type: 'start'; readonly start: FlowStart }
  | { readonly type: 'ping'; readonly n: number }
  | ({ readonly type: 'events' } & FlowEvents)
  | { readonly type: 'answer'; readonly id: number; readonly answer: FlowAnswer }
  | { readonly type: 'stop' }

/** Everything the process needs to know; secrets come this way because an environment is inherited and listed. */
export interface FlowStart {
  readonly hall: { readonly id: string; readonly name: string; readonly timeZone: string }
  /** Where flows, credentials and settings of this hall lie. */
  readonly folder: string
  /** Unix domain socket the editor listens on. */
  readonly socket: string
  /** Who knows it speaks for the gateway: `<key>.<user>` in the header `x-hallwatt-flows`. New at every start. */
  readonly key: string
  /** Encrypts the credentials of nodes on disk. */
  readonly credentialSecret: string
  /** Flows are loaded and not run, so that a person can repair the one that brought the process down. */
  readonly safeMode: boolean
  /** Core nodes that are left out unless the hall asks for them. */
  readonly extraNodes: readonly ExtraNode[]
  /** For the MQTT nodes of flows. */
  readonly mqtt: { readonly host: string; readonly port: number; readonly user: string; readonly password: string }
  /** Environment of the flows: `HALLWATT_FLOW_…` and nothing else. */
  readonly environment: Readonly<Record<string, string>>
}

/** Nodes that open ports or speak raw protocols to anywhere. */
export type ExtraNode = Hall['flows']['extraNodes'][number]

export interface FlowEvents {
  readonly readings?: readonly FlowReading[]
  readonly alarms?: readonly FlowAlarm[]
  readonly orders?: readonly FlowOrder[]
}

/** `snapshot`: it was so already when the flow began to listen. */
interface Told {
  readonly snapshot?: true
}

interface OfDevice {
  readonly device: string
  readonly deviceName: string
  readonly zone: string
  readonly kind: string
}

export interface FlowReading extends Told, OfDevice {
  readonly quantity: string
  /** Null when no value ever came. */
  readonly value: Value | null
  /** Canonical unit; '' for states, counts and ratios. */
  readonly unit: string
  readonly quality: Quality
  readonly reason?: BadReason
  /** Unix ms at which the value was read. */
  readonly at: number
}

interface Bilingual {
  readonly zh: string
  readonly en: string
}

export interface FlowAlarm extends Told, OfDevice {
  readonly id: string
  readonly code: string
  readonly part: string
  readonly name: Bilingual
  readonly priority: Priority
  readonly state: 'normal' | 'unacknowledged' | 'acknowledged' | 'returnedUnacknowledged'
  readonly condition: 'present' | 'cleared' | 'unknown'
  readonly acknowledged: boolean
  /** Suppressed or shelved: nobody is to be called. */
  readonly quiet: boolean
  readonly impact: Bilingual
  readonly firstAction: Bilingual
  readonly raisedAt: number
  /** Why it is told now: raised, acknowledged, cleared … */
  readonly cause: string
  readonly at: number
}

export interface FlowOrder extends Told, OfDevice {
  readonly id: string
  readonly state: string
  readonly stateName: Bilingual
  readonly priority: Priority
  readonly text: string
  readonly faults: readonly string[]
  readonly createdAt: number
  readonly at: number
}

export type FlowAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string }

const wordSchema = z.string().max(128)
/** What a flow is called: the label of its tab. It stands in the audit log after `flow:`. */
const flowNameSchema = z
  .string()
  .max(64)
  .regex(/^[\p{L}\p{N} ._→-]+$/u)
const instantSchema = z.number().int().min(0)

/** Which readings a node wants; an absent word wants all. */
const readingFilterSchema = z.strictObject({
  device: wordSchema.optional(),
  quantity: wordSchema.optional(),
  zone: wordSchema.optional(),
  kind: wordSchema.optional(),
})
export type ReadingFilter = z.infer<typeof readingFilterSchema>

/** Filters one hall’s flows may have. */
const MAX_FILTERS = 500

/** All that flows listen to; replaces what was asked for before. */
const subscriptionSchema = z.strictObject({
  readings: z.array(readingFilterSchema).max(MAX_FILTERS),
  alarms: z.boolean(),
  orders: z.boolean(),
})
const valueSchema = z.union([z.number(), z.string().max(1024), z.boolean()])
const askSchema = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('command'),
    flow: flowNameSchema,
    device: wordSchema,
    command: wordSchema,
    value: valueSchema.optional(),
    reason: z.string().max(200).optional(),
    revertAfterS: z.number().int().min(1).max(86_400).optional(),
  }),
  z.strictObject({
    what: z.literal('demo'),
    flow: flowNameSchema,
    act: z.enum(['start', 'stop', 'state']),
    scenario: wordSchema,
  }),
  z.strictObject({ what: z.enum(['alarms', 'orders']), from: instantSchema.optional(), to: instantSchema.optional() }),
])
/** Something a flow wants done or wants to know. */
export type FlowAsk = z.infer<typeof askSchema>

export const fromFlowsSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), flows: z.number().int() }),
  z.strictObject({ type: z.literal('pong'), n: z.number().int() }),
  z.strictObject({ type: z.literal('subscribe'), subscription: subscriptionSchema }),
  z.strictObject({ type: z.literal('ask'), id: z.number().int(), ask: askSchema }),
  // Cut by the sender; a node may complain thousands of times a second and is told about once.
  z.strictObject({
    type: z.literal('complaint'),
    level: z.enum(['error', 'warn']),
    flow: z.string().max(64),
    node: z.string().max(64),
    text: z.string().max(300),
    count: z.number().int().min(1),
  }),
])
export type FromFlows = z.infer<typeof fromFlowsSchema>
