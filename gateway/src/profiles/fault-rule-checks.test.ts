import { expect, test } from 'vitest'
import { readProfile } from './read-profile.ts'

const profile = (faults: string) => `vendor: Acme
model: Charger
kind: evse
title: { zh: 充电桩, en: Charger }
source: [{ document: manual }]
mqtt:
  messages:
    - topic: a/{device}
      values: [{ quantity: evseState, pointer: /s }, { quantity: errorCode, pointer: /e }, { quantity: paper.receipt, pointer: /p }]
faults:
${faults}`

const problemsOf = (faults: string) => {
  const read = readProfile(profile(faults))
  return 'problems' in read ? read.problems.map(({ path, message }) => `${path}: ${message}`) : []
}

test('a good rule is taken, with its defaults', () => {
  const read = readProfile(profile('  - { code: ev.ground, type: bit, quantity: errorCode, bit: 3 }'))
  expect('profile' in read && read.profile.faults).toEqual([
    { code: 'ev.ground', type: 'bit', quantity: 'errorCode', bit: 3, set: true, onDelayS: 0, offDelayS: 0 },
  ])
})

test('every problem of every rule comes at once, with a remedy', () => {
  const problems = problemsOf(`  - { code: ev.gruond, type: bit, quantity: errorCode, bit: 3 }
  - { code: ev.ground, type: state, quantity: evseState, values: [G] }
  - { code: ev.hot, type: above, quantity: evseState, limit: 3 }
  - { code: ev.hot, type: above, quantity: temperature.connector, limit: 90 }
  - { code: ev.hot, type: above, quantity: errorKode, limit: 90 }
  - { code: app.crashloop, type: change, quantity: errorCode, windowS: 60 }
  - { code: prn.paper_low, type: absence, quantity: ribbon.* }
`)
  expect(problems).toHaveLength(7)
  expect(problems[0]).toMatch(/^faults\[0\]\.code: .*Did you mean "ev\.ground"/)
  expect(problems[1]).toBe('faults[1].values[0]: It never shows "G". Its words: A, B, C, D, E, F. Did you mean "A"?')
  expect(problems[2]).toMatch(/^faults\[2\]\.type: .*use "state"/)
  expect(problems[3]).toMatch(/^faults\[3\]\.quantity: .*not measured by this profile/)
  expect(problems[4]).toMatch(/^faults\[4\]\.quantity: .*Did you mean "errorCode"/)
  expect(problems[5]).toMatch(/^faults\[5\]: Give above or below/)
  expect(problems[6]).toMatch(/^faults\[6\]\.quantity: .*not measured/)
})
