import type { BadReason, Value } from '../domain/frame.ts'
import type { MeterValue, OcppMessage, SampledValue } from './ocpp-messages.ts'
import type { OcppProfile, OcppSampleRule } from './ocpp-schema.ts'
import { canonicalOf, convert } from './ocpp-units.ts'
import { DEFAULT_MEASURAND, OCPP_MEASURANDS } from './ocpp-words.ts'
import { compileStamp, type Stamp } from './time-stamp.ts'

/** What one message says about one connector at one instant. */
export interface OcppReading {
  /** Unix ms: the charger's stamp when it is one, else the time of receipt. */
  readonly at: number
  readonly stamp: Stamp
  readonly values: Readonly<Record<string, Value>>
  readonly bad?: Readonly<Record<string, BadReason>>
}

/** Reads for one connector; remembers what holds until it is taken back: errors, and where the transaction began. */
export interface OcppReader {
  /** Whether the message is about this connector: its own, or its station's. Messages of other connectors say nothing here. */
  read(message: OcppMessage, receivedAt: number): OcppReading[]
  /** The transaction under way began at this register, Wh; undefined: none is. After a restart, from the store. */
  setSession(meterStartWh: number | undefined): void
  /** The answer to GetCompositeSchedule: the current limit in force. */
  readLimit(answer: unknown, receivedAt: number): OcppReading | undefined
}

const STATION = 0

/** Whether a time that a charge point wrote is believed. */
export const ocppStamp = compileStamp({ pointer: '', format: 'iso' })

export function createOcppReader(profile: OcppProfile, connector: number): OcppReader {
  const errors = createErrors(profile, connector)
  const sampleOf = compileSamples(profile.meterValues)
  let meterStartWh: number | undefined

  function readingsOf(list: readonly MeterValue[], receivedAt: number): OcppReading[] {
    return list.flatMap(({ timestamp, sampledValue }) => {
      const read = sampled(sampledValue)
      return Object.keys(read.values).length + Object.keys(read.bad ?? {}).length === 0
        ? []
        : [{ ...ocppStamp(timestamp, receivedAt), ...read }]
    })
  }

  function sampled(samples: readonly SampledValue[]): Pick<OcppReading, 'values' | 'bad'> {
    const values: Record<string, Value> = {}
    const bad: Record<string, BadReason> = {}
    const taken = new Map<string, number>()
    for (const sample of samples) {
      const found = sampleOf(sample)
      // Of two samples for one quantity (cable and outlet, phase and none) the line that stands first in the profile wins.
      if (!found || (taken.get(found.quantity) ?? Number.POSITIVE_INFINITY) <= found.order) continue
      taken.set(found.quantity, found.order)
      delete values[found.quantity]
      delete bad[found.quantity]
      if (typeof found.value === 'number') values[found.quantity] = found.value
      else bad[found.quantity] = found.value
      const { sessionEnergy } = profile
      if (found.registerWh !== undefined && sessionEnergy && meterStartWh !== undefined)
        values[sessionEnergy] = energyOf(found.registerWh - meterStartWh)
    }
    return { values, ...(Object.keys(bad).length > 0 && { bad }) }
  }

  /** What a register of a transaction says, as if it had been sampled. */
  function register(meterWh: number, energyWh: number): Record<string, Value> {
    const { values } = sampled([{ value: String(meterWh), measurand: DEFAULT_MEASURAND, unit: 'Wh' }])
    return { ...values, ...(profile.sessionEnergy !== undefined && { [profile.sessionEnergy]: energyOf(energyWh) }) }
  }

  return {
    read(message, receivedAt) {
      switch (message.action) {
        case 'BootNotification': {
          const values = Object.entries(profile.boot).flatMap(([quantity, field]): [string, Value][] => {
            const said = (message as Readonly<Record<string, unknown>>)[field]
            return typeof said === 'string' && said.trim() !== '' ? [[quantity, said.trim().slice(0, 256)]] : []
          })
          return values.length === 0 ? [] : [{ at: receivedAt, stamp: 'received', values: Object.fromEntries(values) }]
        }
        case 'StatusNotification': {
          if (message.connectorId !== STATION && message.connectorId !== connector) return []
          const values = errors.take(message)
          const own = message.connectorId === connector ? message.status : undefined
          for (const { quantity, states } of own ? profile.status : []) {
            const value = own && states[own]
            if (value !== undefined && value !== null) values[quantity] = value
          }
          return Object.keys(values).length === 0 ? [] : [{ ...ocppStamp(message.timestamp, receivedAt), values }]
        }
        case 'MeterValues':
          return message.connectorId === connector ? readingsOf(message.meterValue, receivedAt) : []
        case 'StartTransaction': {
          if (message.connectorId !== connector) return []
          meterStartWh = message.meterStart
          const values = register(message.meterStart, 0)
          return [{ ...ocppStamp(message.timestamp, receivedAt), values }]
        }
        case 'StopTransaction': {
          const during = readingsOf(message.transactionData ?? [], receivedAt)
          const energyWh = meterStartWh === undefined ? undefined : message.meterStop - meterStartWh
          meterStartWh = undefined
          if (energyWh === undefined) return during
          return [
            ...during,
            { ...ocppStamp(message.timestamp, receivedAt), values: register(message.meterStop, energyWh) },
          ]
        }
      }
    },

    setSession(meterStart) {
      meterStartWh = meterStart
    },

    readLimit(answer, receivedAt) {
      const limitA = profile.limit === undefined ? undefined : limitOf(answer, receivedAt)
      if (profile.limit === undefined || limitA === undefined) return undefined
      return { at: receivedAt, stamp: 'received', values: { [profile.limit]: limitA } }
    },
  }
}

const energyOf = (wattHours: number): number => Number((Math.max(0, wattHours) / 1000).toPrecision(12))

/**
 * The errors that hold. A charger reports one at a time, and one more does not end the one before: only NoError does, and that of
 * the connector does not end one of the station.
 */
function createErrors({ errors }: OcppProfile, connector: number) {
  const rules = Object.entries(errors)
  const active = { [STATION]: new Set<string>(), [connector]: new Set<string>() }
  let connectorWell = false
  return {
    take({ connectorId, errorCode }: Extract<OcppMessage, { action: 'StatusNotification' }>): Record<string, Value> {
      const values: Record<string, Value> = {}
      if (errorCode === undefined) return values
      const own = active[connectorId]
      if (!own) return values
      if (errorCode === 'NoError') own.clear()
      else own.add(errorCode)
      if (connectorId === connector) connectorWell = errorCode === 'NoError'
      for (const [code, rule] of rules) {
        if (!rule) continue
        if (active[STATION]?.has(code) || active[connector]?.has(code)) values[rule.quantity] = rule.value
        // That the station is well says nothing of a connector nobody has heard of yet.
        else if (errorCode === 'NoError' && (connectorId === connector || connectorWell))
          values[rule.quantity] = rule.well
      }
      return values
    },
  }
}

interface FoundSample {
  readonly quantity: string
  /** Place in the profile. */
  readonly order: number
  readonly value: number | BadReason
  /** Of the register a transaction is reckoned by. */
  readonly registerWh?: number
}

const NUMBER = /^[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})([eE][+-]?\d{1,2})?$/

function compileSamples(rules: readonly OcppSampleRule[]): (sample: SampledValue) => FoundSample | undefined {
  const byKey = new Map<string, { rule: OcppSampleRule; order: number }>()
  rules.forEach((rule, order) => {
    for (const phase of [rule.phase ?? ''].flat())
      for (const location of [rule.location].flat()) {
        const key = keyOf(rule.measurand, phase, location)
        if (!byKey.has(key)) byKey.set(key, { rule, order })
      }
  })
  return ({ value: written, format, measurand = DEFAULT_MEASURAND, phase = '', location = 'Outlet', unit }) => {
    // A signed value is for a billing system; the same figure comes unsigned beside it.
    if (format === 'SignedData') return undefined
    const found = byKey.get(keyOf(measurand, phase, location))
    if (!found) return undefined
    const { rule, order } = found
    const base = { quantity: rule.quantity, order }
    const text = written.trim()
    if (text === '' || text === 'NaN' || text === 'null') return { ...base, value: 'not-available' }
    const sentIn = unit || (rule.unit ?? OCPP_MEASURANDS[measurand] ?? '')
    if (!NUMBER.test(text) || !isSameKind(sentIn, measurand, rule)) return { ...base, value: 'wrong-type' }
    const value = convert(Number(text), sentIn, rule.scale)
    if (!Number.isFinite(value) || value < (rule.min ?? -Infinity) || value > (rule.max ?? Infinity))
      return { ...base, value: 'out-of-range' }
    const isRegister = measurand === DEFAULT_MEASURAND && phase === '' && location === 'Outlet'
    return { ...base, value, ...(isRegister && { registerWh: value * 1000 }) }
  }
}

const keyOf = (measurand: string, phase: string, location: string): string => `${measurand}|${phase}|${location}`

/** A current in volts is no current. */
const isSameKind = (unit: string, measurand: string, rule: OcppSampleRule): boolean =>
  canonicalOf(unit) === canonicalOf(rule.unit ?? OCPP_MEASURANDS[measurand] ?? '')

/** The limit that holds now, A; undefined when there is none, or it is in watts. */
function limitOf(answer: unknown, now: number): number | undefined {
  const { status, scheduleStart, chargingSchedule } = (answer ?? {}) as {
    status?: unknown
    scheduleStart?: unknown
    chargingSchedule?: { chargingRateUnit?: unknown; chargingSchedulePeriod?: unknown }
  }
  const { chargingRateUnit, chargingSchedulePeriod } = chargingSchedule ?? {}
  if (status !== 'Accepted' || chargingRateUnit !== 'A' || !Array.isArray(chargingSchedulePeriod)) return undefined
  const begun = typeof scheduleStart === 'string' ? Date.parse(scheduleStart) : Number.NaN
  const second = Number.isFinite(begun) ? Math.max(0, (now - begun) / 1000) : 0
  const periods = chargingSchedulePeriod as { startPeriod?: unknown; limit?: unknown }[]
  const inForce = periods.filter((one) => typeof one?.startPeriod === 'number' && one.startPeriod <= second).at(-1)
  const limit = inForce?.limit
  return typeof limit === 'number' && limit >= 0 && limit <= 1000 ? limit : undefined
}
