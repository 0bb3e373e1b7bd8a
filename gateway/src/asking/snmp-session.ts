import snmp, { type Session, type User, type Varbind } from 'net-snmp'
import type { AskedConnection } from '../config/asked-device.ts'
import type { SnmpRaw } from '../profiles/snmp-answers.ts'

/** Why a request has no answer. */
export type SnmpFailure =
  | { readonly failure: 'timeout' | 'link-down' }
  | { readonly failure: 'refused'; readonly says: string }

/** One socket to one agent. Reads only: what could change a device is not offered. */
export interface SnmpSession {
  /** Objects the agent has, by OID; those it does not have are left out. */
  get(oids: readonly string[]): Promise<ReadonlyMap<string, SnmpRaw> | SnmpFailure>
  /** At most `maxRows` objects below `oid`. */
  walk(oid: string, maxRows: number, rowsPerAnswer: number): Promise<ReadonlyMap<string, SnmpRaw> | SnmpFailure>
  close(): void
}

type Access = NonNullable<AskedConnection['snmp']>

/**
 * Opens a session.
 * @param secret v1, v2c: the community (`public` when there is none); v3: authentication password, then the privacy password on the next line
 */
export function openSnmp(
  { host, port = 161, snmp: access }: AskedConnection,
  secret: string | undefined,
  { timeoutMs, retries }: { readonly timeoutMs: number; readonly retries: number },
): SnmpSession | SnmpFailure {
  if (!access) throw new Error('no SNMP access in the connection')
  const options = {
    ...{ port, retries, timeout: timeoutMs, backoff: 1 },
    transport: host.includes(':') ? ('udp6' as const) : ('udp4' as const),
  }
  let session: Session
  if (access.version === 'v3') {
    const user = userOf(access, secret)
    if ('failure' in user) return user
    session = snmp.createV3Session(host, user, { ...options, version: snmp.Version3 })
  } else {
    const version = access.version === 'v1' ? snmp.Version1 : snmp.Version2c
    session = snmp.createSession(host, secret ?? 'public', { ...options, version })
  }
  // A datagram that is no SNMP is not an answer; the request goes on waiting.
  session.on('error', () => {})
  return {
    get: (oids) => get(session, oids),
    walk: (...what) => walk(session, access.version !== 'v1', ...what),
    close: () => session.close(),
  }
}

function userOf({ user, auth, privacy }: Access, secret: string | undefined): User | SnmpFailure {
  const name = user ?? ''
  if (auth === 'none') return { name, level: snmp.SecurityLevel.noAuthNoPriv }
  const [authKey = '', privKey = authKey] = (secret ?? '').split(/\r?\n/).map((line) => line.trim())
  if (authKey.length < 8 || privKey.length < 8)
    return { failure: 'refused', says: 'the secret is missing, or a v3 password has less than 8 characters' }
  const known = { name, authProtocol: snmp.AuthProtocols[auth], authKey }
  if (privacy === 'none') return { ...known, level: snmp.SecurityLevel.authNoPriv }
  return {
    ...known,
    level: snmp.SecurityLevel.authPriv,
    privProtocol: snmp.PrivProtocols[privacy],
    privKey,
  }
}

async function get(session: Session, oids: readonly string[]): Promise<ReadonlyMap<string, SnmpRaw> | SnmpFailure> {
  const answer = await new Promise<{ error: Error | null; varbinds: readonly Varbind[] }>((resolve) => {
    session.get([...oids], (error, varbinds = []) => resolve({ error, varbinds }))
  })
  if (!answer.error) return rawsOf(answer.varbinds)
  if (!isNoSuchName(answer.error)) return failureOf(answer.error)
  // v1 refuses the whole request for one object it does not have.
  if (oids.length === 1) return new Map()
  const half = oids.length >> 1
  const first = await get(session, oids.slice(0, half))
  if (!(first instanceof Map)) return first
  const second = await get(session, oids.slice(half))
  return second instanceof Map ? new Map([...first, ...second]) : second
}

/**
 * Asks on from the last object until the answer leaves `oid`, says that there is no more, says nothing, or goes backwards; an agent
 * that goes in circles is left after `maxRows`.
 */
async function walk(
  session: Session,
  bulk: boolean,
  oid: string,
  maxRows: number,
  rowsPerAnswer: number,
): Promise<ReadonlyMap<string, SnmpRaw> | SnmpFailure> {
  const found = new Map<string, SnmpRaw>()
  let seen = 0
  for (let from = oid; ; ) {
    const { error, varbinds } = await nextOf(session, bulk, from, Math.min(rowsPerAnswer, maxRows - seen))
    if (error) return isNoSuchName(error) ? found : failureOf(error)
    for (const varbind of varbinds) {
      if (snmp.isVarbindError(varbind) || !varbind.oid.startsWith(`${oid}.`) || found.has(varbind.oid)) return found
      const raw = rawOf(varbind)
      from = varbind.oid
      if (raw !== undefined) found.set(varbind.oid, raw)
      // What has no value counts too: an agent may have as many of these as it likes.
      if (++seen >= maxRows) return found
    }
    if (varbinds.length === 0) return found
  }
}

function nextOf(session: Session, bulk: boolean, from: string, rows: number) {
  return new Promise<{ error: Error | null; varbinds: readonly Varbind[] }>((resolve) => {
    if (bulk) session.getBulk([from], 0, rows, (error, varbinds = []) => resolve({ error, varbinds: varbinds.flat() }))
    else session.getNext([from], (error, varbinds = []) => resolve({ error, varbinds }))
  })
}

function rawsOf(varbinds: readonly Varbind[]): Map<string, SnmpRaw> {
  const raws = new Map<string, SnmpRaw>()
  for (const varbind of varbinds) {
    const raw = snmp.isVarbindError(varbind) ? undefined : rawOf(varbind)
    if (raw !== undefined) raws.set(varbind.oid, raw)
  }
  return raws
}

function rawOf({ type, value }: Varbind): SnmpRaw | undefined {
  if (Buffer.isBuffer(value)) {
    // Counter64 comes as its bytes; beyond 2^53 it is the nearest double.
    if (type === snmp.ObjectType.Counter64) return value.length === 0 ? 0 : Number(BigInt(`0x${value.toString('hex')}`))
    return value
  }
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'boolean') return Number(value)
  return value ?? undefined
}

const isNoSuchName = (error: Error & { status?: number }): boolean =>
  error.name === 'RequestFailedError' && error.status === snmp.ErrorStatus.NoSuchName

/** Network errors of the local machine mean that the way there is gone; an agent that says no refuses. */
function failureOf(error: Error & { code?: string | number }): SnmpFailure {
  if (error.name === 'RequestTimedOutError') return { failure: 'timeout' }
  if (typeof error.code === 'string') return { failure: 'link-down' }
  return { failure: 'refused', says: error.message.slice(0, 120) }
}
