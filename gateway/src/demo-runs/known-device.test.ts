import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { offerOf } from '../commands/offer.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import { parseProfile } from '../profiles/profiles.ts'
import { knownDevice } from './known-device.ts'

const switchesOf = async (profileId: string) => {
  const file = join(import.meta.dirname, '../../../device-profiles', `${profileId}.yaml`)
  const profile = parseProfile(file, await readFile(file, 'utf8'))
  const device = { id: 'd', name: 'd', kind: profile.kind, periodsMs: {}, profile } as unknown as ResolvedDevice
  const offers = Object.entries(profile.commands).map(([name, command]) =>
    offerOf(
      name,
      { device, command, state: undefined, now: 0, busy: undefined, givenLastDay: 0, sinceLastMs: undefined },
      undefined,
    ),
  )
  return knownDevice(device, undefined, offers, false).switches
}

test('a charger is on at its full current, and whatever sets its current moves that; a plug is just on', async () => {
  expect((await switchesOf('keba/p30')).on).toEqual({
    ...{ command: 'switch-on', value: 32, canRevert: true },
    adjustedBy: ['set-current', 'switch-on'],
  })
  expect((await switchesOf('heidelberg/energy-control')).on).toMatchObject({
    ...{ command: 'set-current', adjustedBy: ['set-current'] },
  })
  // Its set-current and set-temperature are no part of being on.
  expect((await switchesOf('hallwatt/appliance')).on).toEqual({ command: 'switch-on', canRevert: true })
})
