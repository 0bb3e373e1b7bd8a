import type {
  FlowAlarm,
  FlowAnswer,
  FlowAsk,
  FlowEvents,
  FlowOrder,
  FlowReading,
  FromFlows,
  ReadingFilter,
} from '../../gateway/src/flows/flow-messages.ts'

/** What nodes know of the gateway: `RED.settings.hallwatt`. Each `on…` returns the way to stop listening. */
export interface Link {
  onReading(filter: ReadingFilter, listener: (reading: FlowReading) => void): () => void
  onAlarm(listener: (alarm: FlowAlarm) => void): () => void
  onOrder(listener: (order: FlowOrder) => void): () => void
  /** Never rejects: a refusal is an answer. */
  ask(ask: FlowAsk): Promise<FlowAnswer>
}

/** Asks that wait for their answer; one more is refused here. */
const MAX_ASKS = 64

interface Listener<Event> {
  readonly hears: (event: Event) => void
  /** What it heard last of each thing, so that a snapshot made for somebody else tells it nothing twice. */
  readonly heard: Map<string, string>
  readonly filter?: ReadingFilter
}

/** The nodes’ end of the channel to the gateway. `send` is false when nobody is there any more. */
export function createLink(send: (message: FromFlows) => boolean) {
  const readings = new Set<Listener<FlowReading>>()
  const alarms = new Set<Listener<FlowAlarm>>()
  const orders = new Set<Listener<FlowOrder>>()
  const waiting = new Map<number, (answer: FlowAnswer) => void>()
  let lastAsk = 0
  let open = false
  let changed = false

  /** Told once per deploy, not once per node. */
  function subscribe(): void {
    if (!open || changed) return
    changed = true
    setImmediate(() => {
      changed = false
      const filters = new Map([...readings].map(({ filter = {} }) => [JSON.stringify(filter), filter]))
      send({
        type: 'subscribe',
        subscription: { readings: [...filters.values()], alarms: alarms.size > 0, orders: orders.size > 0 },
      })
    })
  }

  function add<Event>(to: Set<Listener<Event>>, listener: Listener<Event>): () => void {
    to.add(listener)
    subscribe()
    return () => {
      to.delete(listener)
      subscribe()
    }
  }

  const link: Link = {
    onReading: (filter, hears) => add(readings, { filter, hears, heard: new Map() }),
    onAlarm: (hears) => add(alarms, { hears, heard: new Map() }),
    onOrder: (hears) => add(orders, { hears, heard: new Map() }),
    ask(ask) {
      if (waiting.size >= MAX_ASKS)
        return Promise.resolve(refusal('HW_FLOW_BUSY', `${MAX_ASKS} questions and commands are under way.`))
      const id = ++lastAsk
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        if (send({ type: 'ask', id, ask })) return
        waiting.delete(id)
        resolve(refusal('HW_FLOW_NOT_AVAILABLE', 'The gateway is not there.'))
      })
    },
  }

  return {
    link,
    /** The flows run and the gateway listens: from now on it is told what they want. */
    open() {
      open = true
      subscribe()
    },
    takeEvents(events: FlowEvents): void {
      for (const reading of events.readings ?? [])
        tell(readings, reading, `${reading.device} ${reading.quantity}`, [reading.at, reading.value, reading.quality])
      for (const alarm of events.alarms ?? [])
        tell(alarms, alarm, alarm.id, [alarm.state, alarm.condition, alarm.priority, alarm.quiet])
      for (const order of events.orders ?? []) tell(orders, order, order.id, [order.state, order.priority, order.text])
    },
    takeAnswer(id: number, answer: FlowAnswer): void {
      waiting.get(id)?.(answer)
      waiting.delete(id)
    },
  }
}

const refusal = (code: string, message: string): FlowAnswer => ({ ok: false, code, message })

function tell<Event extends { snapshot?: true }>(
  to: Set<Listener<Event>>,
  event: Event,
  key: string,
  state: readonly unknown[],
): void {
  const now = state.join(' ')
  for (const { hears, heard, filter } of to) {
    if (filter && !fits(filter, event as unknown as FlowReading)) continue
    if (event.snapshot && heard.get(key) === now) continue
    heard.set(key, now)
    hears(event)
  }
}

const fits = (filter: ReadingFilter, reading: FlowReading): boolean =>
  (filter.device === undefined || filter.device === reading.device) &&
  (filter.quantity === undefined || filter.quantity === reading.quantity) &&
  (filter.zone === undefined || filter.zone === reading.zone) &&
  (filter.kind === undefined || filter.kind === reading.kind)
