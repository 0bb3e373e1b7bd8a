import { describe, expect, test } from 'vitest'
import { FAULTS } from '../../../simulators/faults.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'

const codes = Object.keys(FAULT_CODES)
/** Raised by a demonstration that cannot be ended, never by a reading alone: told end to end with a welded relay. */
const RAISED_BY_RUNS = ['demo.not_off']
const scenarios = Object.values(FAULTS).flatMap(({ finds }) => finds ?? [])

describe('every fault of the taxonomy can be brought about in the simulated hall', () => {
  test.each(codes.filter((code) => !RAISED_BY_RUNS.includes(code)))('%s', (code) => {
    expect(scenarios).toContain(code)
  })
})

test('no scenario promises a fault that does not exist', () => {
  expect(scenarios.filter((code) => !codes.includes(code))).toEqual([])
})
