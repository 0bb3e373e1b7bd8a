import type { DeviceKind } from '../domain/device-kind.ts'
import { quantityOf } from '../domain/quantity.ts'

/** Most readings a row of a list shows. */
export const HEADLINE_READINGS = 3

/** What a person looks at first, by kind. A name without a dot stands for all its qualifiers (`temperature` → `temperature.water`). */
const FIRST_LOOK: Partial<Record<DeviceKind, readonly string[]>> = {
  evse: ['evseState', 'activePower', 'activeEnergyImport'],
  storage: ['socPercent', 'activePower', 'temperature'],
  ups: ['socPercent', 'activePower', 'voltageL1'],
  meter: ['activePower', 'activeEnergyImport', 'voltageL1'],
  plug: ['activePower', 'switchedOn', 'activeEnergyImport'],
  lamp: ['switchedOn', 'activePower'],
  water_heater: ['temperature', 'activePower', 'switchedOn'],
  env: ['temperature', 'humidity'],
}

const OTHERWISE = ['activePower', 'temperature', 'socPercent', 'activeEnergyImport', 'switchedOn']

/**
 * At most three quantity ids of `available` for a list row: the kind's first look, then what a device of its kind alone has
 * (states before numbers), in the order the device gives them. The gateway's own bookkeeping is never a headline.
 */
export function headlineOf(kind: DeviceKind, available: readonly string[]): string[] {
  const wanted = FIRST_LOOK[kind] ?? OTHERWISE
  const rank = (id: string): number => {
    const name = id.split('.', 1)[0] ?? id
    const place = wanted.indexOf(name)
    if (place >= 0) return place
    return quantityOf(id)?.type === 'state' ? wanted.length : wanted.length + 1
  }
  return available
    .filter((id) => !BOOKKEEPING.has(id))
    .map((id, order) => ({ id, rank: rank(id), order }))
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, HEADLINE_READINGS)
    .map(({ id }) => id)
}

const BOOKKEEPING = new Set(['online', 'readLatency', 'readErrors'])
