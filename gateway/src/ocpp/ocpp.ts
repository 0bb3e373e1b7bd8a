import type { OcppSettings } from '../config/charge-point-device.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import { didYouMean } from '../documents/documents.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import { type OcppCall, type OcppCallRule, ocppAsks, ocppCall } from '../profiles/ocpp-calls.ts'
import type { Store } from '../store/store.ts'
import { type ChargePoint, type ChargePointParts, type Connector, createChargePoint } from './charge-point.ts'
import { createContact } from './contact.ts'
import type { LastSaid } from './last-said.ts'
import { type OcppLink, openOcppPort, type Turned } from './ocpp-port.ts'
import { newOcppStats, type OcppStats } from './ocpp-stats.ts'
import { loadStrictCheck } from './strict-schema.ts'
import { openTransactions, type Transaction } from './transactions.ts'

export type { OcppStats } from './ocpp-stats.ts'

export interface OcppOptions extends Pick<ChargePointParts, 'clock' | 'log' | 'troubles' | 'onFrame' | 'onPresence'> {
  readonly settings: OcppSettings
  readonly devices: readonly ResolvedDevice[]
  readonly store: Pick<Store, 'commit' | 'read'>
  /** In [0, 1). */
  readonly random: () => number
  /** Certificate and key, for security profile 2. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined
  /** Absent under security profile 0. */
  readonly verify: ((chargePoint: string, password: Buffer) => Promise<'right' | 'wrong' | 'busy'>) | undefined
}

/** What is asked of a charge point for a command. */
export interface OcppStep {
  readonly rule: OcppCallRule
  readonly value?: boolean | number | string
  readonly seconds?: number
}

/** A charger from inside. */
export interface OcppInside {
  readonly chargePoint: string
  readonly connector: number
  readonly connected: boolean
  /** The one that is under way. */
  readonly transaction: Pick<Transaction, 'id' | 'startedAt' | 'meterStartWh'> | undefined
  readonly said: readonly LastSaid[]
}

/** The central system of OCPP 1.6 JSON: charge points connect to it. */
export interface Ocpp {
  readonly address: { readonly host: string; readonly port: number }
  /** Tells which devices exist; those of other connections are ignored. Charge points that left the hall are disconnected. */
  setDevices(devices: readonly ResolvedDevice[]): void
  isConnected(device: string): boolean
  /** A charger from inside; undefined for every other device. */
  inside(device: string): OcppInside | undefined
  /** Asks for a command (`command`), or for what its rule asks afterwards. Undefined when it accepted; else why it was not done. */
  call(device: string, step: OcppStep, what: 'command' | 'asks'): Promise<string | undefined>
  stats(): OcppStats
  close(): Promise<void>
}

const TICK_MS = 5000
/** Commands that wait for one charge point; one more is refused. */
const MOST_WAITING = 20

/** @throws HallwattError HW_PORT_IN_USE, and what the store refuses with */
export async function openOcpp(options: OcppOptions): Promise<Ocpp> {
  const { clock, settings, troubles } = options
  const counts = newOcppStats()
  const transactions = await openTransactions(options.store, () => clock.wallMs())
  const strict = loadStrictCheck()
  const chargePoints = new Map<string, ChargePoint>()
  const byDevice = new Map<string, { chargePoint: ChargePoint; connector: Connector }>()
  const waiting = new WeakMap<OcppLink, number>()
  const contact = createContact({
    clock,
    random: options.random,
    configure: settings.configure,
    ask: (link, action, payload) => ask(link, { action, payload: { ...payload } }).then(answerOf, () => undefined),
  })
  let closing = false
  const parts: ChargePointParts = {
    ...options,
    isClosing: () => closing,
    transactions,
    strict,
    counts,
    onContact: (link) => {
      const chargePoint = chargePoints.get(link.chargePoint)
      if (chargePoint) contact.begin(chargePoint, link)
    },
  }

  /** Rejects with why there is no answer. */
  async function ask(link: OcppLink, { action, payload }: OcppCall): Promise<unknown> {
    const broken = strict(action, 'request', payload)
    if (broken !== undefined) throw new Error(broken)
    const ahead = waiting.get(link) ?? 0
    if (ahead >= MOST_WAITING) throw new Error('Too many questions wait.')
    waiting.set(link, ahead + 1)
    counts.calls++
    try {
      return await link.call(action, payload)
    } catch (error) {
      counts.callsFailed++
      throw error
    } finally {
      waiting.set(link, (waiting.get(link) ?? 1) - 1)
    }
  }

  async function command(link: OcppLink, rule: OcppCallRule, call: OcppCall): Promise<string | undefined> {
    const missing = missingIn(rule, call)
    if (missing !== undefined) return missing
    try {
      const { status } = answerOf(await ask(link, call)) ?? {}
      if (typeof status !== 'string' || rule.accepts.includes(status)) return undefined
      return `充电桩答复 ${status} · The charge point answers ${status} to ${call.action}.`
    } catch (error) {
      const why = (error as Error).message || String(error)
      return `充电桩未执行 ${call.action} · The charge point did not do ${call.action}: ${why}`
    }
  }

  async function askAfterwards(link: OcppLink, at: Connector, chargePoint: ChargePoint, calls: readonly OcppCall[]) {
    for (const call of calls) {
      const said = answerOf(await ask(link, call).catch(() => undefined))
      const reading = call.action === 'GetCompositeSchedule' && at.reader.readLimit(said, clock.wallMs())
      if (reading) chargePoint.tell(at, reading)
    }
  }

  function turned(why: Turned, chargePoint: string, address: string): void {
    counts.connectionsTurned++
    const code: ErrorCode = why === 'protocol' ? 'HW_OCPP_PROTOCOL' : 'HW_OCPP_TURNED_AWAY'
    const name = JSON.stringify(chargePoint.slice(0, 48))
    // Whoever tries one name after the other is told of once.
    const who = why === 'unknown' || why === 'address' ? address : name
    const hint = why === 'unknown' ? didYouMean(chargePoint.slice(0, 48), [...chargePoints.keys()]) : ''
    const said = `charge point ${name} was turned away: ${WHY[why]}.${hint}`
    troubles.add(`turned ${why} ${who}`, code, { address, why }, said)
  }

  function setDevices(devices: readonly ResolvedDevice[]): void {
    const byChargePoint = Map.groupBy(
      devices.filter(({ connection }) => connection.via === 'ocpp'),
      ({ connection }) => (connection.via === 'ocpp' ? connection.chargePoint : ''),
    )
    for (const [id, chargePoint] of chargePoints) {
      if (byChargePoint.has(id)) continue
      chargePoints.delete(id)
      chargePoint.link()?.close('This charge point is not in the hall any more.')
      chargePoint.setDevices([])
    }
    byDevice.clear()
    for (const [id, own] of byChargePoint) {
      const chargePoint = chargePoints.get(id) ?? createChargePoint(id, parts)
      chargePoints.set(id, chargePoint)
      chargePoint.setDevices(own)
      for (const [device, connector] of chargePoint.connectors) byDevice.set(device, { chargePoint, connector })
    }
    troubles.forget((subject) => subject.startsWith('turned '))
  }

  // Known before the port is open: a charger that connects in the first moment is not turned away.
  setDevices(options.devices)
  const port = await openOcppPort({
    settings,
    tls: options.tls,
    knows: (id) => chargePoints.has(id),
    verify: options.verify,
    onTurned: turned,
    onLink(link) {
      const chargePoint = chargePoints.get(link.chargePoint)
      if (chargePoint) return chargePoint.connect(link)
      // It left the hall between the handshake and now.
      link.close('This charge point is not in the hall.')
      return STRANGER
    },
  })
  const timer = setInterval(() => {
    for (const chargePoint of chargePoints.values()) contact.tick(chargePoint)
  }, TICK_MS)

  return {
    address: port.address,

    setDevices,
    isConnected: (device) => byDevice.get(device)?.chargePoint.link() !== undefined,

    inside(device) {
      const found = byDevice.get(device)
      if (!found) return undefined
      const { connector } = found.connector
      return {
        chargePoint: found.chargePoint.id,
        connector,
        connected: found.chargePoint.link() !== undefined,
        transaction: transactions.openAt(found.chargePoint.id, connector),
        said: found.chargePoint.said(connector),
      }
    },

    async call(device, { rule, value, seconds }, what) {
      const found = byDevice.get(device)
      const link = found?.chargePoint.link()
      if (!found || !link) return '充电桩未连接 · The charge point is not connected.'
      const { chargePoint, connector } = found
      const facts = {
        value,
        seconds,
        connector: connector.connector,
        transaction: transactions.openAt(chargePoint.id, connector.connector)?.id,
        idTag: settings.idTag,
        at: clock.wallMs(),
      }
      if (what === 'command') return command(link, rule, ocppCall(rule, facts))
      await askAfterwards(link, connector, chargePoint, ocppAsks(rule, facts))
      return undefined
    },

    stats: () => ({
      ...counts,
      ...transactions.stats(),
      chargePoints: chargePoints.size,
      connected: [...chargePoints.values()].filter((one) => one.link() !== undefined).length,
    }),

    async close() {
      closing = true
      clearInterval(timer)
      contact.close()
      await port.close()
    },
  }
}

const WHY: Readonly<Record<Turned, string>> = {
  unknown: 'it is not in hall.yaml',
  password: 'its password is wrong or missing',
  busy: 'too many passwords are being checked',
  protocol: 'it does not speak OCPP 1.6',
  address: 'its address cannot be read',
}

const STRANGER = {
  receive: async () => ({}),
  unreadable: () => {},
  ping: () => {},
  closed: () => {},
}

const answerOf = (said: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : undefined

/** A name that could not be filled in, where the command cannot do without it. */
function missingIn({ action }: OcppCallRule, { payload }: OcppCall): string | undefined {
  if (action === 'RemoteStopTransaction' && payload.transactionId === undefined)
    return '没有进行中的充电 · No transaction is under way at this connector.'
  return undefined
}
