import type { AddressInfo } from 'node:net'
import { isLoopback } from '../config/loopback.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { buildApp } from './app.ts'
import { refuseOpenBind } from './guard.ts'
import { createIdentity } from './identity.ts'
import { createStreams, type StreamStats } from './streams.ts'
import type { HttpViews } from './views.ts'

export type { HealthCheck, HttpViews } from './views.ts'

/** Per address. A page that polls every second stays far below; live values come by stream. */
const REQUESTS_PER_MINUTE = 1200

export interface HttpParts {
  /** `port` 0 takes a free one. */
  readonly settings: { readonly host: string; readonly port: number }
  /** Needed when `host` is not loopback. When given, reading needs it or a session; acts always need one of them. */
  readonly token?: string
  /** Under which people reach the gateway, where that is not the address it listens on (`repair.publicUrl`). */
  readonly publicUrl?: string
  /** The build of the web console (`dashboards/console/dist`). */
  readonly consoleFolder?: string
  readonly views: HttpViews
  readonly clock: Clock
  readonly log: Log
  readonly limits?: { readonly requestsPerMinute?: number; readonly streams?: number }
}

export interface HttpStats extends StreamStats {
  readonly requests: number
  readonly clientErrors: number
  readonly serverErrors: number
  /** Of the client errors: wrong host or page, nobody signed in, not allowed, too many. */
  readonly refused: number
}

export interface Http {
  /** `http://127.0.0.1:8080` */
  address(): string
  stats(): HttpStats
  /** Ends every stream and connection; resolves when the port is free. */
  close(): Promise<void>
}

/**
 * Listens, or rejects: HW_BIND_REFUSED (open to the network without a token), HW_PORT_IN_USE, HW_LISTEN_FAILED.
 */
export async function createHttp({
  settings,
  token,
  publicUrl,
  consoleFolder,
  views,
  clock,
  log,
  limits = {},
}: HttpParts): Promise<Http> {
  refuseOpenBind(settings.host, token)
  const total = { requests: 0, clientErrors: 0, serverErrors: 0, refused: 0 }
  const streams = createStreams(views, clock, limits.streams)
  const app = await buildApp({
    consoleFolder,
    views,
    streams,
    clock,
    log,
    guard: {
      host: settings.host,
      identity: createIdentity(views.auth, token),
      openReading: token === undefined && isLoopback(settings.host),
      publicUrl,
      requestsPerMinute: limits.requestsPerMinute ?? REQUESTS_PER_MINUTE,
      onRefused: () => {
        total.refused += 1
      },
    },
    onAnswer(status) {
      total.requests += 1
      if (status >= 500) total.serverErrors += 1
      else if (status >= 400) total.clientErrors += 1
    },
  })
  try {
    await app.listen({ host: settings.host, port: settings.port })
  } catch (error) {
    await app.close()
    throw listenFailure(error, settings)
  }
  const { address, family, port } = app.server.address() as AddressInfo
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  log.info({ url, token: token === undefined ? 'none' : 'needed' }, `HTTP listens on ${url}`)
  return {
    address: () => url,
    stats: () => ({ ...total, ...streams.stats() }),
    async close() {
      streams.close()
      await app.close()
    },
  }
}

function listenFailure(error: unknown, { host, port }: { host: string; port: number }): HallwattError {
  const reason = (error as NodeJS.ErrnoException).code
  if (reason === 'EADDRINUSE')
    return new HallwattError('HW_PORT_IN_USE', `http.port ${port} on ${host} is taken by another program.`, {
      cause: error,
    })
  return new HallwattError('HW_LISTEN_FAILED', `HTTP cannot listen on ${host}:${port} (${reason}).`, { cause: error })
}
