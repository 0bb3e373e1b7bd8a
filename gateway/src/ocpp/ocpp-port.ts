import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { OcppSettings } from '../config/charge-point-device.ts'
import { HallwattError } from '../domain/errors.ts'
import { loadRpcLibrary } from './rpc-library.ts'

/** The one we speak. 2.0.1 would stand before it here, with a reader and calls of its own behind the same port. */
export const SUBPROTOCOL = 'ocpp1.6'
/** Time for a TLS handshake and for the HTTP upgrade. */
const HANDSHAKE_MS = 10_000
const CALL_TIMEOUT_MS = 15_000
/** A message of a charge point is some hundred bytes; transactionData of a long session some ten thousand. */
const MAX_MESSAGE_BYTES = 512 * 1024
/** Sockets of all charge points together, those that only knock included. */
const MAX_SOCKETS = 2000
/** So many messages in a row that are no OCPP at all, and the connection is closed. */
const MAX_BAD_MESSAGES = 50
/** Messages of one charge point that wait for their answer; it may send one at a time, so more is not OCPP. */
const MAX_WAITING = 32

/** One connected charge point. */
export interface OcppLink {
  readonly chargePoint: string
  /** Resolves with the answer; rejects with what the charge point says against it, or that it says nothing. */
  call(action: string, payload: object): Promise<unknown>
  close(reason: string): void
}

/** What a connected charge point is handed to. */
export interface OcppListener {
  /** The answer; rejects with an OcppRefusal for a CALLERROR. */
  receive(action: string, payload: unknown): Promise<object>
  /** No OCPP at all: it was answered as far as that can be. */
  unreadable(why: string): void
  ping(roundTripMs: number): void
  closed(): void
}

/** Why a connection was turned away. */
export type Turned = 'unknown' | 'password' | 'busy' | 'protocol' | 'address'

export interface OcppPort {
  readonly address: { readonly host: string; readonly port: number }
  close(): Promise<void>
}

/** An answer that says no, by its code of OCPP-J §4.2.3. */
export class OcppRefusal extends Error {
  readonly rpcErrorCode: string
  readonly details = {}
  constructor(rpcErrorCode: string, message: string) {
    super(message)
    this.rpcErrorCode = rpcErrorCode
  }
}

/**
 * Opens the port charge points connect to.
 * @throws HallwattError HW_PORT_IN_USE
 */
export async function openOcppPort(options: {
  readonly settings: Pick<OcppSettings, 'host' | 'port' | 'securityProfile' | 'pingS'>
  /** Certificate and key, for security profile 2. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined
  knows(chargePoint: string): boolean
  /** Absent under security profile 0. */
  readonly verify: ((chargePoint: string, password: Buffer) => Promise<'right' | 'wrong' | 'busy'>) | undefined
  onLink(link: OcppLink): OcppListener
  onTurned(why: Turned, chargePoint: string, address: string): void
}): Promise<OcppPort> {
  const { settings, tls, verify } = options
  const { RPCServer } = loadRpcLibrary()
  const rpc = new RPCServer({
    protocols: [SUBPROTOCOL],
    // Schemas are ours to apply: a charger that breaks one is still answered.
    strictMode: false,
    callTimeoutMs: CALL_TIMEOUT_MS,
    pingIntervalMs: settings.pingS * 1000,
    maxBadMessages: MAX_BAD_MESSAGES,
    wssOptions: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false },
  })
  rpc.auth((accept, reject, { identity, password, protocols, remoteAddress = '' }) => {
    const turn = (why: Turned, status: number, text: string) => {
      options.onTurned(why, identity, remoteAddress)
      reject(status, text)
    }
    if (!options.knows(identity)) return turn('unknown', 404, 'Not Found')
    const decide = (verdict: 'right' | 'wrong' | 'busy') => {
      if (verdict === 'busy') return turn('busy', 503, 'Service Unavailable')
      if (verdict === 'wrong') return turn('password', 401, 'Unauthorized')
      if (!protocols.has(SUBPROTOCOL)) options.onTurned('protocol', identity, remoteAddress)
      accept()
    }
    if (!verify) return decide('right')
    if (!password || password.length === 0) return decide('wrong')
    void verify(identity, password).then(decide, () => decide('busy'))
  })
  rpc.on('error', () => {})
  const links = new Set<OcppLink>()
  rpc.on('client', (client: RpcClient) => {
    // OCPP-J §3.2: no common subprotocol: the handshake is finished without one, and the connection closed at once.
    if (client.protocol !== SUBPROTOCOL) {
      void client.close({ code: 1002, reason: `This port speaks ${SUBPROTOCOL}.` })
      return
    }
    const link = linkOf(client)
    links.add(link)
    client.once('close', () => links.delete(link))
    listenTo(client, options.onLink(link), settings.pingS * 1000)
  })

  const answer404 = (_: IncomingMessage, response: { writeHead(code: number): { end(): void } }) =>
    response.writeHead(404).end()
  const limits = { headersTimeout: HANDSHAKE_MS, requestTimeout: HANDSHAKE_MS, noDelay: true }
  const server = tls
    ? createTlsServer({ ...limits, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS }, answer404)
    : createServer(limits, answer404)
  server.maxConnections = MAX_SOCKETS
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  server.on(tls ? 'secureConnection' : 'connection', keep)
  server.on('tlsClientError', (_error, socket: Socket) => socket.destroy())
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // The library reads the address before it begins to guard itself; what cannot be read would end the process.
    const path = readableAddress(request)
    if (!path) {
      options.onTurned('address', '', socket.remoteAddress ?? '')
      socket.on('error', () => {})
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      return
    }
    rpc.handleUpgrade(request, socket, head).catch(() => socket.destroy())
  })
  const address = await listen(server, settings)

  return {
    address,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const link of links) link.close('The gateway stops.')
      // Those that do not answer the close are not waited for.
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500).unref())])
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** As much of the library's client as is used here. */
interface RpcClient {
  readonly identity?: string | undefined
  readonly protocol: string | undefined
  call(action: string, payload: object): Promise<unknown>
  handle(handler: (call: { method?: string; params?: unknown }) => Promise<object>): void
  close(how: { code?: number; reason?: string; force?: boolean }): Promise<unknown>
  once(event: 'close', listener: () => void): unknown
  on(event: string, listener: (said: { error?: Error; rtt?: number }) => void): unknown
}

const linkOf = (client: RpcClient): OcppLink => ({
  chargePoint: client.identity ?? '',
  call: (action, payload) => client.call(action, payload),
  close: (reason) => void client.close({ code: 1001, reason }).catch(() => {}),
})

function listenTo(client: RpcClient, listener: OcppListener, pingMs: number): void {
  let waiting = 0
  client.handle(async ({ method = '', params }) => {
    if (waiting >= MAX_WAITING) {
      // By force: a polite close would wait for the very messages that wait.
      void client.close({ force: true }).catch(() => {})
      throw new OcppRefusal('GenericError', 'Too many messages at once.')
    }
    waiting++
    try {
      return await listener.receive(method, params)
    } catch (error) {
      // What went wrong in here is in our own log, not in the charger's.
      throw error instanceof OcppRefusal ? error : new OcppRefusal('InternalError', '')
    } finally {
      waiting--
    }
  })
  client.on('badMessage', ({ error }) => listener.unreadable(error?.message ?? ''))
  client.on('ping', ({ rtt }) => {
    // A pong nobody asked for is measured from the beginning of time.
    if (rtt !== undefined && rtt >= 0 && rtt <= 2 * pingMs) listener.ping(rtt)
  })
  client.on('socketError', () => {})
  client.once('close', () => listener.closed())
}

/** Whether the library can take an identity from the address. */
function readableAddress({ url = '' }: IncomingMessage): boolean {
  const path = URL.parse(`http://localhost${url}`)?.pathname
  const last = path?.split('/').at(-1)
  try {
    return last !== undefined && last !== '' && decodeURIComponent(last) !== ''
  } catch {
    return false // a lone %
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<OcppPort['address']> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause)
      const message = `Port ${port} on ${host} is taken; charge points cannot connect there.`
      reject(new HallwattError('HW_PORT_IN_USE', message, { cause }))
    })
    server.listen(port, host, () => {
      server.on('error', () => {})
      resolve({ host, port: (server.address() as AddressInfo).port })
    })
  })
}
