import http from 'node:http'
import https from 'node:https'
import { HttpError, InfluxDB, setLogger } from '@influxdata/influxdb-client'
import type { InfluxSettings } from '../config/hall-schema.ts'
import type { Clock } from '../ports/clock.ts'
import { retryAfterMs } from './retry-delay.ts'
import { failureOfStatus, type WriteResult } from './write-result.ts'

export interface InfluxWriter {
  /** Sends lines in one request and tells what became of it; never rejects. Several may be under way. */
  write(lines: readonly string[]): Promise<WriteResult>
  /** Cuts what is under way. */
  close(): void
}

/** An answer longer than this is not InfluxDB's. */
const MOST_ANSWER_BYTES = 1024 * 1024

// The client writes its failures to the console; ours are values, logged once per change of state.
setLogger({ error() {}, warn() {} })

/**
 * One write door of an InfluxDB, on the official client with its own buffering and retrying disabled: one call, one request, one answer.
 * A client object is made per request (microseconds), so a late answer can never be taken for that of another request.
 */
export function createInfluxWriter(options: {
  readonly settings: InfluxSettings
  readonly token?: string
  readonly clock: Clock
}): InfluxWriter {
  const { settings, clock } = options
  const secure = new URL(settings.url).protocol === 'https:'
  const agent = new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 4 })
  const underWay = new Set<Exchange>()

  async function exchangeOnce(lines: readonly string[]): Promise<{ result: WriteResult; staleSocket: boolean }> {
    const exchange = new Exchange()
    underWay.add(exchange)
    const deadline = new AbortController()
    const timedOut = clock.sleep(settings.timeoutMs, deadline.signal).then(
      () => {
        exchange.cut()
        return {
          ok: false,
          failure: 'timeout',
          message: `no answer in ${settings.timeoutMs} ms`,
          retryAfterMs: 0,
        } as const
      },
      () => new Promise<never>(() => {}),
    )
    try {
      const api = writeApi(exchange, lines.length)
      for (const line of lines) api.writeRecord(line)
      const answered = api.flush().then(
        () => exchange.result(undefined, clock.wallMs()),
        (error: unknown) => exchange.result(error, clock.wallMs()),
      )
      const result = await Promise.race([answered, timedOut])
      return { result, staleSocket: exchange.staleSocket() }
    } finally {
      deadline.abort()
      underWay.delete(exchange)
    }
  }

  function writeApi(exchange: Exchange, lines: number) {
    const influx = new InfluxDB({
      url: settings.url,
      ...credentials(settings.api, options.token),
      // The client's own timeout counts idle time only and leaves the socket open; the deadline above does neither.
      timeout: 0,
      transportOptions: {
        agent,
        // The client's documented way to put another request function in its place.
        'follow-redirects': { http: { request: exchange.request(http) }, https: { request: exchange.request(https) } },
      },
    })
    const api = influx.getWriteApi(settings.org, settings.bucket, 'ms', {
      // At either limit the client would send on its own and swallow the failure: both are out of reach.
      batchSize: lines + 1,
      maxBatchBytes: Number.POSITIVE_INFINITY,
      flushInterval: 0,
      maxRetries: 0, // the spool is the only retry queue
      gzipThreshold: settings.gzip ? 1000 : Number.POSITIVE_INFINITY,
    })
    if (settings.api === 'v1') api.path = pathV1(settings.bucket)
    return api
  }

  return {
    write: async (lines) => {
      const first = await exchangeOnce(lines)
      // A kept-alive socket that the server had just closed says nothing about the server.
      return first.staleSocket ? (await exchangeOnce(lines)).result : first.result
    },
    close: () => {
      for (const exchange of underWay) exchange.cut()
      agent.destroy()
    },
  }
}

/** InfluxDB 1.x: `database`, or `database/retention-policy` as InfluxDB 1.8 and 2 write it. */
function pathV1(bucket: string): string {
  const [database = '', policy] = bucket.split('/')
  const parameters = new URLSearchParams({ db: database, ...(policy ? { rp: policy } : {}), precision: 'ms' })
  return `/write?${parameters}`
}

function credentials(api: InfluxSettings['api'], token: string | undefined) {
  if (!token) return {}
  // Releases before 1.8 do not know the Token scheme; all know Basic.
  if (api === 'v1') return { headers: { authorization: `Basic ${Buffer.from(token).toString('base64')}` } }
  return { token }
}

/** One request and its answer as they went over the socket. The client alone would take a 201 or no answer at all for success. */
class Exchange {
  #request: http.ClientRequest | undefined
  #status: number | undefined
  #headers: http.IncomingHttpHeaders = {}
  #cut = false
  #reset = false

  request(base: typeof http | typeof https) {
    return (options: http.RequestOptions, callback: (answer: http.IncomingMessage) => void): http.ClientRequest => {
      const request = base.request(options, (answer) => {
        this.#status = answer.statusCode
        this.#headers = answer.headers
        callback(answer)
        let bytes = 0
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > MOST_ANSWER_BYTES) request.destroy(new Error('the answer is too long to be InfluxDB’s'))
        })
      })
      this.#request = request
      if (this.#cut) request.destroy(new Error('closed'))
      return request
    }
  }

  cut(): void {
    this.#cut = true
    this.#request?.destroy(new Error('closed'))
  }

  result(error: unknown, wallMs: number): WriteResult {
    const status = this.#status
    const whole = error === undefined || error instanceof HttpError
    if (status === undefined || !whole) {
      this.#reset = status === undefined && /^(ECONNRESET|EPIPE)$/.test(codeOf(error))
      return { ok: false, failure: 'unreachable', message: messageOf(error), retryAfterMs: 0 }
    }
    const failure = failureOfStatus(status)
    if (failure === undefined) return { ok: true }
    const { 'retry-after': retryAfter, date } = this.#headers
    return {
      ok: false,
      failure,
      status,
      message: error === undefined ? `HTTP status ${status} where only 204 means stored` : messageOf(error),
      retryAfterMs: retryAfterMs(retryAfter, date, wallMs),
    }
  }

  staleSocket(): boolean {
    return this.#reset && this.#request?.reusedSocket === true
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '')

function messageOf(error: unknown): string {
  if (error instanceof HttpError) {
    // InfluxDB 1.x answers {"error": "…"}, 2 and 3 {"message": "…"}.
    const said = error.json?.error ?? error.json?.message ?? (error.body || error.message)
    return cutText(typeof said === 'string' ? said : JSON.stringify(said))
  }
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return cutText(error instanceof Error ? error.message : String(error))
}

const cutText = (text: string) => text.trim().slice(0, 500)
