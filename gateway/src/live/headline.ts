import type { DeviceKind } from '../domain/device-kind.ts'
import type { Value } from '../domain/frame.ts'
import { partWord } from '../domain/part-states.ts'
import { quantityOf } from '../domain/quantity.ts'

/** Most readings a row of a list shows. */
export const HEADLINE_READINGS = 3

/** What a person looks at first, by kind. A name without a dot stands for all its qualifiers (`temperature` → `temperature.water`). */
const FIRST_LOOK: Partial<Record<DeviceKind, readonly string[]>> = {
  kiosk: ['paper', 'printer'],
  printer: ['paper', 'printer'],
  queue: ['waiting', 'meanWait', 'ticketsIssued'],
  evaluator: ['lastScore', 'ratings'],
  evse: ['evseState', 'activePower', 'activeEnergyImport'],
  storage: ['socPercent', 'activePower', 'temperature'],
  ups: ['socPercent', 'upsLoad', 'inputVoltage'],
  meter: ['activePower', 'activeEnergyImport', 'voltageL1'],
  plug: ['activePower', 'switchedOn', 'activeEnergyImport'],
  lamp: ['switchedOn', 'activePower'],
  water_heater: ['temperature', 'activePower', 'switchedOn'],
  env: ['temperature', 'humidity'],
}

const OTHERWISE = ['activePower', 'temperature', 'socPercent', 'activeEnergyImport', 'switchedOn']
const BOOKKEEPING = new Set(['online', 'readLatency', 'readErrors'])

/**
 * At most three quantity ids for a list row: parts that are broken, then the kind's first look, then states before numbers,
 * in the order the device gives them. What the gateway notes about reading the device is never a headline.
 */
export function headlineOf(
  kind: DeviceKind,
  readings: Iterable<readonly [string, { readonly value?: Value | undefined }]>,
): string[] {
  const wanted = FIRST_LOOK[kind] ?? OTHERWISE
  const rank = (id: string, value: Value | undefined): number => {
    if (typeof value === 'string' && partWord(id, value)?.fault) return -1
    const place = wanted.indexOf(id.split('.', 1)[0] ?? id)
    if (place >= 0) return place
    return quantityOf(id)?.type === 'state' ? wanted.length : wanted.length + 1
  }
  return [...readings]
    .filter(([id]) => !BOOKKEEPING.has(id))
    .map(([id, { value }], order) => ({ id, rank: rank(id, value), order }))
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, HEADLINE_READINGS)
    .map(({ id }) => id)
}
