import type { Clock } from '../ports/clock.ts'
import { createLoginLimiter } from '../ports/login-limiter.ts'
import type { BrokerCounters } from './broker-stats.ts'
import type { Credentials } from './credentials.ts'
import type { GrantTable } from './grants.ts'
import type { Origin } from './listeners.ts'
import { isCleanText, isTopic } from './topic-filter.ts'
import type { TroubleLog } from './trouble-log.ts'

/** Longer ids are legal but no device has them; a session keeps its id for 30 days. */
const MAX_CLIENT_ID = 256

/** Failed logins allowed per minute for one user from one address. */
export const MAX_FAILURES_PER_USER = 10
/** And for one address altogether. */
const MAX_FAILURES_PER_ADDRESS = 100

/** CONNACK return codes, MQTT 3.1.1 table 3.1. */
const IDENTIFIER_REJECTED = 2
const UNAVAILABLE = 3
const BAD_CREDENTIALS = 4
const NOT_AUTHORIZED = 5

export interface Connect {
  readonly origin: Origin
  /** As sent; empty when the client leaves it to us. */
  readonly clientId: string
  readonly clean: boolean
  readonly protocolVersion: number
  readonly willTopic: string | undefined
  readonly username: string | undefined
  readonly password: Buffer | undefined
}

export type LoginResult =
  | { readonly ok: true; readonly user: string }
  | { readonly ok: false; readonly returnCode: number; readonly reason: string }

/** Decides who may connect, and as whom. */
export function createLogin(options: {
  credentials: Credentials | undefined
  clock: Clock
  counters: BrokerCounters
  trouble: TroubleLog
  /** Undefined until the hall's grants are known. */
  grants(): GrantTable | undefined
  /** Who has a connection or a session under this client id. */
  ownerOf(clientId: string): string | undefined
  hasRoomFor(clientId: string): boolean
  /** Hears of everybody who was turned away. */
  onRefused?(connect: Connect, reason: string): void
}) {
  const { credentials, clock, counters, trouble } = options
  const limiter = createLoginLimiter({
    perUser: MAX_FAILURES_PER_USER,
    perAddress: MAX_FAILURES_PER_ADDRESS,
    windowMs: 60_000,
  })

  async function decide(connect: Connect): Promise<LoginResult> {
    const { origin, clientId } = connect
    const grants = options.grants()
    if (!grants) return no(UNAVAILABLE, 'the gateway is still starting')
    // [MQTT-3.1.3-8]; MQTT 3.1 knows no empty client id at all.
    if (clientId === '' && (!connect.clean || connect.protocolVersion < 4))
      return no(IDENTIFIER_REJECTED, 'an empty client id needs clean session 1')
    if (!isCleanText(clientId) || clientId.length > MAX_CLIENT_ID)
      return no(IDENTIFIER_REJECTED, 'the client id has characters that are not allowed, or more than 256')
    if (connect.willTopic !== undefined && !isTopic(connect.willTopic))
      return no(NOT_AUTHORIZED, 'the Will topic is no topic')

    const user = origin.certificateUser ?? connect.username
    if (!user) return no(NOT_AUTHORIZED, 'no user name')
    if (origin.certificateUser && connect.username && connect.username !== user)
      return no(BAD_CREDENTIALS, `the certificate is of "${user}"`)
    if (!isCleanText(user) || user.length > MAX_CLIENT_ID) return no(BAD_CREDENTIALS, 'the user name is not clean text')

    if (credentials && !origin.certificateUser) {
      const refusal = await checkPassword(credentials, origin.address, user, connect.password)
      if (refusal) return refusal
    }
    // The hall may have changed while the password was hashed.
    if (!options.grants()?.has(user)) return no(NOT_AUTHORIZED, 'hall.yaml has no device or service of this name')
    const owner = clientId === '' ? undefined : options.ownerOf(clientId)
    if (owner !== undefined && owner !== user)
      return no(IDENTIFIER_REJECTED, `the client id "${clientId}" belongs to another user`)
    if (!options.hasRoomFor(clientId)) {
      trouble.warn('HW_MQTT_FULL', '', `MQTT client of "${user}" refused: broker.maxClients is reached.`)
      return no(UNAVAILABLE, 'broker.maxClients is reached')
    }
    return { ok: true, user }
  }

  async function checkPassword(
    table: Credentials,
    address: string,
    user: string,
    password: Buffer | undefined,
  ): Promise<LoginResult | undefined> {
    if (limiter.blocked(address, user, clock.monotonicMs())) {
      counters.limitedLogins++
      trouble.warn('HW_MQTT_LOGIN_LIMITED', address, `Too many failed MQTT logins from ${address}; last as "${user}".`)
      return no(NOT_AUTHORIZED, 'too many failed logins')
    }
    const verdict = password ? await table.verify(user, password) : 'wrong'
    if (verdict === 'busy') return no(UNAVAILABLE, 'too many logins wait')
    if (verdict === 'right') {
      limiter.succeeded(address, user)
      return undefined
    }
    limiter.failed(address, user, clock.monotonicMs())
    return no(BAD_CREDENTIALS, 'wrong user name or password')
  }

  return {
    async login(connect: Connect): Promise<LoginResult> {
      const result = await decide(connect)
      if (result.ok) return result
      counters.deniedConnects++
      options.onRefused?.(connect, result.reason)
      const { clientId } = connect
      const named = connect.username || (isCleanText(clientId) && clientId.length <= MAX_CLIENT_ID ? clientId : '')
      const from = connect.origin.address
      const client = named ? `MQTT client "${named}"` : 'An MQTT client without a name'
      // By address without a user: client ids are often made up anew for each try.
      trouble.warn(
        'HW_MQTT_LOGIN_REFUSED',
        connect.username || from,
        `${client} from ${from} was refused: ${result.reason}.`,
      )
      return result
    },
  }
}

const no = (returnCode: number, reason: string): LoginResult => ({ ok: false, returnCode, reason })
