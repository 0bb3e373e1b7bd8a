import type { ServerResponse } from 'node:http'
import type { LiveEvent, LiveSink } from '../live/live-event.ts'
import type { Clock } from '../ports/clock.ts'
import { HttpRefusal } from './failures.ts'
import type { HttpViews, StreamFilter } from './views.ts'

/** Live views at once: about one per person in the hall. One more is refused with HW_HTTP_TOO_MANY_STREAMS. */
export const MAX_STREAMS = 32
/** How long the last words may take to reach a reader that is being dropped. */
const FAREWELL_MS = 2_000
/** What a browser waits before it connects again. */
const RETRY_MS = 3_000

export interface Streams {
  /** Answers with an event stream until the reader leaves, is too slow, or the server closes. */
  open(filter: StreamFilter, response: ServerResponse, headers: Record<string, string>): void
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
export function createStreams(live: HttpViews['live'], clock: Clock, maxStreams = MAX_STREAMS): Streams {
  const open = new Map<ServerResponse, () => void>()
  let refusedStreams = 0

  return {
    open(filter, response, headers) {
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
      const sink: LiveSink = { deliver: (event) => response.write(textOf(event)), end: leave }
      const subscription = live.subscribe({ filter }, sink)
      open.set(response, () => {
        subscription.close()
        leave()
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
      for (const end of [...open.values()]) end()
    },
  }
}

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
