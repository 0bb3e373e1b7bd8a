import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRegisters, NOT_AVAILABLE, OUT_OF_RANGE } from './decode-registers.ts'
import { type ModbusProfile, profileSchema } from './profile-schema.ts'
import { imageOf } from './run-case.ts'

/** A profile of one register, or of several. */
function modbusOf(...registers: object[]): ModbusProfile {
  return profileSchema.parse({
    vendor: 'Test',
    model: 'Meter',
    kind: 'meter',
    title: { zh: '电表', en: 'Meter' },
    source: [{ document: 'this test' }],
    modbus: { registers },
  }).modbus!
}

/** Decodes `words` from address 100 on as the one register says; further words are companions. */
function decode(register: object, words: readonly number[], others: Record<string, number[]> = {}) {
  const [compiled] = compileRegisters(modbusOf({ address: 100, ...register }))
  return compiled!.decode(imageOf({ holding: { 100: [...words], ...others } }))
}

/** Splits `value` as `bits` wide two's complement into 16-bit words by plain arithmetic, highest first. */
function wordsOfInteger(value: bigint, bits: number, order: 'high-first' | 'low-first'): number[] {
  const unsigned = value < 0n ? value + 2n ** BigInt(bits) : value
  const words: number[] = []
  for (let rest = unsigned, i = 0; i < bits / 16; i++, rest /= 65536n) words.push(Number(rest % 65536n))
  return order === 'high-first' ? words.reverse() : words
}

/** Builds the IEEE 754 bits by division, without any typed array. */
function wordsOfFloat(value: number, exponentBits: 8 | 11, order: 'high-first' | 'low-first'): number[] {
  const fractionBits = exponentBits === 8 ? 23 : 52
  const bias = 2 ** (exponentBits - 1) - 1
  const sign = value < 0 || Object.is(value, -0) ? 1n : 0n
  let size = Math.abs(value)
  let exponent = 0
  if (size !== 0) {
    while (size >= 2) {
      size /= 2
      exponent++
    }
    while (size < 1 && exponent > 1 - bias) {
      size *= 2
      exponent--
    }
  }
  const isNormal = size >= 1
  const stored = isNormal ? BigInt(exponent + bias) : 0n
  const fraction = BigInt((isNormal ? size - 1 : size) * 2 ** fractionBits)
  const bits = (sign << BigInt(exponentBits + fractionBits)) | (stored << BigInt(fractionBits)) | fraction
  return wordsOfInteger(bits, exponentBits === 8 ? 32 : 64, order)
}

const order = fc.constantFrom('high-first' as const, 'low-first' as const)

describe('whatever a device sends comes out as it was meant', () => {
  test.each([
    ['uint16', 16, false],
    ['int16', 16, true],
    ['uint32', 32, false],
    ['int32', 32, true],
    ['uint64', 64, false],
    ['int64', 64, true],
  ] as const)('%s in both word orders', (type, bits, signed) => {
    const min = signed ? -(2n ** BigInt(bits - 1)) : 0n
    const max = signed ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n
    fc.assert(
      fc.property(fc.bigInt({ min, max }), order, (value, wordOrder) => {
        const words = wordsOfInteger(value, bits, wordOrder)
        expect(decode({ quantity: 'readErrors', type, wordOrder }, words)).toBe(Number(value))
      }),
    )
  })

  test('float32 in both word orders, as the shortest decimal of the same float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), order, (value, wordOrder) => {
        const words = wordsOfFloat(value, 8, wordOrder)
        const decoded = decode({ quantity: 'readErrors', type: 'float32', wordOrder }, words)
        expect(Math.fround(decoded as number)).toBe(value + 0)
        const size = Math.abs(value)
        if (size > 1e-9 && size < 1e15) expect(String(decoded).length).toBeLessThanOrEqual(String(value).length)
      }),
    )
  })

  test('float64 in both word orders', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), order, (value, wordOrder) => {
        const words = wordsOfFloat(value, 11, wordOrder)
        expect(decode({ quantity: 'readErrors', type: 'float64', wordOrder }, words)).toBe(value + 0)
      }),
    )
  })

  test('a scaled integer is the number a person would write down', () => {
    const scale = fc.constantFrom(['1', 0], ['0.1', 1], ['0.01', 2], ['0.001', 3]) as fc.Arbitrary<[string, number]>
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), scale, (raw, [factor, places]) => {
        const decoded = decode(
          { quantity: 'activePower', type: 'int32', unit: 'W', scale: Number(factor) },
          wordsOfInteger(BigInt(raw), 32, 'high-first'),
        )
        const digits = String(Math.abs(raw)).padStart(places + 1, '0')
        const whole = digits.slice(0, digits.length - places)
        const text = `${raw < 0 ? '-' : ''}${whole}${places > 0 ? `.${digits.slice(-places)}` : ''}`
        expect(decoded).toBe(Number(text))
      }),
    )
  })

  test('any bit field, by counting binary digits', () => {
    const field = fc.tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 1, max: 32 }))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), field, (raw, [from, width]) => {
        fc.pre(from + width <= 32)
        const digits = raw.toString(2).padStart(32, '0')
        const wanted = Number.parseInt(digits.slice(32 - from - width, 32 - from), 2)
        const words = wordsOfInteger(BigInt(raw), 32, 'high-first')
        expect(decode({ quantity: 'alarmWord.test', type: 'uint32', bits: { from, width } }, words)).toBe(wanted)
      }),
    )
  })
})

test('2301 × 0.1 is 230.1 V, not 230.10000000000002', () => {
  expect(decode({ quantity: 'voltageL1', type: 'uint16', scale: 0.1, unit: 'V' }, [2301])).toBe(230.1)
  expect(decode({ quantity: 'activePower', type: 'uint16', scale: 0.001, unit: 'kW' }, [2301])).toBe(2301)
  expect(decode({ quantity: 'activeEnergyImport', type: 'uint16', unit: 'Wh' }, [2301])).toBe(2.301)
})

test('a float32 of 230.1 V reads 230.1, and one of 2301.3 tenths reads 230.13', () => {
  expect(decode({ quantity: 'voltageL1', type: 'float32', unit: 'V' }, [0x4366, 0x199a])).toBe(230.1)
  expect(decode({ quantity: 'voltageL1', type: 'float32', scale: 0.1, unit: 'V' }, [0x450f, 0xd4cd])).toBe(230.13)
})

test('NaN and infinity are no values', () => {
  const float = { quantity: 'voltageL1', type: 'float32', unit: 'V' }
  for (const words of [
    [0x7fc0, 0],
    [0xffff, 0xffff],
    [0x7f80, 0],
    [0xff80, 0],
  ]) {
    expect(decode(float, words)).toBe(NOT_AVAILABLE)
  }
  expect(decode({ ...float, type: 'float64' }, [0x7ff8, 0, 0, 0])).toBe(NOT_AVAILABLE)
})

test('a value of which one word was not read is no value', () => {
  expect(decode({ quantity: 'activePower', type: 'uint32', unit: 'W' }, [1])).toBe(NOT_AVAILABLE)
  expect(decode({ quantity: 'activePower', type: 'uint64', unit: 'W' }, [0, 0, 1])).toBe(NOT_AVAILABLE)
  expect(decode({ quantity: 'serialNumber', type: 'string', words: 2 }, [0x4142])).toBe(NOT_AVAILABLE)
})

test('patterns of the register come before those of the profile', () => {
  const modbus = modbusOf({ quantity: 'activePower', address: 0, type: 'int32', unit: 'W', missing: ['0x80000000'] })
  modbus.missing = { int32: ['0x7FFFFFFF'] }
  const [register] = compileRegisters(modbus)
  expect(register!.decode(imageOf({ holding: { 0: [0x8000, 0] } }))).toBe(NOT_AVAILABLE)
  expect(register!.decode(imageOf({ holding: { 0: [0x7fff, 0xffff] } }))).toBe(0x7fffffff)
})

test('a 64-bit "no value" pattern is recognised though no double can hold it', () => {
  const register = { quantity: 'activeEnergyImport', type: 'int64', unit: 'Wh', missing: ['0x7FFFFFFFFFFFFFFF'] }
  expect(decode(register, [0x7fff, 0xffff, 0xffff, 0xffff])).toBe(NOT_AVAILABLE)
})

test('a scale register holds the power of ten, positive or negative, and 0x8000 when there is none', () => {
  const register = { quantity: 'activePower', type: 'int16', unit: 'W', scaleRegister: 200 }
  expect(decode(register, [12345], { 200: [0xfffe] })).toBe(123.45)
  expect(decode(register, [12345], { 200: [2] })).toBe(1_234_500)
  expect(decode(register, [12345], { 200: [0x8000] })).toBe(NOT_AVAILABLE)
  expect(decode(register, [12345])).toBe(NOT_AVAILABLE)
  // 400 and -400, which no scale factor is: 0 × 10^400 would be no number at all, and 10^-400 nothing.
  for (const odd of [0x0190, 0xfe70, 11, 0xfff5]) {
    expect(decode(register, [0], { 200: [odd] })).toBe(NOT_AVAILABLE)
    expect(decode(register, [2300], { 200: [odd] })).toBe(NOT_AVAILABLE)
  }
})

test('CT and VT ratios multiply; a ratio of 0 is a meter that was never set up, not a power of 0 W', () => {
  const register = { quantity: 'activePower', type: 'int16', unit: 'W', ratioRegisters: [200, 201], ratioScale: 0.1 }
  expect(decode(register, [15], { 200: [40, 10] })).toBe(600)
  expect(decode(register, [15], { 200: [0, 10] })).toBe(NOT_AVAILABLE)
  expect(decode(register, [15], { 200: [40] })).toBe(NOT_AVAILABLE)
})

test('scale, ratio and sign registers are named as companions, so that they are read too', () => {
  const [register] = compileRegisters(
    modbusOf({
      quantity: 'activePower',
      address: 100,
      type: 'int32',
      unit: 'W',
      scaleRegister: 200,
      ratioRegisters: [201, 202],
      negativeWhen: { address: 203, bit: 2 },
    }),
  )
  expect(register!.companions.map(({ address }) => address)).toEqual([200, 201, 202, 203])
  expect(register).toMatchObject({ table: 'holding', address: 100, length: 2, indivisible: true })
})

test('a sign that stands in another register is applied', () => {
  const register = {
    quantity: 'batteryPower',
    type: 'int16',
    unit: 'W',
    absolute: true,
    negativeWhen: { address: 200, bit: 2 },
  }
  expect(decode(register, [1500], { 200: [4] })).toBe(-1500)
  expect(decode(register, [0xfa24], { 200: [2] })).toBe(1500)
  expect(decode(register, [1500])).toBe(NOT_AVAILABLE)
})

test('a turned sign makes 0 W a 0 and not a -0', () => {
  expect(decode({ quantity: 'gridPower', type: 'int16', unit: 'W', scale: -1 }, [0])).toBe(0)
})

test('what the profile calls impossible is out of range and not shown', () => {
  const register = { quantity: 'powerFactor', type: 'int16', scale: 0.001, min: -1, max: 1 }
  expect(decode(register, [1001])).toBe(OUT_OF_RANGE)
  expect(decode(register, [1000])).toBe(1)
  expect(decode(register, [0xfc18])).toBe(-1)
})

test('a raw number that the profile does not list is never guessed', () => {
  const register = { quantity: 'evseState', type: 'uint16', states: { 1: 'A', '0x02': 'B' } }
  expect(decode(register, [2])).toBe('B')
  expect(decode(register, [3])).toBe(OUT_OF_RANGE)
})

test('coils become true and false', () => {
  const [register] = compileRegisters(modbusOf({ quantity: 'switchedOn', table: 'coil', address: 5, type: 'bool' }))
  expect(register!.decode(imageOf({ coil: { 5: [1] } }))).toBe(true)
  expect(register!.decode(imageOf({ coil: { 5: [0] } }))).toBe(false)
})

test('texts end at the first zero byte, and an empty one is no value', () => {
  const register = { quantity: 'modelName', type: 'string', words: 4 }
  expect(decode(register, [0x4232, 0x3320, 0x0041, 0x4141])).toBe('B23')
  expect(decode(register, [0, 0, 0, 0])).toBe(NOT_AVAILABLE)
})
