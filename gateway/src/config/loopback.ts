import { isIP } from 'node:net'

/** True when only programs of this machine can reach a port bound to `host`. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
