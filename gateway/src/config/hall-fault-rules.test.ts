import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { HallwattError } from '../domain/errors.ts'
import { parseProfile } from '../profiles/profiles.ts'
import { parseHall } from './config.ts'

const kiosk = parseProfile(
  'kiosk.yaml',
  readFileSync(new URL('../../../device-profiles/hallwatt/kiosk.yaml', import.meta.url), 'utf8'),
)
const profiles = { get: (id: string) => (id === 'hallwatt/kiosk' ? kiosk : undefined), ids: () => ['hallwatt/kiosk'] }

const hall = (rules: string) => `hall: { id: h, name: 厅 }
zones: [{ id: z, name: 区 }]
devices: [{ id: kiosk-01, name: 终端, profile: hallwatt/kiosk, zone: z }]
repair:
  rules:
${rules}`

function problemsOf(rules: string): string[] {
  try {
    parseHall('hall.yaml', hall(rules), profiles)
    return []
  } catch (error) {
    if (!(error instanceof HallwattError)) throw error
    return error.message.split('\n').slice(1)
  }
}

test('a hall may be stricter than the rules of the kind', () => {
  expect(
    problemsOf('    - { code: host.hot, type: above, quantity: temperature.cabinet, limit: 40, on: { zones: [z] } }'),
  ).toEqual([])
})

test('a rule that fits no device, or looks at what nobody measures, is named', () => {
  const problems =
    problemsOf(`    - { code: host.hot, type: above, quantity: temperature.cabinet, limit: 40, on: { devices: [kiosk-09] } }
    - { code: ev.hot, type: above, quantity: temperature.connector, limit: 90 }
    - { code: host.hot, type: abvoe, quantity: temperature.cabinet, limit: 90 }
`)
  expect(problems).toHaveLength(3)
  expect(problems[0]).toContain('fits no device of the hall')
  expect(problems[1]).toContain('not measured by any device it is meant for')
  expect(problems[2]).toContain('repair.rules[2].type')
})
