import { timingSafeEqual } from 'node:crypto'
import { join, resolve } from 'node:path'
import type { Alarm } from '../alarms/alarm.ts'
import type { Broker, ClientGrant } from '../broker/broker.ts'
import type { Credentials } from '../broker/credentials.ts'
import type { Commands } from '../commands/command.ts'
import type { Hall } from '../config/hall-schema.ts'
import { isLoopback } from '../config/loopback.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { readSecret } from '../config/secrets.ts'
import type { DemoRuns } from '../demo-runs/demo-run.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import { prepareFlowFolder } from '../flows/flow-folder.ts'
import {
  createFlows,
  type FlowAlarm,
  type FlowAnswer,
  type FlowAsk,
  type FlowOrder,
  type Flows,
} from '../flows/flows.ts'
import { FLOWS_PROJECT, launchNodeRed } from '../flows/launch-node-red.ts'
import type { RepairViews } from '../http/views.ts'
import type { Readings } from '../readings/readings.ts'
import { ORDER_STATES, type WorkOrder } from '../work-orders/work-order.ts'
import { createFlowDemos, FLOW_BEAT_EVERY_MS } from './flow-demos.ts'
import type { GatewayOptions, Opened } from './opened.ts'

/** The MQTT user of the flows; no device may be called so. */
export const FLOWS_USER = 'flows'

/** What flows may read and write on the broker. A command topic is not among it: commands go through their room. */
export function flowGrants({ hall, flows }: Hall): ClientGrant[] {
  if (!flows.enabled) return []
  const below = `hallwatt/${hall.id}`
  return [
    { user: FLOWS_USER, publish: [`${below}/flow/#`], subscribe: [`${below}/#`] },
    ...flows.listeners.map((user) => ({ user, publish: [], subscribe: [`${below}/flow/${user}/#`] })),
  ]
}

/** The flows’ password is made anew at every start and stands in no file. */
export function withFlowsUser<C extends Credentials>(credentials: C, password: string): C {
  const expected = Buffer.from(password)
  return {
    ...credentials,
    has: (user) => user === FLOWS_USER || credentials.has(user),
    async verify(user, sent) {
      if (user !== FLOWS_USER) return credentials.verify(user, sent)
      return sent.length === expected.length && timingSafeEqual(sent, expected) ? 'right' : 'wrong'
    },
  }
}

/**
 * Node-RED, when the hall wants it. It starts beside the gateway: nothing here waits until it runs.
 * @throws HallwattError HW_FLOW_FOLDER, HW_FILE_UNREADABLE (a secret file)
 */
export async function openFlows(
  parts: {
    hall: () => ResolvedHall
    readings: Readings
    repair: Pick<RepairViews, 'openAlarms' | 'openOrders' | 'order' | 'onStep' | 'alarmHistory' | 'orderHistory'>
    broker: Pick<Broker, 'addresses'>
    /** Of FLOWS_USER at the broker. */
    password: string
    /** Absent: this gateway cannot command devices. */
    command?: Commands['request']
    demos: DemoRuns
  },
  options: GatewayOptions,
  opened: Opened,
): Promise<Flows | undefined> {
  const { hall, readings, repair } = parts
  const { clock, log, random, environment } = options
  const settings = hall().hall
  if (!settings.flows.enabled) return undefined

  const folder = await prepareFlowFolder(
    join(resolve(options.folder, settings.store.path), 'flows'),
    FLOWS_PROJECT,
    environment,
  )
  const { host, port } = parts.broker.addresses().tcp
  const views = flowViews(hall)
  const demos = createFlowDemos(parts.demos)
  opened.every(FLOW_BEAT_EVERY_MS, demos.beat)
  const flows = createFlows({
    launch: () => launchNodeRed({ ...folder, environment }),
    start: {
      hall: { id: settings.hall.id, name: settings.hall.name, timeZone: settings.hall.timeZone },
      ...folder,
      extraNodes: settings.flows.extraNodes,
      mqtt: { host: reachable(host), port, user: FLOWS_USER, password: parts.password },
      environment: flowEnvironment(environment),
    },
    world: {
      describe: (device) => hall().devices.get(device),
      readings: () => readings.all(),
      openAlarms: () => repair.openAlarms().map((alarm) => views.alarm(alarm, 'open', alarm.raisedAt)),
      openOrders: () => repair.openOrders().map(views.order),
      ask: createAnswers({ ...parts, demos }, views),
    },
    clock,
    log,
    random,
  })
  opened.add(() => flows.close())
  opened.add(readings.onChange(flows.takeReadings))
  opened.add(
    repair.onStep(({ transitions, orderEvents }) => {
      for (const { alarm, cause, at } of transitions) flows.takeAlarm(views.alarm(alarm, cause, at))
      const changed = new Set(orderEvents.map(({ order }) => order))
      for (const order of repair.openOrders()) if (changed.delete(order.id)) flows.takeOrder(views.order(order))
      // What is left was closed; it is read from the store, which has it already.
      for (const id of changed) void tellClosed(id)
    }),
  )
  return flows

  async function tellClosed(id: string): Promise<void> {
    const order = await repair.order(id).catch(() => undefined) // the store reports its own trouble
    if (order) flows.takeOrder(views.order(order))
  }
}

function createAnswers(
  parts: Pick<Parameters<typeof openFlows>[0], 'hall' | 'repair' | 'command'> & { demos: FlowDemos },
  views: ReturnType<typeof flowViews>,
) {
  const { hall, repair, command, demos } = parts

  async function answer(ask: FlowAsk): Promise<FlowAnswer> {
    if (ask.what === 'command') {
      if (!command) return refusal('HW_FLOW_NOT_AVAILABLE', 'This gateway cannot command devices.')
      const { what: _, flow, ...request } = ask
      const { role } = hall().hall.flows
      const record = await command({
        ...withoutUndefined(request),
        by: `flow:${flow}`,
        roles: [role],
        via: 'flow',
        trace: flow,
      })
      return { ok: true, value: record }
    }
    if (ask.what === 'demo') return demos.answer(ask, hall().hall.flows.role)
    const span = ask.from === undefined ? undefined : { from: ask.from, to: ask.to ?? Number.MAX_SAFE_INTEGER }
    if (ask.what === 'orders') {
      const orders = span ? await repair.orderHistory(span) : repair.openOrders()
      return { ok: true, value: orders.slice(-MOST_TOLD).map(views.order) }
    }
    const alarms = span
      ? (await repair.alarmHistory({ ...span, limit: MOST_TOLD })).map(({ alarm, cause, at }) =>
          views.alarm(alarm, cause, at),
        )
      : repair.openAlarms().map((alarm) => views.alarm(alarm, 'open', alarm.raisedAt))
    return { ok: true, value: alarms }
  }

  return (ask: FlowAsk) =>
    answer(ask).catch((error: unknown) =>
      refusal('HW_INTERNAL', error instanceof Error ? error.message : String(error)),
    )
}

/** One answer to a flow; a shift has some dozens. */
const MOST_TOLD = 2000

type FlowDemos = ReturnType<typeof createFlowDemos>

const refusal = (code: ErrorCode, message: string): FlowAnswer => ({ ok: false, code, message })

/** Alarms and orders as flows see them: with names, without people. */
function flowViews(hall: () => ResolvedHall) {
  const place = (id: string) => {
    const device = hall().devices.get(id)
    return { device: id, deviceName: device?.name ?? id, zone: device?.zone ?? '', kind: device?.kind ?? '' }
  }
  return {
    alarm(alarm: Alarm, cause: string, at: number): FlowAlarm {
      const { device, code, part } = alarm.fault
      const { impact, firstAction } = faultFacts(code, part, hall().devices.get(device)?.kind)
      const { zh, en } = FAULT_CODES[code]
      return {
        ...place(device),
        id: alarm.id,
        code,
        part,
        name: { zh, en },
        priority: alarm.priority,
        state: alarm.state,
        condition: alarm.condition,
        acknowledged: alarm.acknowledged !== undefined,
        quiet: alarm.suppressed !== undefined || alarm.shelved !== undefined,
        impact,
        firstAction,
        raisedAt: alarm.raisedAt,
        cause,
        at,
      }
    },
    order(order: WorkOrder): FlowOrder {
      const { zh, en } = ORDER_STATES[order.state]
      const createdAt = order.events[0]?.at ?? 0
      return {
        ...place(order.device),
        id: order.id,
        state: order.state,
        stateName: { zh, en },
        priority: order.priority,
        text: order.text,
        faults: order.faults.map(({ code }) => code),
        createdAt,
        at: order.events.at(-1)?.at ?? createdAt,
      }
    },
  }
}

/** `HALLWATT_FLOW_…` is the flows’ own; secrets among it may come as `…_FILE`. */
function flowEnvironment(environment: GatewayOptions['environment']): Record<string, string> {
  const own: Record<string, string> = {}
  for (const key of Object.keys(environment)) {
    if (!key.startsWith('HALLWATT_FLOW_')) continue
    const name = key.replace(/_FILE$/, '')
    const value = readSecret(environment, name)
    if (value !== undefined) own[name] = value
  }
  return own
}

/** A broker that listens on every address is reached on this machine’s own. */
const reachable = (host: string): string =>
  host === '0.0.0.0' || host === '::' || isLoopback(host) ? '127.0.0.1' : host

const withoutUndefined = <T extends object>(from: T) =>
  Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>
  }
