import { readFile } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { BrokerSettings } from '../config/hall-schema.ts'
import { HallwattError } from '../domain/errors.ts'

/** Time for a TLS handshake or the HTTP upgrade of a WebSocket. */
const HANDSHAKE_MS = 10_000

export interface Address {
  readonly host: string
  readonly port: number
}

/** Where a connection comes from. */
export interface Origin {
  readonly address: string
  /** Common name of the client's certificate, when one was asked for. */
  readonly certificateUser?: string
}

export interface Listeners {
  readonly addresses: { readonly tcp: Address; readonly tls?: Address; readonly websocket?: Address }
  close(): Promise<void>
}

/**
 * Opens the ports of the broker: plain TCP always, TLS and WebSocket when the hall says so.
 * @param maxSockets  connections of all ports together; above it a new one is closed at once
 * @throws HallwattError HW_PORT_IN_USE, HW_FILE_UNREADABLE (certificate, key)
 */
export async function openListeners(options: {
  settings: BrokerSettings
  maxSockets: number
  onConnection(stream: Duplex, origin: Origin): void
  onRefused(): void
}): Promise<Listeners> {
  const { settings, maxSockets, onRefused } = options
  const sockets = new Set<Socket>()
  const servers: Server[] = []

  const admit = (socket: Socket): boolean => {
    socket.on('error', () => {})
    if (sockets.size >= maxSockets) {
      onRefused()
      socket.destroy()
      return false
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return true
  }
  const open = async (server: Server, port: number): Promise<Address> => {
    servers.push(server)
    return listen(server, settings.host, port)
  }

  try {
    const plain = createServer({ noDelay: true }, (socket) => {
      if (admit(socket)) options.onConnection(socket, { address: socket.remoteAddress ?? '' })
    })
    const addresses: { tcp: Address; tls?: Address; websocket?: Address } = { tcp: await open(plain, settings.port) }
    if (settings.tls)
      addresses.tls = await open(await tlsServer(settings.tls, admit, options.onConnection), settings.tls.port)
    if (settings.websocket) {
      const server = webSocketServer(settings, admit, options.onConnection)
      addresses.websocket = await open(server, settings.websocket.port)
    }
    return { addresses, close }
  } catch (error) {
    await close()
    throw error
  }

  async function close(): Promise<void> {
    const closed = servers.filter((s) => s.listening).map((s) => new Promise((resolve) => s.close(resolve)))
    for (const socket of sockets) socket.destroy()
    await Promise.all(closed)
  }
}

type Admit = (socket: Socket) => boolean
type OnConnection = (stream: Duplex, origin: Origin) => void

async function tlsServer(tls: NonNullable<BrokerSettings['tls']>, admit: Admit, onConnection: OnConnection) {
  const server = createTlsServer(
    {
      cert: await pem(tls.certificateFile),
      key: await pem(tls.keyFile),
      ...(tls.clientCaFile && { ca: await pem(tls.clientCaFile), requestCert: true, rejectUnauthorized: true }),
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_MS,
      noDelay: true,
    },
    (socket: TLSSocket) => {
      if (!admit(socket)) return
      const name = tls.clientCaFile ? socket.getPeerCertificate().subject?.CN : undefined
      const certificateUser = Array.isArray(name) ? name[0] : name
      onConnection(socket, {
        address: socket.remoteAddress ?? '',
        ...(certificateUser !== undefined && { certificateUser }),
      })
    },
  )
  // A handshake that fails is the client's affair; without a listener it would still be closed, this only says so.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

function webSocketServer(settings: BrokerSettings, admit: Admit, onConnection: OnConnection) {
  const server = createHttpServer(
    { headersTimeout: HANDSHAKE_MS, requestTimeout: HANDSHAKE_MS },
    (_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain' }).end('This port speaks MQTT over WebSocket.\n')
    },
  )
  const upgrader = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: settings.maxPacketBytes + 5,
    // [MQTT-6.0.0-3] asks for "mqtt"; "mqttv3.1" is what older libraries offer.
    handleProtocols: (offered) => ['mqtt', 'mqttv3.1'].find((name) => offered.has(name)) ?? false,
  })
  server.on('upgrade', (request, socket, head) => {
    // Node takes its own listener away here; a reset during the answer would end the process.
    socket.on('error', () => {})
    const refusal = refuseUpgrade(request)
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    if (!admit(socket as Socket)) return
    upgrader.handleUpgrade(request, socket, head, (webSocket) => {
      const stream = createWebSocketStream(webSocket)
      stream.on('error', () => {})
      onConnection(stream, { address: request.socket.remoteAddress ?? '' })
    })
  })
  return server
}

/** A page of another site may not speak to the hall's broker through the browser of somebody in the hall. */
function refuseUpgrade(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  if (!offered.includes('mqtt') && !offered.includes('mqttv3.1')) return '400 Bad Request'
  const { origin, host } = request.headers
  if (origin === undefined) return undefined
  const own = URL.parse(`http://${host}`)?.hostname
  return own !== undefined && URL.parse(origin)?.hostname === own ? undefined : '403 Forbidden'
}

async function pem(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new HallwattError('HW_FILE_UNREADABLE', `${path} (broker.tls) could not be read.`, { cause })
  })
}

function listen(server: Server, host: string, port: number): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause)
      const message = `Port ${port} on ${host} is taken; the MQTT broker cannot listen there.`
      reject(new HallwattError('HW_PORT_IN_USE', message, { cause }))
    })
    server.listen(port, host, () => {
      server.on('error', () => {})
      resolve({ host, port: (server.address() as AddressInfo).port })
    })
  })
}
