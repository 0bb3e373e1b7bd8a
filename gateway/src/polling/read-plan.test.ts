import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CompiledRegister } from '../profiles/decode-registers.ts'
import { type AddressRange, blockCostMs, type PlanCost, type PlanLimits, planReads } from './read-plan.ts'

const register = (address: number, length = 1, more: Partial<CompiledRegister> = {}): CompiledRegister => ({
  quantity: `q${address}`,
  table: 'holding',
  address,
  length,
  rate: 'normal',
  companions: [],
  indivisible: length > 1,
  decode: () => 0,
  ...more,
})

const limits: PlanLimits = { maxRegistersPerRequest: 125, alignment: 'any', forbidden: [] }
const serial9600: PlanCost = { perRequestMs: 42, perRegisterMs: 2.1 }
const shape = (blocks: ReturnType<typeof planReads>) => blocks.map(({ address, count }) => [address, count])

test('a hole is read through when that is cheaper than another request', () => {
  const registers = [register(0, 2), register(18, 2)]
  expect(shape(planReads(registers, limits, serial9600))).toEqual([[0, 20]])
  expect(shape(planReads(registers, limits, { perRequestMs: 10, perRegisterMs: 2 }))).toEqual([
    [0, 2],
    [18, 2],
  ])
})

test('a hole longer than the profile allows is never read through', () => {
  expect(shape(planReads([register(0), register(6)], { ...limits, maxGap: 4 }, serial9600))).toHaveLength(2)
  expect(shape(planReads([register(0), register(5)], { ...limits, maxGap: 4 }, serial9600))).toHaveLength(1)
})

test('a forbidden range is never read through, and a register in it is left out', () => {
  const forbidden = [{ table: 'holding', from: 3, to: 4 }] as const
  const registers = [register(0), register(4), register(8)]
  expect(shape(planReads(registers, { ...limits, forbidden }, serial9600))).toEqual([
    [0, 1],
    [8, 1],
  ])
})

test('a border without length splits two neighbours', () => {
  const forbidden = [{ table: 'holding', from: 2, to: 1 }] as const
  expect(shape(planReads([register(0, 2), register(2, 2)], { ...limits, forbidden }, serial9600))).toEqual([
    [0, 2],
    [2, 2],
  ])
})

test('blocks start and end on even addresses where the device wants it', () => {
  const even = { ...limits, alignment: 'even' } as const
  expect(shape(planReads([register(3), register(6)], even, serial9600))).toEqual([[2, 6]])
})

test('a value is not cut at the limit of a request', () => {
  const registers = Array.from({ length: 6 }, (_, i) => register(i * 4, 4))
  expect(shape(planReads(registers, { ...limits, maxRegistersPerRequest: 10 }, serial9600))).toEqual([
    [0, 8],
    [8, 8],
    [16, 8],
  ])
})

test('the cheapest plan is found where taking as much as fits would not', () => {
  // Greedy takes 0..9 in one request and leaves 10 and 19 with a hole; cutting before 8 has the cheaper holes.
  const registers = [register(0), register(1), register(8), register(10), register(17)]
  const cost = { perRequestMs: 5, perRegisterMs: 1 }
  const plan = planReads(registers, { ...limits, maxRegistersPerRequest: 11 }, cost)
  expect(shape(plan)).toEqual([
    [0, 2],
    [8, 3],
    [17, 1],
  ])
})

test('scale registers are read with the value, wherever they stand', () => {
  const scaled = register(100, 1, { companions: [{ table: 'holding', address: 60_000 }] })
  const plan = planReads([scaled], limits, serial9600)
  expect(shape(plan)).toEqual([
    [100, 1],
    [60_000, 1],
  ])
  expect(plan.map(({ registers }) => registers.length)).toEqual([1, 0])
})

const arbitraryRegister = fc
  .record({
    address: fc.integer({ min: 0, max: 400 }),
    length: fc.constantFrom(1, 1, 2, 2, 4, 8),
    table: fc.constantFrom('holding' as const, 'input' as const),
    companion: fc.option(fc.integer({ min: 0, max: 450 })),
  })
  .map(({ address, length, table, companion }) =>
    register(address, length, { table, companions: companion === null ? [] : [{ table, address: companion }] }),
  )
const arbitraryCase = fc.record({
  registers: fc.array(arbitraryRegister, { maxLength: 40 }),
  max: fc.integer({ min: 8, max: 125 }),
  maxGap: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  alignment: fc.constantFrom('any' as const, 'even' as const),
  forbidden: fc.array(
    fc.record({
      table: fc.constantFrom('holding' as const, 'input' as const),
      from: fc.integer({ min: 0, max: 420 }),
      length: fc.integer({ min: 0, max: 20 }),
    }),
    { maxLength: 6 },
  ),
  cost: fc.record({ perRequestMs: fc.integer({ min: 1, max: 80 }), perRegisterMs: fc.constantFrom(0.02, 0.5, 2.1, 9) }),
})

test('for any registers and limits: all read once, none forbidden, none too long, never dearer than one by one', () => {
  fc.assert(
    fc.property(arbitraryCase, ({ registers, max, maxGap, alignment, forbidden, cost }) => {
      const ranges: AddressRange[] = forbidden.map(({ table, from, length }) => ({
        table,
        from,
        to: from + length - 1,
      }))
      const bounds = {
        maxRegistersPerRequest: max,
        alignment,
        forbidden: ranges,
        ...(maxGap === undefined ? {} : { maxGap }),
      }
      const plan = planReads(registers, bounds, cost)
      const hits = (table: string, from: number, end: number) =>
        ranges.some((range) => range.table === table && range.from < end && range.to >= from)
      for (const block of plan) {
        expect(block.count).toBeLessThanOrEqual(max)
        expect(hits(block.table, block.address, block.address + block.count)).toBe(false)
        if (alignment === 'even' && block.spans.length > 1) expect([block.address % 2, block.count % 2]).toEqual([0, 0])
      }
      const readable = registers.filter((r) => !hits(r.table, r.address, r.address + r.length))
      for (const wanted of readable) {
        const within = plan.filter(
          (b) =>
            b.table === wanted.table &&
            b.address <= wanted.address &&
            b.address + b.count >= wanted.address + wanted.length,
        )
        expect(within.length).toBeGreaterThanOrEqual(1)
        expect(plan.filter((block) => block.registers.includes(wanted))).toHaveLength(1)
      }
      const oneByOne = readable.reduce((sum, one) => {
        const alone = planReads([{ ...one, companions: [] }], bounds, cost)
        const companions = one.companions.filter(({ table, address }) => !hits(table, address, address + 1))
        const perCompanion =
          companions.length * blockCostMs({ table: one.table, count: alignment === 'even' ? 2 : 1 }, cost)
        return sum + alone.reduce((total, block) => total + blockCostMs(block, cost), 0) + perCompanion
      }, 0)
      const refusedWithCompanion = registers.filter((r) => !readable.includes(r) && r.companions.length > 0)
      const slack = refusedWithCompanion.length * blockCostMs({ table: 'holding', count: 2 }, cost)
      const total = plan.reduce((sum, block) => sum + blockCostMs(block, cost), 0)
      expect(total).toBeLessThanOrEqual(oneByOne + slack + 1e-6)
    }),
    { numRuns: 300 },
  )
})

test('no way to cut the sorted registers is cheaper than the plan', () => {
  const few = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(
      few,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 4, max: 40 }),
      (addresses, perRequestMs, max) => {
        const cost = { perRequestMs, perRegisterMs: 1 }
        const sorted = addresses.sort((a, b) => a - b)
        let cheapest = Number.POSITIVE_INFINITY
        for (let cuts = 0; cuts < 2 ** (sorted.length - 1); cuts++) {
          let total = 0
          let first = sorted[0]!
          for (const [i, address] of sorted.entries()) {
            if (i < sorted.length - 1 && !(cuts & (1 << i))) continue
            const count = address - first + 1
            total += count > max ? Number.POSITIVE_INFINITY : perRequestMs + count
            first = sorted[i + 1] ?? 0
          }
          cheapest = Math.min(cheapest, total)
        }
        const plan = planReads(
          sorted.map((address) => register(address)),
          { ...limits, maxRegistersPerRequest: max },
          cost,
        )
        expect(plan.reduce((sum, block) => sum + blockCostMs(block, cost), 0)).toBe(cheapest)
      },
    ),
  )
})
