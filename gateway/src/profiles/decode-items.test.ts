import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileItems } from './decode-items.ts'
import { type CompiledRegister, isBad } from './decode-registers.ts'
import { dlt645Schema } from './dlt645-schema.ts'
import { ITEM_HEADER, itemWords } from './item-words.ts'
import { polledPart } from './polled.ts'
import { readProfile } from './read-profile.ts'

const AT = 1_767_225_600_000

const linesOf = (...items: unknown[]) => compileItems(dlt645Schema.parse({ items }))

/** What a line makes of these bytes. */
function decoded(line: CompiledRegister, bytes: readonly number[]) {
  const words = itemWords(Uint8Array.from(bytes), AT, ITEM_HEADER + bytes.length)
  return line.decode({ word: (_, address) => words[address - line.address] ?? -1 })
}

const VOLTAGE = { quantity: 'voltageL1', di: '02010100', format: 'XXX.X', unit: 'V' }
const POWER = { quantity: 'activePower', di: '02030000', format: 'XX.XXXX', signed: true, unit: 'kW' }
const BLOCK = { ...VOLTAGE, quantity: 'voltageL2', di: '02010200', block: { di: '0201FF00', index: 1 } }

test('every number a meter can send comes out as it was, with its sign and in the unit of the hall', () => {
  const [line] = linesOf(POWER)
  fc.assert(
    fc.property(fc.integer({ min: -799_999, max: 799_999 }), (tenthWatts) => {
      const digits = String(Math.abs(tenthWatts)).padStart(6, '0')
      const pairs = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
      if (tenthWatts < 0) pairs[0]! |= 0x80
      expect(decoded(line!, pairs.reverse())).toBe(tenthWatts / 10 + 0)
    }),
  )
})

test('whatever bytes an item has, decoding never fails, and another length is never a value', () => {
  const lines = linesOf(
    VOLTAGE,
    POWER,
    BLOCK,
    { quantity: 'serialNumber', di: '04000402', format: 'digits', bytes: 6 },
    { quantity: 'modelName', di: '0400040B', format: 'text', bytes: 10 },
    { quantity: 'faultActive.clockBatteryLow', di: '04000501', format: 'bits16', bits: { from: 2 } },
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...lines),
      fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 24 }),
      (line, bytes) => {
        const value = decoded(line, bytes)
        if (bytes.length < line.length - ITEM_HEADER) expect(isBad(value)).toBe(true)
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
      },
    ),
    { numRuns: 1000 },
  )
})

test('nothing read is no value', () => {
  for (const line of linesOf(VOLTAGE, BLOCK, { quantity: 'clockOffset', di: '04000101', format: 'clock' }))
    expect(line.decode({ word: () => -1 })).toEqual({ bad: 'not-available' })
})

test('a block that is refused has an item instead, with the same value', () => {
  const [line] = linesOf(BLOCK)
  expect(decoded(line!, [0x15, 0x23, 0x07, 0x23])).toBe(230.7)
  expect(decoded(line!.instead!, [0x07, 0x23])).toBe(230.7)
})

test('text comes with its last letter first, and without what is no letter', () => {
  const [line] = linesOf({ quantity: 'modelName', di: '0400040B', format: 'text', bytes: 10 })
  expect(decoded(line!, [...Buffer.from('\0\0\0\x00666USD')])).toBe('DSU666')
})

const profileText = (items: string) => `vendor: Test
model: Meter
kind: meter
title: { zh: 电表, en: Meter }
source: [{ document: made for this test }]
dlt645:
  items:
${items}`

const problemsOf = (items: string) => {
  const read = readProfile(profileText(items))
  return 'problems' in read ? read.problems.map(({ line, message }) => `${line} ${message}`) : []
}

test('a profile says all that is wrong with its items at once, and where', () => {
  expect(
    problemsOf(`    - { quantity: voltageL1, di: 02010100, format: XXX.X, unit: V }
    - { quantity: voltageL2, di: "02010200", block: { di: "02010300", index: 0 }, format: XXX.XX, unit: V }
    - { quantity: serialNumber, di: "04000402", format: digits }
    - { quantity: voltageL3, di: "02010300", format: XXX.X, unit: kWh, bits: { from: 0 } }`),
  ).toEqual([
    '8 Write a data identifier in quotes: "02010100" without them is a number for YAML.',
    '9 02010300 is a single item: a block has FF in its identifier.',
    '9 XXX.XX has 5 digits, but two share a byte.',
    '10 The format digits needs "bytes": how long the item is.',
    '11 "kWh" does not convert to V, the unit of voltageL3. Write one of "V", "mV".',
    '11 "bits" needs a status word: format bits8 or bits16.',
  ])
})

test('a quantity twice, or an empty list, is told', () => {
  const line = '    - { quantity: voltageL1, di: "02010100", format: XXX.X, unit: V }\n'
  expect(problemsOf(line + line)).toEqual(['9 "voltageL1" is read twice from one meter: remove one.'])
  expect(problemsOf(line)).toEqual([])
})

test('a meter is polled like a register map of its own table', () => {
  const read = readProfile(profileText('    - { quantity: voltageL1, di: "02010100", format: XXX.X, unit: V }\n'))
  if ('problems' in read) throw new Error('the profile should be right')
  expect(polledPart(read.profile)?.items?.items).toHaveLength(1)
})
