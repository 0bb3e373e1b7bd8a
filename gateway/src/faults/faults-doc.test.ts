import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { repairSchema } from '../config/repair-schema.ts'
import { ruleSchemaWith } from '../profiles/fault-rule-schema.ts'
import { createTestHall } from './faults-fixture.ts'

const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8')
const example = (name: string) => parse(page.match(new RegExp(`\`\`\`yaml ${name}\\n([\\s\\S]*?)\`\`\``))?.[1] ?? '')

test('the rules of the profile example find what the page says they find', () => {
  const { faults } = example('profile')
  const quantities = { errorCode: 0, evseState: 0, 'temperature.connector': 0, voltageL1: 0, switchedOn: 0 }
  const hall = createTestHall([{ id: 'd', kind: 'evse', quantities, rules: faults }])
  hall.say('d', { errorCode: 8, evseState: 'E', 'temperature.connector': 95, voltageL1: 230, switchedOn: true })
  hall.pass(60)
  hall.pass(3541)
  expect(hall.told()).toEqual([
    'raised ev.ground errorCode',
    'raised ev.comm evseState',
    'raised ev.hot temperature.connector',
    'raised agent.lost voltageL1',
  ])
})

test('the rules of the hall example hold for the devices they name', () => {
  const { repair } = example('hall')
  expect(repairSchema.parse(repair).rules).toHaveLength(3)
  const hall = createTestHall(
    [
      { id: 'kiosk-04', kind: 'kiosk', quantities: { door: 0 } },
      { id: 'kiosk-05', kind: 'kiosk', quantities: { door: 0 } },
    ],
    { hallRules: repair.rules },
  )
  hall.say('kiosk-04', { door: 'open' })
  hall.say('kiosk-05', { door: 'open' })
  expect(hall.told()).toEqual(['raised door.forced door'])
})

test('the page names every kind of rule', () => {
  const kinds = ruleSchemaWith({}).options.map(({ shape }) => shape.type.value)
  expect(kinds.filter((kind) => !page.includes(`\`${kind}\``))).toEqual([])
})
