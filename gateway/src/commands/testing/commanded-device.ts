import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Connection, ResolvedDevice } from '../../config/resolved-hall.ts'
import type { Presence, Value } from '../../domain/frame.ts'
import { parseProfile } from '../../profiles/profiles.ts'
import type { DeviceState } from '../../readings/readings.ts'
import type { CommandSituation } from '../decide.ts'

const folder = fileURLToPath(new URL('../../../../device-profiles/', import.meta.url))

/** A device with a shipped profile that may be commanded. */
function device(
  id: string,
  profileId: string,
  connection: Connection,
  change = (text: string): string => text,
): ResolvedDevice {
  const profile = parseProfile(`${profileId}.yaml`, change(readFileSync(`${folder}${profileId}.yaml`, 'utf8')))
  return {
    ...{ id, name: id, hall: 'hall', zone: 'zone', kind: profile.kind, profileId, profile, connection },
    ...{ periodsMs: {}, commands: Object.keys(profile.commands), fingerprint: id },
  }
}

export const plug = device('plug-1', 'tasmota/plug', { via: 'mqtt', user: 'plug-1', parameters: { topic: 'plug-1' } })
export const charger = device('evse-1', 'abb/terra-ac', { via: 'modbus', link: 'bus', unitId: 1 })

/** A charger that forgets its limit after so long: its profile is the shipped one, with a shorter minute, and read once a second. */
export const forgetfulCharger = (id: string, profileId: string, expiresS: number): ResolvedDevice =>
  device(id, profileId, { via: 'modbus', link: 'bus', unitId: 1 }, (text) =>
    text
      .replaceAll('expiresS: 60', `expiresS: ${expiresS}`)
      .replaceAll('value: 60,', `value: ${Math.ceil(expiresS)},`)
      .replace(/periodsMs: .*/, 'periodsMs: { fast: 500, normal: 500, slow: 500 }'),
  )

export const stateOf = (
  id: string,
  presence: Presence,
  readings: Readonly<Record<string, Value>> = {},
): DeviceState => ({
  device: id,
  presence,
  since: 0,
  readings: new Map(Object.entries(readings).map(([quantity, value]) => [quantity, { value, at: 0, quality: 'good' }])),
})

export const situation = (
  of: ResolvedDevice,
  command: string,
  how: {
    presence?: Presence
    busy?: CommandSituation['busy']
    readings?: Readonly<Record<string, Value>>
  } = {},
): CommandSituation => ({
  device: of,
  command: of.profile.commands[command]!,
  state: stateOf(of.id, how.presence ?? 'online', how.readings),
  now: 0,
  busy: how.busy,
  givenLastDay: 0,
  sinceLastMs: undefined,
})
