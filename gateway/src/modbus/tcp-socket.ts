import { connect, type Socket } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import { after } from './session.ts'

/** An open TCP connection; rejects when refused, unreachable, aborted, or not open after `timeoutMs`. */
export function connectSocket(
  { host, port }: { host: string; port: number },
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 })
    const fail = (error: Error) => {
      settled()
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    const onAbort = () => fail(new Error('closed while connecting'))
    const cancelDeadline = after(clock, timeoutMs, () => fail(new Error(`no connection within ${timeoutMs} ms`)))
    const settled = () => {
      cancelDeadline()
      signal.removeEventListener('abort', onAbort)
      socket.off('error', fail)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('error', fail)
    socket.once('connect', () => {
      settled()
      resolve(socket)
    })
    if (signal.aborted) onAbort()
  })
}

/** Cuts the connection at once; resolves when the system has closed it. */
export const destroySocket = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) return resolve()
    socket.once('close', () => resolve())
    socket.destroy()
  })
