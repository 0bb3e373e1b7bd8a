import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'

/** What the charge point answers to a question; a thrown RpcError becomes a CALLERROR. */
export type Answers = (action: string, payload: Readonly<Record<string, unknown>>) => object

export class RpcError extends Error {
  readonly code: string
  constructor(code: string, message = '') {
    super(message)
    this.code = code
  }
}

/** One end of OCPP-J: connects again and again until closed, one question at a time (OCPP-J 1.6, §4.1). */
export interface RpcSocket {
  isUp(): boolean
  /** Resolves with the answer; rejects with an RpcError, or when the connection goes or nothing comes. */
  call(action: string, payload: object): Promise<Readonly<Record<string, unknown>>>
  /** Sends text as it stands: what a broken charger might say. */
  sendText(text: string): void
  /** Cuts the line without a goodbye, and does not connect until `restore`. */
  cut(): void
  restore(): void
  close(): void
}

const SUBPROTOCOL = 'ocpp1.6'
const CALL = 2
const RESULT = 3
const ERROR = 4
const ANSWER_WITHIN_MS = 10_000

interface Pending {
  readonly id: string
  resolve(payload: Readonly<Record<string, unknown>>): void
  reject(error: Error): void
}

export function openRpcSocket(options: {
  /** `ws://host:port/ocpp`, without the identity. */
  readonly url: string
  readonly identity: string
  /** HTTP Basic, for security profiles 1 and 2. */
  readonly password?: string | undefined
  /** PEM of the authority that signed the server's certificate. */
  readonly ca?: string | undefined
  readonly reconnectMs: number
  readonly answer: Answers
  readonly onUp: () => void
  readonly onDown: () => void
}): RpcSocket {
  const { url, identity, password, ca, answer } = options
  let socket: WebSocket | undefined
  let retry: NodeJS.Timeout | undefined
  let pending: Pending | undefined
  let last: Promise<unknown> = Promise.resolve()
  let away = false
  let closed = false

  function connect(): void {
    if (away || closed) return
    const basic = password === undefined ? {} : { authorization: `Basic ${btoa(`${identity}:${password}`)}` }
    const opening = new WebSocket(`${url}/${encodeURIComponent(identity)}`, SUBPROTOCOL, {
      headers: basic,
      handshakeTimeout: 5000,
      perMessageDeflate: false,
      ...(ca !== undefined && { ca }),
    })
    socket = opening
    opening.on('open', options.onUp)
    opening.on('message', (data) => hear(opening, String(data)))
    opening.on('error', () => {}) // a central system that is away is no news; `close` follows
    opening.on('close', () => {
      if (socket !== opening) return
      socket = undefined
      pending?.reject(new Error('The connection is gone.'))
      options.onDown()
      // A server that stops sends all its chargers away at once; they do not all come back in the same moment.
      retry = setTimeout(connect, options.reconnectMs * (0.5 + Math.random()))
    })
  }

  function hear(from: WebSocket, text: string): void {
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      return // no OCPP: a charge point ignores it
    }
    if (!Array.isArray(message)) return
    const [type, id, ...rest] = message as unknown[]
    if (type === CALL && typeof id === 'string') from.send(JSON.stringify(reply(id, rest)))
    else if (pending && id === pending.id && type === RESULT) pending.resolve(recordOf(rest[0]))
    else if (pending && id === pending.id && type === ERROR)
      pending.reject(new RpcError(String(rest[0]), String(rest[1])))
  }

  function reply(id: string, [action, payload]: unknown[]): unknown[] {
    try {
      return [RESULT, id, answer(String(action), recordOf(payload))]
    } catch (error) {
      const code = error instanceof RpcError ? error.code : 'InternalError'
      return [ERROR, id, code, (error as Error).message, {}]
    }
  }

  async function ask(action: string, payload: object): Promise<Readonly<Record<string, unknown>>> {
    const to = socket
    if (to?.readyState !== WebSocket.OPEN) throw new Error('Not connected.')
    const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, unknown>>>()
    const timer = setTimeout(() => reject(new Error(`${action} was not answered.`)), ANSWER_WITHIN_MS)
    pending = { id: randomUUID(), resolve, reject }
    to.send(JSON.stringify([CALL, pending.id, action, payload]))
    return promise.finally(() => {
      clearTimeout(timer)
      pending = undefined
    })
  }

  connect()
  return {
    isUp: () => socket?.readyState === WebSocket.OPEN,
    call(action, payload) {
      const turn = last.then(() => ask(action, payload))
      last = turn.catch(() => {})
      return turn
    },
    sendText: (text) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(text)
    },
    cut() {
      away = true
      clearTimeout(retry)
      socket?.terminate()
    },
    restore() {
      if (!away) return
      away = false
      connect()
    },
    close() {
      closed = true
      clearTimeout(retry)
      socket?.terminate()
    },
  }
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
