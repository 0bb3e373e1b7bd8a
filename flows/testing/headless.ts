import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { FlowAlarm, FlowAnswer, FlowAsk, FlowOrder, FlowReading } from '../../gateway/src/flows/flow-messages.ts'
import { createLink } from '../runtime/link.ts'
import type { FlowNode } from '../runtime/tab-files.ts'

const require = createRequire(import.meta.url)

/** What is used of node-red-node-test-helper. */
interface Helper {
  init(runtime: string): void
  settings(settings: object): void
  load(nodes: unknown[], flow: object[], credentials: object): Promise<void>
  unload(): Promise<void>
  startServer(done: () => void): void
  stopServer(done: () => void): void
  getNode(id: string): {
    on(event: 'input', hears: (message: FlowMessage) => void): void
    receive(message: object): void
  }
}

/** A message as Node-RED passes it from node to node. */
export interface FlowMessage {
  readonly topic?: string
  // biome-ignore lint/suspicious/noExplicitAny: a payload is whatever a flow makes of it
  readonly payload?: any
  readonly [property: string]: unknown
}

const helper = require('node-red-node-test-helper') as Helper
helper.init(require.resolve('node-red'))

const core = (file: string) => require(`@node-red/nodes/core/${file}`)
const own = (name: string) => require(`../nodes/hallwatt-${name}.js`)
const MODULES = () => [
  ...['common/20-inject.js', 'function/10-function.js', 'function/89-delay.js'].map(core),
  core('storage/10-file.js'),
  ...['reading', 'alarm', 'order', 'command', 'demo', 'http'].map(own),
]

/**
 * Runs a shipped flow file as it is, but for its ends: MQTT nodes become listeners, and `change` may shorten times.
 * @param answer  what the gateway answers to the flow’s questions
 */
export async function runFlow(
  nodes: readonly FlowNode[],
  options: {
    readonly environment?: Record<string, string>
    /** Values of the tab’s own settings. */
    readonly settings?: Record<string, number | string>
    readonly change?: Record<string, object>
    readonly folder?: string
    readonly answer?: (ask: FlowAsk) => FlowAnswer
  } = {},
) {
  const { environment = {}, settings = {}, change = {}, answer } = options
  Object.assign(process.env, { HALLWATT_HALL: 'donghu', HALLWATT_HALL_NAME: '东湖营业厅', ...environment })
  const asks: FlowAsk[] = []
  const { link, open, takeEvents, takeAnswer } = createLink((message) => {
    if (message.type !== 'ask') return true
    asks.push(message.ask)
    const answered = answer?.(message.ask) ?? { ok: false, code: 'HW_FLOW_NOT_AVAILABLE', message: 'nobody answers' }
    queueMicrotask(() => takeAnswer(message.id, answered))
    return true
  })
  open()
  const run = nodes.map((node) => ({
    ...node,
    ...(node.type.startsWith('mqtt') && { type: 'helper' }),
    ...(node.type === 'tab' && { env: tabSettings(node, settings) }),
    ...change[node.id],
  }))
  helper.settings({ hallwatt: link, ...(options.folder && { fileWorkingDirectory: options.folder }) })
  await new Promise<void>((resolve) => helper.startServer(resolve))
  await helper.load(MODULES(), run, {})
  onTestFinished(async () => {
    await helper.unload()
    await new Promise<void>((resolve) => helper.stopServer(resolve))
    for (const name of Object.keys(environment)) delete process.env[name]
  })
  return {
    asks,
    tell: {
      alarm: (alarm: FlowAlarm) => takeEvents({ alarms: [alarm] }),
      order: (order: FlowOrder) => takeEvents({ orders: [order] }),
      reading: (reading: FlowReading) => takeEvents({ readings: [reading] }),
    },
    put: (id: string, message: object) => helper.getNode(id).receive(message),
    /** Everything that reached a node from now on, and the way to wait for the next. */
    at: (id: string) => arrivals(helper.getNode(id)),
  }
}

/** The nodes of a shipped flow file. */
export const shipped = (name: string): FlowNode[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', `${name}.json`), 'utf8')) as FlowNode[]

const tabSettings = (tab: FlowNode, settings: Record<string, number | string>) =>
  (tab.env as { name: string; value: string }[]).map((one) =>
    one.name in settings ? { ...one, value: String(settings[one.name]) } : one,
  )

function arrivals(node: ReturnType<Helper['getNode']>) {
  const messages: FlowMessage[] = []
  const waiting: ((message: FlowMessage) => void)[] = []
  node.on('input', (message) => {
    const next = waiting.shift()
    if (next) next(message)
    else messages.push(message)
  })
  return {
    messages,
    next: () =>
      new Promise<FlowMessage>((resolve) => {
        const [first] = messages.splice(0, 1)
        if (first) resolve(first)
        else waiting.push(resolve)
      }),
  }
}
