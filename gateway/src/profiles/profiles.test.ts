import { describe, expect, test } from 'vitest'
import { HallwattError } from '../domain/errors.ts'
import { parseProfile } from './profiles.ts'

const head = `vendor: Eastron
model: SDM630
kind: meter
title: { zh: 电表, en: Meter }
source: [{ document: SDM630 Modbus protocol }]
`

/** The problems of a Modbus profile with these lines under `modbus`, one `line:column path  message` each. */
function problemsOf(text: string): string[] {
  try {
    parseProfile('meter.yaml', text)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(HallwattError)
    const { code, problems } = error as HallwattError
    expect(code).toBe('HW_PROFILE_INVALID')
    return problems.map(({ line, column, path, message }) => `${line}:${column} ${path}  ${message}`)
  }
}

const registers = (...lines: string[]) =>
  `${head}modbus:\n  registers:\n${lines.map((line) => `    - ${line}\n`).join('')}`

test('a profile that is right is read, with the defaults filled in', () => {
  const profile = parseProfile('meter.yaml', registers('{ quantity: voltageL1, address: 0, type: float32, unit: V }'))
  expect(profile).toMatchObject({
    level: 'draft',
    modbus: { table: 'holding', maxRegistersPerRequest: 125, unitId: 1 },
  })
  expect(profile.modbus?.registers[0]).toMatchObject({ quantity: 'voltageL1', rate: 'normal' })
})

test('all problems of a file come at once, each with its place and what to write instead', () => {
  const text = `${head}modbus:
  table: input
  maxRegisterPerRequest: 80
  registers:
    - { quantity: voltageL1, address: 0, type: float32, unit: V }
    - { quantity: activeEnergyImport, address: 30073, type: float32, unit: kWh }
    - { quantity: activeEnergyExport, address: 74, type: float32, unit: kwh }
    - { quantity: activePwer, address: 52, type: float32, unit: W }
    - { quantity: frequency, address: 70, type: float, unit: Hz }
`
  expect(() => parseProfile('eastron/sdm630.yaml', text)).toThrow(
    `eastron/sdm630.yaml has 5 problems:
    8:3  modbus.maxRegisterPerRequest  "maxRegisterPerRequest" is not known here. Did you mean "maxRegistersPerRequest"?
  11:39  modbus.registers[1].address   30073 is a reference number. Input register 30073 has address 72 (0x0048): write 72.
  12:67  modbus.registers[2].unit      "kwh" is not one of: W, kW,`,
  )
  const problems = problemsOf(text)
  expect(problems[2]).toMatch(/Did you mean "kWh"\?$/)
  expect(problems[3]).toMatch(
    /^13:9 modbus\.registers\[3\]\.quantity {2}"activePwer" is not .* Did you mean "activePower"\?/,
  )
  expect(problems[4]).toMatch(/^14:43 modbus\.registers\[4\]\.type {2}"float" is not .* Did you mean "float32"\?$/)
})

test.each([
  [
    'an unknown quantity gets the nearest word',
    '{ quantity: voltageL4, address: 0, type: float32, unit: V }',
    'Did you mean "voltageL',
  ],
  [
    'a quantity that needs a qualifier says so',
    '{ quantity: temperature, address: 0, type: int16, unit: °C }',
    '"temperature" needs one word after a dot that names where it is measured',
  ],
  [
    'a quantity that takes none says so',
    '{ quantity: activePower.l1, address: 0, type: int16, unit: W }',
    '"activePower" takes nothing after a dot: write "activePower".',
  ],
  [
    'a unit of another quantity is refused',
    '{ quantity: activePower, address: 0, type: int16, unit: V }',
    '"V" does not convert to W, the unit of activePower. Write one of "W", "kW", "mW".',
  ],
  [
    'a missing unit is asked for',
    '{ quantity: activePower, address: 0, type: int16 }',
    'activePower is measured in W: add "unit", one of "W", "kW", "mW".',
  ],
  [
    'a unit on a ratio is too much',
    '{ quantity: powerFactor, address: 0, type: int16, unit: V }',
    'powerFactor has no unit: remove "unit".',
  ],
  [
    'a holding reference number is translated',
    '{ quantity: activePower, address: 40011, type: int16, unit: W }',
    '40011 is a reference number. Holding register 40011 has address 10 (0x000A): write 10.',
  ],
  [
    'a six-digit reference number is translated',
    '{ quantity: activePower, table: input, address: 300073, type: int16, unit: W }',
    '300073 is a reference number. Input register 300073 has address 72 (0x0048): write 72.',
  ],
  [
    'a value past the last address is refused',
    '{ quantity: activePower, address: 65535, type: int32, unit: W }',
    'The value would end at 65536; the last address is 65535.',
  ],
  ['a string needs its length', '{ quantity: modelName, address: 0, type: string }', 'A string needs "words"'],
  [
    'a number has its length already',
    '{ quantity: activePower, address: 0, type: int16, unit: W, words: 2 }',
    '"words" belongs to string and hex only; int16 always takes 1.',
  ],
  [
    'text is no number',
    '{ quantity: activePower, address: 0, type: string, words: 2, unit: W }',
    'string gives text, but activePower is a number.',
  ],
  [
    'states of a float match nothing',
    '{ quantity: evseState, address: 0, type: float32, states: { 1: A } }',
    '"states" needs an integer',
  ],
  [
    'bits of a float mean nothing',
    '{ quantity: alarmWord.main, address: 0, type: float32, bits: { from: 1 } }',
    '"bits" needs a 16 or 32 bit integer',
  ],
  [
    'bits beyond the register are refused',
    '{ quantity: alarmWord.main, address: 0, type: uint16, bits: { from: 15, width: 2 } }',
    'Bits 15 to 16 lie outside uint16, which has 0 to 15.',
  ],
  [
    'a word outside the closed list is refused',
    '{ quantity: chargerState, address: 0, type: uint16, states: { 1: chargin } }',
    'Did you mean "charging"?',
  ],
  [
    'a state without words is refused',
    '{ quantity: evseState, address: 0, type: uint16 }',
    'evseState has words: say under "states"',
  ],
  [
    'true and false are not words',
    '{ quantity: charging, address: 0, type: uint16, states: { 1: "yes" } }',
    'charging is true or false, not "yes".',
  ],
  [
    'a scale of a state has no effect',
    '{ quantity: evseState, address: 0, type: uint16, states: { 1: A }, scale: 0.1 }',
    'evseState is not computed here, so "scale" would have no effect: remove it.',
  ],
  [
    'min above max is refused',
    '{ quantity: powerFactor, address: 0, type: int16, min: 1, max: -1 }',
    'min 1 is not below max -1',
  ],
] as const)('%s', (_, line, message) => {
  const problems = problemsOf(registers(line))
  expect(problems.join('\n')).toContain(message)
  expect(problems).toHaveLength(1)
})

test('a vendor that prints wire addresses says so by the same reference', () => {
  expect(
    problemsOf(registers('{ quantity: activePower, address: 40125, reference: 40125, type: int16, unit: W }')),
  ).toEqual([])
})

describe('registers against each other', () => {
  test('one quantity twice', () => {
    const line = (address: number) => `{ quantity: voltageL1, address: ${address}, type: int16, unit: V }`
    expect(problemsOf(registers(line(0), line(1)))[0]).toContain('"voltageL1" is measured twice')
  })

  test('half of another value', () => {
    const problems = problemsOf(
      registers(
        '{ quantity: voltageL1, address: 0, type: float32, unit: V }',
        '{ quantity: voltageL2, address: 1, type: float32, unit: V }',
      ),
    )
    expect(problems[0]).toContain('1 lies inside voltageL1 (0–1)')
  })

  test('several bits of one register are no overlap', () => {
    const bit = (name: string, from: number) =>
      `{ quantity: faultActive.${name}, address: 0, type: uint16, bits: { from: ${from} } }`
    expect(problemsOf(registers(bit('fan', 0), bit('grid', 1)))).toEqual([])
  })

  test('the same address in another table is no overlap', () => {
    const line = (quantity: string, table: string) =>
      `{ quantity: ${quantity}, table: ${table}, address: 0, type: int16, unit: V }`
    expect(problemsOf(registers(line('voltageL1', 'input'), line('voltageL2', 'holding')))).toEqual([])
  })

  test('two variants may measure the same, but not what is common already', () => {
    const text = `${registers('{ quantity: voltageL1, address: 0, type: int16, unit: V }')}  variants:
    old: { note: old, registers: [{ quantity: activePower, address: 10, type: int16, unit: W }] }
    new: { note: new, registers: [{ quantity: activePower, address: 20, type: int16, unit: W }, { quantity: voltageL1, address: 21, type: int16, unit: V }] }
`
    expect(problemsOf(text)).toHaveLength(1)
    expect(problemsOf(text)[0]).toContain('modbus.variants.new.registers[1].quantity  "voltageL1" is measured twice')
  })

  test('a variant that extends none of the others', () => {
    const text = `${registers('{ quantity: voltageL1, address: 0, type: int16, unit: V }')}  variants:
    hybrid: { note: all, extends: meters, registers: [] }
    meter: { note: some, registers: [{ quantity: activePower, address: 10, type: int16, unit: W }] }
`
    expect(problemsOf(text)[0]).toContain('"meters" is no other variant of this profile. Did you mean "meter"?')
  })

  test('a register in a forbidden range, an odd address and a value longer than a request', () => {
    const text = `${head}modbus:
  alignment: even
  maxRegistersPerRequest: 2
  forbidden: [{ from: 2, to: 3 }]
  registers:
    - { quantity: voltageL1, address: 2, type: float32, unit: V }
    - { quantity: voltageL2, address: 5, type: float32, unit: V }
    - { quantity: activeEnergyImport, address: 8, type: int64, unit: Wh }
`
    const problems = problemsOf(text)
    expect(problems).toHaveLength(3)
    expect(problems[0]).toContain('2 lies in the forbidden range 2–3')
    expect(problems[1]).toContain('Start and count must be even')
    expect(problems[2]).toContain('Takes 4 registers, but the device answers at most 2 per request.')
  })
})

test('a probe must be one of the registers, with something to compare', () => {
  const text = `${registers('{ quantity: voltageL1, address: 0, type: int16, unit: V }')}  probe: { quantity: voltageL2 }\n`
  expect(problemsOf(text).map((problem) => problem.replace(/^\S+ /, ''))).toEqual([
    'modbus.probe  A probe needs min and max, or startsWith for a text: otherwise any answer would pass.',
    'modbus.probe.quantity  "voltageL2" is not among the registers of this profile, so nothing would be probed. Did you mean "voltageL1"?',
  ])
})

test('a profile speaks either Modbus or MQTT', () => {
  expect(problemsOf(head).join()).toContain('Exactly one of "modbus", "dlt645"')
  const both = `${registers('{ quantity: voltageL1, address: 0, type: int16, unit: V }')}mqtt: { messages: [{ topic: a }] }\n`
  expect(problemsOf(both).join()).toContain('Exactly one of "modbus", "dlt645"')
})

test('a message value is taken in one way, by an expression that can be read', () => {
  const text = `${head}mqtt:
  messages:
    - topic: tele/{topic}/SENSOR
      values:
        - { quantity: activePower, pointer: /p, jsonata: p, unit: W }
        - { quantity: voltageL1, jsonata: "p +", unit: V }
        - { quantity: voltageL1, pointer: /u, unit: V }
`
  const problems = problemsOf(text).join('\n')
  expect(problems).toContain('A value is taken by "pointer" or by "jsonata", not by both')
  expect(problems).toContain('mqtt.messages[0].values[1]')
  expect(problems).toContain('"voltageL1" is taken twice from this message')
  expect(problems).toContain('{topic}')
})

test('what is not even YAML is said with its place, and nothing else is claimed', () => {
  const problems = problemsOf('vendor: [a\nmodel: b\n')
  expect(problems.length).toBeGreaterThan(0)
  expect(problems.join()).not.toContain('is missing')
})

test.each([
  '',
  'null',
  '[]',
  '42',
  'modbus: 7',
  'modbus: { registers: [1, null, {}] }',
  'mqtt: { messages: [{ values: 3 }] }',
])('a text like %j is refused with problems and never crashes', (text) => {
  expect(problemsOf(text).length).toBeGreaterThan(0)
})
