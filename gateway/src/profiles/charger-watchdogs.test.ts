import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commandSteps } from './command-writes.ts'
import { parseProfile } from './profiles.ts'

const folder = fileURLToPath(new URL('../../../device-profiles/', import.meta.url))

/**
 * What makes a charger safe by itself when the gateway is gone, from the makers' documents: registers of its own watchdog, which are
 * written before the current; where it has none to write, the limit itself ends and is written again.
 */
const WATCHDOGS: Readonly<Record<string, { readonly before: readonly number[]; readonly forgets: boolean }>> = {
  'keba/p30': { before: [5016, 5018], forgets: false },
  'keba/p40': { before: [5016, 5018], forgets: false },
  'abb/terra-ac': { before: [0x4109, 0x4106], forgets: false },
  'heidelberg/energy-control': { before: [258, 262, 257], forgets: false },
  'phoenix-contact/charx-sec': { before: [1306, 1307], forgets: false },
  'webasto/next': { before: [2000, 2002, 6000], forgets: true },
  'webasto/unite': { before: [2000, 2002, 6000], forgets: true },
  'alfen/eve': { before: [], forgets: true },
}

test.each(Object.entries(WATCHDOGS))('%s: its own watchdog stands before its current', (id, { before, forgets }) => {
  const profile = parseProfile(id, readFileSync(`${folder}${id}.yaml`, 'utf8'))
  const { 'set-current': set, 'pause-charging': pause } = profile.commands
  const steps = commandSteps(profile, set!, 10, { parameters: {}, id: 'C1', at: 0 })
  const addresses = steps.flatMap((step) => ('address' in step ? [step.address] : []))
  expect(addresses).toEqual([...before, set?.register?.address])
  expect([set?.expiresS, set?.revert]).toEqual([forgets ? 60 : undefined, 'before'])
  expect(pause?.allOff).toBe(true)
  // A pause that ends after a minute is none.
  if (forgets) expect(pause?.expiresS).toBe(60)
})
