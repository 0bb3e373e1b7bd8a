import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { quantityOf } from '../domain/quantity.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { DeviceState, StateChange } from '../readings/readings.ts'
import { createEventQueue, type EventQueueStats } from './event-queue.ts'
import type { FlowAlarm, FlowAnswer, FlowAsk, FlowOrder, FlowReading, FlowStart, FromFlows } from './flow-messages.ts'
import { type FlowProcessLimits, type FlowProcessStats, keepFlowProcess } from './flow-process.ts'
import { createReadingFilter } from './reading-filter.ts'

export type { FlowAlarm, FlowAnswer, FlowAsk, FlowOrder } from './flow-messages.ts'

/** What flows may see and do; everything is a function of the gateway, so nothing goes around its rules. */
export interface FlowWorld {
  describe(device: string): { readonly name: string; readonly zone: string; readonly kind: string } | undefined
  readings(): readonly DeviceState[]
  openAlarms(): readonly FlowAlarm[]
  openOrders(): readonly FlowOrder[]
  /** Never rejects. */
  ask(ask: FlowAsk): Promise<FlowAnswer>
}

export interface FlowsParts {
  readonly launch: () => ChildProcess
  /** Without the key and the mode, which change with every start. */
  readonly start: Omit<FlowStart, 'key' | 'safeMode'>
  readonly world: FlowWorld
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly limits?: Partial<FlowProcessLimits>
}

/** Where the editor listens, for the reverse proxy. */
export interface FlowsTarget {
  readonly socket: string
  readonly key: string
}

export interface FlowsStats extends FlowProcessStats, EventQueueStats {
  readonly sentReadings: number
  readonly sentChanges: number
  readonly asked: number
  readonly refusedAsks: number
  /** Errors and warnings that nodes had, all of them. */
  readonly complaints: number
}

export interface Flows {
  /** Undefined while Node-RED starts. */
  target(): FlowsTarget | undefined
  takeReadings(change: StateChange): void
  takeAlarm(alarm: FlowAlarm): void
  takeOrder(order: FlowOrder): void
  stats(): FlowsStats
  close(): Promise<void>
}

/** Readings are gathered for so long; alarms and orders go at once. */
const GATHER_MS = 50
/** Questions and commands under way at the same time; one more is refused with HW_FLOW_BUSY. */
const MAX_ASKS = 32

/** Node-RED as a process of its own, and what goes to and fro. It may hang, flood or die: the gateway goes on. */
export function createFlows(parts: FlowsParts): Flows {
  const { world, clock, log } = parts
  const queue = createEventQueue()
  const total = { sentReadings: 0, sentChanges: 0, asked: 0, refusedAsks: 0, complaints: 0 }
  const closed = new AbortController()
  let filter = createReadingFilter([])
  let wants = { alarms: false, orders: false }
  let key = ''
  let sending = false
  let gathering = false
  let asks = 0
  /** Told apart by it: what a process asked must not be answered to its successor. */
  let lives = 0

  const process = keepFlowProcess({
    ...parts,
    startWith(safeMode) {
      key = randomBytes(32).toString('base64url')
      return { ...parts.start, key, safeMode }
    },
    onUp: forget,
    onDown: forget,
    onMessage: take,
  })

  function forget(): void {
    queue.clear()
    sending = false
    asks = 0
    lives += 1
  }

  function take(message: FromFlows): void {
    if (message.type === 'subscribe') {
      filter = createReadingFilter(message.subscription.readings)
      wants = message.subscription
      tellPresent()
    } else if (message.type === 'ask') void answer(message.id, message.ask)
    else if (message.type === 'complaint') {
      total.complaints += message.count
      const { level, flow, node, count } = message
      log.warn({ code: 'HW_FLOW_COMPLAINT', level, flow, node, count }, `Flow "${flow}": ${message.text}`)
    }
  }

  async function answer(id: number, ask: FlowAsk): Promise<void> {
    const asker = lives
    total.asked += 1
    if (asks >= MAX_ASKS) {
      total.refusedAsks += 1
      const message = `${MAX_ASKS} questions and commands of flows are under way.`
      process.send({ type: 'answer', id, answer: { ok: false, code: 'HW_FLOW_BUSY', message } })
      return
    }
    asks += 1
    const answered = await world.ask(ask)
    if (asker !== lives) return
    asks -= 1
    process.send({ type: 'answer', id, answer: answered })
  }

  /** What is so already, for whoever begins to listen. */
  function tellPresent(): void {
    for (const state of world.readings()) addReadings(state, [...state.readings.keys()], true)
    if (wants.alarms) for (const alarm of world.openAlarms()) queue.addAlarm({ ...alarm, snapshot: true })
    if (wants.orders) for (const order of world.openOrders()) queue.addOrder({ ...order, snapshot: true })
    flush()
  }

  function addReadings(state: DeviceState, quantities: readonly string[], snapshot: boolean): boolean {
    const about = world.describe(state.device)
    const place = about && { device: state.device, zone: about.zone, kind: about.kind }
    if (!place || !filter.wantsDevice(place)) return false
    for (const quantity of quantities) {
      const reading = state.readings.get(quantity)
      if (!reading || !filter.wants(place, quantity)) continue
      queue.addReading({
        ...place,
        deviceName: about.name,
        quantity,
        value: reading.value ?? null,
        unit: quantityOf(quantity)?.unit ?? '',
        quality: reading.quality,
        ...(reading.reason && { reason: reading.reason }),
        at: reading.at,
        ...(snapshot && { snapshot: true as const }),
      } satisfies FlowReading)
    }
    return true
  }

  /** One message at a time: the next goes when the channel has taken this one, so what waits, waits here and is bounded. */
  function flush(): void {
    if (sending) return
    const batch = queue.take()
    if (!batch) return
    const life = lives
    sending = process.send({ type: 'events', ...batch }, () => {
      if (life !== lives) return
      sending = false
      flush()
    })
    if (!sending) return
    total.sentReadings += batch.readings?.length ?? 0
    total.sentChanges += (batch.alarms?.length ?? 0) + (batch.orders?.length ?? 0)
  }

  function gather(): void {
    if (gathering) return
    gathering = true
    clock
      .sleep(GATHER_MS, closed.signal)
      .then(() => {
        gathering = false
        flush()
      })
      .catch(() => {})
  }

  const isUp = () => process.stats().up === 1

  return {
    target: () => (isUp() ? { socket: parts.start.socket, key } : undefined),
    takeReadings(change) {
      if (!isUp()) return
      if (change.type === 'removed' || change.state.readings.size === 0) filter.forget()
      else if (addReadings(change.state, change.quantities, false)) gather()
    },
    takeAlarm(alarm) {
      if (!isUp() || !wants.alarms) return
      queue.addAlarm(alarm)
      flush()
    },
    takeOrder(order) {
      if (!isUp() || !wants.orders) return
      queue.addOrder(order)
      flush()
    },
    stats: () => ({ ...process.stats(), ...queue.stats(), ...total }),
    close() {
      closed.abort()
      return process.close()
    },
  }
}
