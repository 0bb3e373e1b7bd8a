import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bcdDigits, decodeBcd, decodeBlock } from '../profiles/bcd.ts'
import { dataIdentifierBytes, FUNCTION, findFrame, isUnknownData, refusalsOf, requestBytes } from './frame.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const read = (address: string, identifier: string) =>
  requestBytes(address, FUNCTION.read, dataIdentifierBytes(identifier))

/** The frame in these bytes; fails when there is none. */
function frameIn(bytes: Buffer) {
  const found = findFrame(bytes)
  if (found.found !== 'frame') throw new Error(`found ${found.found}`)
  return found.frame
}

const ENERGY = { bytes: 4, decimals: 2, signed: false }
const VOLTAGE = { bytes: 2, decimals: 1, signed: false }
const POWER = { bytes: 3, decimals: 4, signed: true }

test('a request for the imported energy goes out as the standard writes it', () => {
  expect(read('000000000161', '00010000')).toEqual(hex('FE FE FE FE 68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16'))
})

test('a lone meter is asked for its address', () => {
  expect(requestBytes('AAAAAAAAAAAA', 0x13)).toEqual(hex('FE FE FE FE 68 AA AA AA AA AA AA 68 13 00 DF 16'))
})

test('an answer with 0.26 kWh is understood', () => {
  const frame = frameIn(hex('FE FE FE FE 68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16'))
  expect(frame).toMatchObject({ address: '000000000161', functionCode: 0x11, fromMeter: true, abnormal: false })
  expect(frame.data.subarray(0, 4)).toEqual(dataIdentifierBytes('00010000'))
  expect(decodeBcd(frame.data.subarray(4), ENERGY)).toBe(0.26)
})

test('an answer with 100.1 V is understood', () => {
  const frame = frameIn(hex('FE FE FE FE 68 61 01 00 00 00 00 68 91 06 33 34 34 35 34 43 10 16'))
  expect(decodeBcd(frame.data.subarray(4), VOLTAGE)).toBe(100.1)
})

/** What a meter would send: the frame of a request with the flags of an answer. */
function answer(control: number, data: Uint8Array): Buffer {
  return requestBytes('000000000161', control, data)
}

test('a meter that does not have an item says so', () => {
  const frame = frameIn(answer(0xd1, Buffer.from([0x02])))
  expect(frame).toMatchObject({ abnormal: true, functionCode: 0x11 })
  expect(isUnknownData(frame.data[0]!)).toBe(true)
  expect(refusalsOf(0x06).map(({ en }) => en)).toEqual(['no such data', 'wrong password or not authorised'])
})

test('an answer that goes on says so', () => {
  expect(frameIn(answer(0xb1, Buffer.alloc(8))).moreFollows).toBe(true)
})

describe('numbers', () => {
  test.each([
    [[0x00, 0x00, 0x80], POWER, 0],
    [[0x45, 0x23, 0x81], POWER, -1.2345],
    [[0x45, 0x23, 0x01], POWER, 1.2345],
    [[0x57, 0x20, 0x02, 0x00], ENERGY, 220.57],
    [[0x99, 0x99, 0x99, 0x99], ENERGY, 999_999.99],
    [[0xff, 0xff], VOLTAGE, undefined],
    [[0xff, 0xff, 0xff], POWER, undefined],
    [[0x0a, 0x22], VOLTAGE, undefined],
  ] as const)('%j is %o', (bytes, format, value) => expect(decodeBcd(Uint8Array.from(bytes), format)).toBe(value))

  test('a block of three phases is three numbers, and a phase that is not measured is none', () => {
    expect(decodeBlock(Uint8Array.from([0x15, 0x23, 0x07, 0x23, 0xff, 0xff]), VOLTAGE)).toEqual([
      231.5,
      230.7,
      undefined,
    ])
  })

  test('an address is digits, not a number', () =>
    expect(bcdDigits(Uint8Array.from([0x61, 0x01, 0, 0, 0, 0]))).toBe('000000000161'))
})

test('a frame is found behind noise that looks like the beginning of one', () => {
  const frame = answer(0x91, Buffer.from([1, 2, 3, 4, 5]))
  for (const noise of ['68', '68 68 68', '00 FF 68 12 34', '68 61 01 00 00 00 00 68 91 08 33'])
    expect(findFrame(Buffer.concat([hex(noise), frame]))).toMatchObject({ found: 'frame' })
})

test('half a frame waits for the rest', () => {
  const frame = answer(0x91, Buffer.from([1, 2, 3]))
  for (let length = 5; length < frame.length; length++)
    expect(findFrame(frame.subarray(0, length)).found).toBe('needMore')
})

test('one wrong bit anywhere in a frame is never taken for an answer with other values', () => {
  const good = answer(0x91, Buffer.from([0, 0, 1, 0, 0x26, 0, 0, 0])).subarray(4)
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bent = Buffer.from(good)
    bent[bit >> 3]! ^= 1 << (bit & 7)
    expect(findFrame(bent).found).not.toBe('frame')
  }
})

test('no bytes whatever make it throw or go on for ever', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const found = findFrame(Buffer.from(bytes))
      expect(found.rest).toBeLessThanOrEqual(bytes.length)
    }),
    { numRuns: 2000 },
  )
})

test('what was sent is what is understood, whatever the data', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.stringMatching(/^[0-9]{12}$/), (data, address) => {
      const frame = frameIn(requestBytes(address, 0x91, data))
      expect(frame.address).toBe(address)
      expect([...frame.data]).toEqual([...data])
    }),
  )
})
