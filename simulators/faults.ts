import type { SimulatedDevice } from './device.ts'
import { experienceFaults } from './faults/experience-faults.ts'
import { hostFaults } from './faults/host-faults.ts'
import { lineFaults } from './faults/line-faults.ts'
import { partFaults } from './faults/part-faults.ts'
import { powerFaults } from './faults/power-faults.ts'

/** What a device is to a fault. */
export type FaultTarget =
  | 'terminal'
  | 'queue'
  | 'evaluator'
  | 'ups'
  | 'appliance'
  | 'charger'
  | 'charger-agent'
  | 'meter-agent'
  | 'instrument'
  | 'safety'
  | 'modbus'
  | 'mqtt'
  | 'ocpp'

export interface FaultParameters {
  readonly address?: number | undefined
  readonly code?: number | undefined
  readonly delayMs?: number | undefined
  readonly seconds?: number | undefined
  readonly perSecond?: number | undefined
  /** A word that chooses a form of the fault: receipt or invoice, corrupt or short. */
  readonly form?: string | undefined
}

export type FaultParameter = keyof FaultParameters

export interface FaultDefinition {
  readonly zh: string
  readonly en: string
  /** The fault code a gateway should find for it (FAULTS taxonomy); absent for faults of the line. */
  readonly finds?: string
  readonly on: readonly FaultTarget[]
  /** Parameters it understands, with their defaults. */
  readonly parameters?: FaultParameters
  readonly apply: (device: SimulatedDevice, parameters: FaultParameters) => void
  readonly clear: (device: SimulatedDevice) => void
}

/** Every fault by its name. */
export const FAULTS: Readonly<Record<string, FaultDefinition>> = {
  ...partFaults,
  ...hostFaults,
  ...powerFaults,
  ...lineFaults,
  ...experienceFaults,
}

export type FaultRefusal = { readonly ok: false; readonly message: string }

/** The faults that are on, and the only way to change them. */
export function createFaults(devices: ReadonlyMap<string, SimulatedDevice>) {
  const active = new Map<string, Map<string, FaultParameters>>()

  return {
    list: () =>
      [...active].flatMap(([device, faults]) =>
        [...faults].map(([fault, parameters]) => ({ device, fault, ...parameters })),
      ),
    /** Names of the faults that are on this device. */
    of: (device: string) => [...(active.get(device)?.keys() ?? [])],
    /** Puts a fault on a device, or says why that cannot be. */
    apply(fault: string, deviceId: string, parameters: FaultParameters = {}): { readonly ok: true } | FaultRefusal {
      const definition = Object.hasOwn(FAULTS, fault) ? FAULTS[fault] : undefined
      const device = devices.get(deviceId)
      if (!definition) return { ok: false, message: `There is no fault "${fault}".` }
      if (!device) return { ok: false, message: `There is no device "${deviceId}" in this hall.` }
      if (!definition.on.some((target) => device.targets.includes(target)))
        return { ok: false, message: `"${fault}" cannot happen to ${deviceId} (${device.profile}).` }
      const faults = active.get(deviceId) ?? new Map<string, FaultParameters>()
      const effective = { ...definition.parameters, ...dropUndefined(parameters) }
      definition.apply(device, effective)
      faults.set(fault, effective)
      active.set(deviceId, faults)
      return { ok: true }
    },
    /** Takes one fault, or all, off a device. What is left is applied again. Returns how many went. */
    clear(deviceId: string, fault?: string): number {
      const faults = active.get(deviceId)
      const device = devices.get(deviceId)
      if (!faults || !device) return 0
      const names = fault === undefined ? [...faults.keys()] : faults.has(fault) ? [fault] : []
      for (const name of names) {
        FAULTS[name]?.clear(device)
        faults.delete(name)
      }
      for (const [name, parameters] of faults) FAULTS[name]?.apply(device, parameters)
      if (faults.size === 0) active.delete(deviceId)
      return names.length
    },
    clearAll(): number {
      return [...active.keys()].reduce((count, id) => count + this.clear(id), 0)
    },
  }
}

export type Faults = ReturnType<typeof createFaults>

const dropUndefined = (parameters: FaultParameters): FaultParameters =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
