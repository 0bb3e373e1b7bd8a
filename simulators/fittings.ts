import { APPLIANCE_MODELS, type ApplianceModel } from './physics/appliances.ts'
import type { Phase } from './physics/electric.ts'

/** Circuits below the main meter. `water` hangs below `experience`; `rest` has no meter of its own. */
export const CIRCUITS = [
  'self-service',
  'counter',
  'lighting',
  'hvac',
  'experience',
  'charging',
  'server-room',
  'rest',
] as const
export type Circuit = (typeof CIRCUITS)[number]

/** What stands in the hall beside what every hall has (lighting, air conditioning, rack). Ids are those of the hall file. */
export interface Fittings {
  readonly terminals: readonly { readonly id: string; readonly phase: Phase }[]
  readonly appliances: readonly { readonly id: string; readonly model: ApplianceModel; readonly phase: Phase }[]
  readonly chargers: readonly { readonly id: string; readonly maxA: number; readonly phases: readonly Phase[] }[]
  readonly counters: number
}

const TERMINAL = /kiosk|zt200|sst-7/
const PLUG = /plug/

/** Reads the fittings from the devices of a hall file: terminals and plugs by profile, the appliance on a plug by its id. */
export function fittingsOf(devices: readonly { readonly id: string; readonly profile: string }[]): Fittings {
  const phaseOf = (index: number) => (index % 3) as Phase
  return {
    terminals: devices
      .filter((device) => TERMINAL.test(device.profile))
      .map(({ id }, index) => ({ id, phase: phaseOf(index) })),
    appliances: devices
      .filter((device) => PLUG.test(device.profile))
      .map(({ id }, index) => ({
        id,
        model: APPLIANCE_MODELS.find((model) => id.includes(model)) ?? 'lamp-led',
        phase: phaseOf(index),
      })),
    chargers: devices.flatMap(({ id, profile }): Fittings['chargers'][number][] =>
      profile.startsWith('keba/')
        ? [{ id, maxA: 16, phases: [0, 1, 2] }]
        : /^(abb\/terra|alfen\/eve|webasto\/)/.test(profile)
          ? [{ id, maxA: 32, phases: [1] }]
          : profile === 'hallwatt/charger'
            ? [{ id, maxA: 32, phases: [2] }]
            : profile.startsWith('ocpp/')
              ? [{ id, maxA: 32, phases: [0] }]
              : [],
    ),
    counters: Math.max(1, devices.filter((device) => device.profile.includes('evaluator')).length),
  }
}
