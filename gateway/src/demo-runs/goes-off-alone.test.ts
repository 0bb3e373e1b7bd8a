import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import { parseProfile } from '../profiles/profiles.ts'
import { goesOffAlone } from './goes-off-alone.ts'

const folder = join(import.meta.dirname, '../../../device-profiles')
const profiled = (id: string, change = (text: string) => text) =>
  ({ profile: parseProfile(id, change(readFileSync(join(folder, `${id}.yaml`), 'utf8'))) }) as ResolvedDevice

test.each([
  ['tasmota/plug', 'switch-on', true],
  ['shelly/plug-gen2', 'switch-on', true],
  ['shelly/relay-channel', 'switch-on', true],
  ['hallwatt/appliance', 'switch-on', true],
  ['keba/p30', 'switch-on', true],
  ['abb/terra-ac', 'switch-on', true],
  ['alfen/eve', 'set-current', true],
  ['ocpp/charge-point-16', 'set-current', true],
  ['zigbee2mqtt/plug', 'switch-on', false],
  ['zigbee2mqtt/relay', 'switch-on', false],
  ['tasmota/relay-channel', 'switch-on', false],
] as const)('%s: what %s switches on goes off without a gateway: %s', (profile, command, is) => {
  expect(goesOffAlone(profiled(profile), command)).toBe(is)
})

test('a countdown that is shorter than what runs ask for is none', () => {
  const short = profiled('tasmota/plug', (text) => text.replace('mostS: 64800', 'mostS: 30'))
  expect(goesOffAlone(short, 'switch-on')).toBe(false)
})
