// The Node-RED process. Started by the gateway with a channel to it, told everything by the first message, ended with it.
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { FlowStart, FromFlows, ToFlows } from '../../gateway/src/flows/flow-messages.ts'
import { createComplaints, type NodeLog } from './complaints.ts'
import { createLink } from './link.ts'
import { nodeRedSettings, ROOT } from './node-red-settings.ts'
import { createStorage } from './storage.ts'

/** What this program uses of Node-RED. */
interface NodeRed {
  init(server: unknown, settings: object): void
  start(): Promise<void>
  stop(): Promise<void>
  readonly httpAdmin: RequestListener
  readonly events: { on(event: string, listener: (event?: { id?: string; payload?: object }) => void): void }
}

const COMPLAIN_EVERY_MS = 10_000
/** From the flows being read until they run; nodes that hold up longer are waited for no more. */
const DECIDES_WITHIN_MS = 5000

const { link, takeEvents, takeAnswer, open } = createLink(tell)

function tell(message: FromFlows): boolean {
  if (!process.connected) return false
  process.send?.(message)
  return true
}

process.on('message', (message: ToFlows) => {
  if (message.type === 'ping') tell({ type: 'pong', n: message.n })
  else if (message.type === 'events') takeEvents(message)
  else if (message.type === 'answer') takeAnswer(message.id, message.answer)
  else if (message.type === 'stop') process.exit(0)
  else void start(message.start)
})
// The gateway is gone, however it went: without it there is nothing to do.
process.on('disconnect', () => process.exit(0))
// Output of `console` in function nodes goes nowhere: nobody reads it, and a full pipe would hold up this process.
for (const method of ['log', 'info', 'debug', 'warn', 'error', 'trace'] as const) console[method] = () => {}

async function start(start: FlowStart): Promise<void> {
  const { mqtt, hall } = start
  Object.assign(process.env, start.environment, {
    TZ: hall.timeZone,
    HALLWATT_HALL: hall.id,
    HALLWATT_HALL_NAME: hall.name,
    // Only a whole field may come from the environment, not a part of it.
    HALLWATT_WORK_ORDER_TOPIC: `hallwatt/${hall.id}/work-order/+`,
    HALLWATT_MQTT_HOST: mqtt.host,
    HALLWATT_MQTT_PORT: String(mqtt.port),
    HALLWATT_MQTT_USER: mqtt.user,
    HALLWATT_MQTT_PASSWORD: mqtt.password,
  })
  const red = createRequire(import.meta.url)('node-red') as NodeRed
  const storage = createStorage(start.folder)
  const complaints = createComplaints({
    send: tell,
    flowName: (tab) => storage.label(tab ?? ''),
    monotonicMs: () => performance.now(),
  })
  setInterval(complaints.tick, COMPLAIN_EVERY_MS).unref()

  const server = createServer()
  red.init(server, nodeRedSettings({ start, storage, link, log: (entry) => complaints.take(entry as NodeLog) }))
  const begun = flowsBegun(red, storage.read)
  server.on('request', (request, response) => {
    const path = request.url ?? ''
    if (!/^\/flows([/?]|$)/.test(path)) {
      response.writeHead(404).end()
      return
    }
    // As a root app of Express would hand it on, without having one.
    Object.assign(request, { originalUrl: path, url: path.slice(ROOT.length).replace(/^(?!\/)/, '/') })
    red.httpAdmin(request, response)
  })
  rmSync(start.socket, { force: true })
  await red.start()
  await begun
  await new Promise<void>((resolve) => server.listen(start.socket, resolve))
  chmodSync(start.socket, 0o600)
  tell({ type: 'ready', flows: storage.tabs() })
  open()
}

/**
 * Resolves when the flows run, or when Node-RED says why they do not (safe mode, stopped by a person, a type that is missing);
 * of a file that cannot be read it says nothing. In each case the editor has to open: there it is repaired.
 */
async function flowsBegun(red: NodeRed, read: Promise<void>): Promise<void> {
  const decided = new Promise<void>((resolve) => {
    red.events.on('flows:started', () => resolve())
    red.events.on('runtime-event', (event) => {
      if (event?.id === 'runtime-state' && event.payload) resolve()
    })
  })
  await read
  await Promise.race([decided, new Promise((resolve) => setTimeout(resolve, DECIDES_WITHIN_MS))])
}
