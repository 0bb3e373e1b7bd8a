import { type ChargerState, limitCharger } from '../physics/charger.ts'
import type { Trouble } from '../trouble.ts'
import { createChargingLimits } from './charging-limits.ts'
import { openRpcSocket, RpcError } from './rpc-socket.ts'

/** A charge point of one connector that speaks OCPP 1.6 JSON, over the physics of a charger. */
export interface ChargePoint {
  readonly identity: string
  /** Call a few times a second. */
  tick(): void
  isUp(): boolean
  /** Transactions that were begun and answered, oldest first. */
  transactions(): readonly { readonly id: number; readonly meterStart: number; readonly stopped: boolean }[]
  /** Messages that wait for a line. */
  queued(): number
  /** Says something as it stands. */
  sendText(text: string): void
  close(): void
}

export interface ChargePointOptions {
  /** `ws://host:port/ocpp`. */
  readonly url: string
  readonly identity: string
  readonly password?: string | undefined
  readonly ca?: string | undefined
  readonly charger: ChargerState
  readonly maxA: number
  readonly phases: number
  readonly voltage: () => number
  readonly trouble: Trouble
  /** The charger's own clock, Unix ms. */
  readonly clockMs: () => number
  readonly reconnectMs?: number
  /** Period of meter values while charging; twice as long otherwise. */
  readonly sampleMs?: number
  /** Without a line for this long it falls back to `safeA`. */
  readonly fallbackMs?: number
}

const SAFE_A = 6
/** What waits for a line: the oldest meter values go first, transactions never. */
const MOST_QUEUED = 2000
const SETTINGS: Record<string, string> = {
  MeterValueSampleInterval: '10',
  ClockAlignedDataInterval: '20',
  HeartbeatInterval: '60',
  NumberOfConnectors: '1',
  SupportedFeatureProfiles: 'Core,SmartCharging,RemoteTrigger',
  ChargingScheduleAllowedChargingRateUnit: 'Current,Power',
  ChargeProfileMaxStackLevel: '3',
}
const READ_ONLY = ['NumberOfConnectors', 'SupportedFeatureProfiles']

/** Which error a part of the charger at fault is reported as. */
const ERROR_OF = {
  chargerGround: 'GroundFailure',
  chargerHeat: 'HighTemperature',
  connectorLock: 'ConnectorLockFailure',
  vehicleLink: 'EVCommunicationError',
} as const

interface Session {
  id: number | undefined
  readonly meterStart: number
  /** By the charger's own clock, Unix ms. */
  readonly startedAt: number
  stopped: boolean
}

interface Queued {
  readonly action: 'StartTransaction' | 'StopTransaction' | 'MeterValues'
  /** Made when it is sent: the number of the transaction may not be known before. */
  payload(): object | undefined
  readonly session?: Session
}

export function startChargePoint(options: ChargePointOptions): ChargePoint {
  const { charger, trouble, identity, clockMs } = options
  const sampleMs = options.sampleMs ?? 5000
  const settings = { ...SETTINGS, MeterValueSampleInterval: String(Math.round(sampleMs / 1000)) }
  const limits = createChargingLimits({ maxA: options.maxA, volts: 220, phases: options.phases })
  const sessions: Session[] = []
  let queue: Queued[] = []
  let session: Session | undefined
  let sending = false
  let booted = false
  let heartbeatMs = 60_000
  let nextHeartbeat = 0
  let nextSample = 0
  let downSince: number | undefined = performance.now()
  let told = ''
  let toldErrors = ''
  /** The customer or the hall has stopped it: it waits for the car to go, or for a remote start. */
  let finished = false
  let wanted = false

  const rpc = openRpcSocket({
    url: options.url,
    identity,
    password: options.password,
    ca: options.ca,
    reconnectMs: options.reconnectMs ?? 1000,
    answer,
    onUp: () => void boot(),
    onDown: () => {
      booted = false
      downSince ??= performance.now()
    },
  })

  const stamp = () => new Date(clockMs()).toISOString()
  const registerWh = () => Math.floor(charger.totalWh)

  async function boot(): Promise<void> {
    try {
      const said = await rpc.call('BootNotification', {
        chargePointVendor: 'Donghu',
        chargePointModel: 'AC-7K-OCPP',
        chargePointSerialNumber: `SIM-${identity}`.slice(0, 25),
        firmwareVersion: '2.4.1',
      })
      if (said.status !== 'Accepted') return
      heartbeatMs = Number(said.interval) * 1000
      nextHeartbeat = performance.now() + heartbeatMs
      downSince = undefined
      told = ''
      toldErrors = ''
      booted = true
      tellStatus()
      void sendQueue()
    } catch {
      // The line went before the answer: it boots again with the next one.
    }
  }

  /** What the connector is; physics says whether a car is there and takes anything. */
  function statusNow(): string {
    if (charger.tripped) return 'Faulted'
    if (charger.state === 'A') return 'Available'
    if (!session) return finished ? 'Finishing' : 'Preparing'
    if (charger.limitA < SAFE_A) return 'SuspendedEVSE'
    return charger.state === 'C' ? 'Charging' : 'SuspendedEV'
  }

  const errorsNow = (): string[] =>
    Object.entries(ERROR_OF).flatMap(([part, code]) =>
      charger.parts[part as keyof typeof ERROR_OF] === 'ok' ? [] : [code],
    )

  function tellStatus(): void {
    const status = statusNow()
    const errors = errorsNow()
    if (!booted || (status === told && errors.join() === toldErrors)) return
    // One error at a time, and NoError ends all of them: what is left is told again.
    const gone = toldErrors !== '' && toldErrors.split(',').some((code) => !errors.includes(code as never))
    const say = (errorCode: string) =>
      void rpc.call('StatusNotification', { connectorId: 1, errorCode, status, timestamp: stamp() }).catch(() => {
        told = ''
      })
    if (errors.length === 0 || gone) say('NoError')
    for (const code of errors) say(code)
    told = status
    toldErrors = errors.join()
  }

  const samples = () => {
    const volts = options.voltage()
    const powerW = charger.powerW
    return [
      { value: (charger.totalWh / 1000).toFixed(3), measurand: 'Energy.Active.Import.Register', unit: 'kWh' },
      { value: powerW.toFixed(0), measurand: 'Power.Active.Import', unit: 'W' },
      { value: charger.currentA.toFixed(2), measurand: 'Current.Import', phase: 'L1', unit: 'A' },
      { value: charger.limitA.toFixed(1), measurand: 'Current.Offered', unit: 'A' },
      { value: volts.toFixed(1), measurand: 'Voltage', phase: 'L1-N', unit: 'V' },
      {
        value: (charger.parts.chargerHeat === 'hot' ? 96 : 28 + charger.currentA * 0.9).toFixed(1),
        measurand: 'Temperature',
        unit: 'Celsius',
      },
      ...(session
        ? [{ value: (charger.carSoc * 100).toFixed(0), measurand: 'SoC', location: 'EV', unit: 'Percent' }]
        : []),
    ]
  }

  function meterValues(context: string): void {
    const meterValue = [{ timestamp: stamp(), sampledValue: samples().map((sample) => ({ ...sample, context })) }]
    const of = session
    const payload = () => ({ connectorId: 1, ...(of?.id !== undefined && { transactionId: of.id }), meterValue })
    // Outside a transaction nobody misses what was measured while the line was away.
    if (of) enqueue({ action: 'MeterValues', payload, session: of })
    else if (booted) void rpc.call('MeterValues', payload()).catch(() => {})
  }

  function begin(idTag: string): void {
    const startedAt = clockMs()
    const timestamp = new Date(startedAt).toISOString()
    const begun: Session = { id: undefined, meterStart: registerWh(), startedAt, stopped: false }
    session = begun
    finished = false
    enqueue({
      action: 'StartTransaction',
      payload: () => ({ connectorId: 1, idTag, meterStart: begun.meterStart, timestamp }),
      session: begun,
    })
  }

  function end(reason: string): void {
    const ended = session
    if (!ended) return
    const timestamp = stamp()
    const meterStop = registerWh()
    session = undefined
    finished = charger.state !== 'A'
    limits.endTransaction()
    enqueue({
      action: 'StopTransaction',
      payload: () => (ended.id === undefined ? undefined : { transactionId: ended.id, meterStop, timestamp, reason }),
      session: ended,
    })
  }

  function enqueue(one: Queued): void {
    queue.push(one)
    if (queue.length > MOST_QUEUED) {
      const oldest = queue.findIndex(({ action }) => action === 'MeterValues')
      queue = queue.filter((_, i) => i !== oldest)
    }
    void sendQueue()
  }

  /** In order, each until it is answered. */
  async function sendQueue(): Promise<void> {
    if (sending) return
    sending = true
    try {
      for (let one = queue[0]; one && booted; one = queue[0]) {
        const payload = one.payload()
        if (payload) {
          const said = await rpc.call(one.action, payload)
          if (one.action === 'StartTransaction' && one.session) {
            one.session.id = Number(said.transactionId)
            sessions.push(one.session)
          }
          if (one.action === 'StopTransaction' && one.session) one.session.stopped = true
        }
        queue = queue.filter((other) => other !== one)
      }
    } catch {
      // Not answered: the same again when the line is back, with the same time stamps; after an error with the next tick.
    } finally {
      sending = false
    }
  }

  function answer(action: string, payload: Readonly<Record<string, unknown>>): object {
    switch (action) {
      case 'RemoteStartTransaction':
        if (session || charger.tripped) return { status: 'Rejected' }
        wanted = true
        finished = false
        return { status: 'Accepted' }
      case 'RemoteStopTransaction':
        if (!session || payload.transactionId !== session.id) return { status: 'Rejected' }
        queueMicrotask(() => stopBy('Remote'))
        return { status: 'Accepted' }
      case 'SetChargingProfile': {
        const status = limits.set(payload, session?.id)
        queueMicrotask(obeyLimit)
        return { status }
      }
      case 'ClearChargingProfile': {
        const status = limits.clear(payload)
        queueMicrotask(obeyLimit)
        return { status }
      }
      case 'GetCompositeSchedule':
        return {
          status: 'Accepted',
          connectorId: Number(payload.connectorId),
          scheduleStart: stamp(),
          chargingSchedule: {
            duration: Number(payload.duration),
            chargingRateUnit: 'A',
            chargingSchedulePeriod: [{ startPeriod: 0, limit: charger.limitA }],
          },
        }
      case 'TriggerMessage':
        return { status: trigger(String(payload.requestedMessage), Number(payload.connectorId ?? 1)) }
      case 'UnlockConnector':
        if (charger.parts.connectorLock !== 'ok') return { status: 'UnlockFailed' }
        queueMicrotask(() => stopBy('UnlockCommand'))
        return { status: 'Unlocked' }
      case 'Reset':
        queueMicrotask(() => stopBy(payload.type === 'Hard' ? 'HardReset' : 'SoftReset'))
        setTimeout(restart, 300).unref()
        return { status: 'Accepted' }
      case 'ChangeConfiguration': {
        const key = String(payload.key)
        if (!Object.hasOwn(settings, key)) return { status: 'NotSupported' }
        if (READ_ONLY.includes(key)) return { status: 'Rejected' }
        settings[key as keyof typeof settings] = String(payload.value)
        return { status: 'Accepted' }
      }
      case 'GetConfiguration': {
        const asked = Array.isArray(payload.key) ? payload.key.map(String) : Object.keys(settings)
        return {
          configurationKey: asked
            .filter((key) => Object.hasOwn(settings, key))
            .map((key) => ({ key, readonly: READ_ONLY.includes(key), value: settings[key as keyof typeof settings] })),
          unknownKey: asked.filter((key) => !Object.hasOwn(settings, key)),
        }
      }
      case 'ChangeAvailability':
        return { status: 'Accepted' }
      case 'DataTransfer':
        return { status: 'UnknownVendorId' }
    }
    throw new RpcError('NotImplemented', action)
  }

  function trigger(message: string, connector: number): string {
    if (connector > 1) return 'Rejected'
    if (message === 'StatusNotification') {
      if (connector === 0)
        queueMicrotask(() => {
          const station = { connectorId: 0, errorCode: 'NoError', status: 'Available', timestamp: stamp() }
          rpc.call('StatusNotification', station).catch(() => {})
        })
      else
        queueMicrotask(() => {
          told = ''
          tellStatus()
        })
    } else if (message === 'MeterValues') queueMicrotask(() => meterValues('Trigger'))
    else if (message === 'Heartbeat') queueMicrotask(() => rpc.call('Heartbeat', {}).catch(() => {}))
    else return 'NotImplemented'
    return 'Accepted'
  }

  /** Power follows within the charger's control loop. */
  function obeyLimit(): void {
    const isLost = downSince !== undefined && performance.now() - downSince >= (options.fallbackMs ?? 20_000)
    const limitA = limits.currentA(clockMs(), session?.startedAt)
    const held = finished ? 0 : isLost ? Math.min(limitA, SAFE_A) : limitA
    if (charger.limitA !== held) limitCharger(charger, held)
    tellStatus()
  }

  function stopBy(reason: string): void {
    end(reason)
    obeyLimit()
  }

  function restart(): void {
    rpc.cut()
    setTimeout(() => rpc.restore(), 500).unref()
  }

  function followCar(): void {
    const isThere = charger.state !== 'A' && charger.state !== 'F'
    if (!isThere && session && charger.state === 'A') end('EVDisconnected')
    if (charger.state === 'A') finished = false
    if (charger.tripped) end('Other')
    // Whoever plugs in holds a card up at once; after a stop it takes a remote start.
    if (isThere && !session && (!finished || wanted)) begin(wanted ? 'REMOTE' : 'VISITOR')
    if (isThere) wanted = false
  }

  return {
    identity,
    tick() {
      if (trouble.disconnected) rpc.cut()
      else rpc.restore()
      followCar()
      obeyLimit()
      if (trouble.silent) return
      if (trouble.malformed) {
        rpc.sendText('[2,"x","MeterValues",{"connectorId":1,"meterValue":[{"sampledValue":[{"value":,]}]}]')
        return
      }
      tellStatus()
      const now = performance.now()
      if (now >= nextSample) {
        nextSample = now + (session ? Number(settings.MeterValueSampleInterval) * 1000 : 2 * sampleMs)
        meterValues(session ? 'Sample.Periodic' : 'Sample.Clock')
      }
      if (booted && now >= nextHeartbeat) {
        nextHeartbeat = now + heartbeatMs
        rpc.call('Heartbeat', {}).catch(() => {})
      }
      void sendQueue()
    },
    isUp: () => booted && rpc.isUp(),
    transactions: () => sessions.map(({ id = 0, meterStart, stopped }) => ({ id, meterStart, stopped })),
    queued: () => queue.length,
    sendText: rpc.sendText,
    close: () => rpc.close(),
  }
}
