import { describe, expect, test } from 'vitest'
import { FAULTS } from '../../../simulators/faults.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'

const codes = Object.keys(FAULT_CODES)
const scenarios = Object.values(FAULTS).flatMap(({ finds }) => finds ?? [])

describe('every fault of the taxonomy can be brought about in the simulated hall', () => {
  test.each(codes)('%s', (code) => {
    expect(scenarios).toContain(code)
  })
})

test('no scenario promises a fault that does not exist', () => {
  expect(scenarios.filter((code) => !codes.includes(code))).toEqual([])
})
