import type { ServerResponse } from 'node:http'
import type { LiveEvent, LiveSink } from '../live/live-event.ts'
import type { Clock } from '../ports/clock.ts'
import type { RepairStep } from '../repair/repair.ts'
import { HttpRefusal } from './failures.ts'
import type { HttpViews, StreamFilter } from './views.ts'

/** Live views at once: about one per person in the hall. One more is refused with HW_HTTP_TOO_MANY_STREAMS. */
export const MAX_STREAMS = 32
/** How long the last words may take to reach a reader that is being dropped. */
const FAREWELL_MS = 2_000
/** Alarms and orders are told each one; a reader this far behind is dropped and takes a fresh list when it comes back. */
const MAX_BUFFERED_BYTES = 1024 * 1024
/** What a browser waits before it connects again. */
const RETRY_MS = 3_000

export interface Streams {
  /**
   * Answers with an event stream until the reader leaves, is too slow, or the server closes; also when `allowed` says so, which
   * is asked before every event.
   */
  open(filter: StreamFilter, response: ServerResponse, headers: Record<string, string>, allowed: () => boolean): void
  stats(): StreamStats
  close(): void
}

export interface StreamStats {
  readonly streams: number
  readonly refusedStreams: number
  /** Written but not yet taken by readers, all of them together. */
  readonly bufferedBytes: number
}

/**
 * Server-Sent Events over the live room. At most one event more than the socket takes is held per reader; while it is full
 * the live room only remembers what changed.
 */
export function createStreams(views: StreamViews, clock: Clock, maxStreams = MAX_STREAMS): Streams {
  const open = new Map<ServerResponse, { readonly end: () => void; tell(told: Told): void }>()
  let refusedStreams = 0
  const stopListening = views.repair.onStep((step) => {
    for (const told of open.size === 0 ? [] : toldBy(step, views)) for (const { tell } of open.values()) tell(told)
  })
  const stopListeningToCommands = views.commands.onChange((record) => {
    if (open.size === 0) return
    const told = toldOf('command', record.device, { record })
    for (const { tell } of open.values()) tell(told)
  })

  const stopListeningToDemos = views.demos.onChange((run) => {
    if (open.size === 0) return
    const told = toldOf('demo', '', { run })
    for (const { tell } of open.values()) tell(told)
  })
  const stopListeningToScans = views.setup.commissioning.onScan(({ id, state, progress, found }) => {
    const told = toldOf('scan', '', { id, state, percent: progress.percent, found: found.length })
    for (const { tell } of open.values()) tell(told)
  })

  return {
    open(filter, response, headers, allowed) {
      if (open.size >= maxStreams) {
        refusedStreams += 1
        const message = `All ${maxStreams} live streams are taken.`
        throw new HttpRefusal(503, 'HW_HTTP_TOO_MANY_STREAMS', message, { 'retry-after': '10' })
      }
      response.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Some reverse proxies hold an answer back until it is complete; this one never is.
        'x-accel-buffering': 'no',
      })
      response.write(`retry: ${RETRY_MS}\n\n`)
      const leave = () => {
        response.end()
        clock.sleep(FAREWELL_MS).then(() => response.destroy())
      }
      const deliver = (event: LiveEvent) => {
        if (allowed()) return response.write(textOf(event))
        // Not within the subscriber's own call.
        queueMicrotask(end)
        return false
      }
      const sink: LiveSink = { deliver, end: leave }
      const subscription = views.live.subscribe({ filter }, sink)
      const end = () => {
        subscription.close()
        leave()
      }
      open.set(response, {
        end,
        tell({ device, text }) {
          if (!isWithin(filter, views.device(device), device)) return
          if (!allowed() || response.writableLength > MAX_BUFFERED_BYTES) end()
          else response.write(text)
        },
      })
      response.on('drain', () => subscription.resume())
      response.once('close', () => {
        open.delete(response)
        subscription.close()
      })
      // A reset connection is a reader that left, nothing more; `close` follows.
      response.on('error', () => {})
    },
    stats: () => ({
      streams: open.size,
      refusedStreams,
      bufferedBytes: [...open.keys()].reduce((sum, response) => sum + response.writableLength, 0),
    }),
    close() {
      stopListening()
      stopListeningToScans()
      stopListeningToDemos()
      stopListeningToCommands()
      for (const { end } of [...open.values()]) end()
    },
  }
}

type StreamViews = Pick<HttpViews, 'live' | 'device' | 'repair' | 'commands' | 'demos' | 'setup'>

/** One event about an alarm, an order or a command, as text. It has no id: the sequence numbers belong to the readings. */
interface Told {
  readonly device: string
  readonly text: string
}

function toldBy({ transitions, orderEvents }: RepairStep, { repair }: StreamViews): Told[] {
  const orders = new Map(repair.openOrders().map((order) => [order.id, order]))
  return [
    ...transitions.map((transition) => toldOf('alarm', transition.alarm.fault.device, transition)),
    ...orderEvents.map((event) => {
      const order = orders.get(event.order)
      const device = order?.device ?? (event.type === 'created' ? event.device : '')
      // `state` is the one after the whole step; a closed order is no longer among the open ones.
      return toldOf('order', device, { event, state: order?.state ?? 'closed', assignee: order?.assignee })
    }),
  ]
}

const toldOf = (type: 'alarm' | 'order' | 'command' | 'scan' | 'demo', device: string, told: object): Told => ({
  device,
  text: `event: ${type}\ndata: ${JSON.stringify({ type, ...told })}\n\n`,
})

/** A closed order no longer tells its device: everybody hears of it. */
const isWithin = (
  { devices, zones, kinds }: StreamFilter,
  device: { readonly zone: string; readonly kind: string } | undefined,
  id: string,
): boolean =>
  id === '' ||
  ((!devices || devices.includes(id)) &&
    (!zones || (device !== undefined && zones.includes(device.zone))) &&
    (!kinds || (device !== undefined && kinds.includes(device.kind))))

/** Readers without a filter get the same event: it is written as text once. */
const texts = new WeakMap<LiveEvent, string>()

function textOf(event: LiveEvent): string {
  let text = texts.get(event)
  if (text === undefined) {
    text = `id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
    texts.set(event, text)
  }
  return text
}
