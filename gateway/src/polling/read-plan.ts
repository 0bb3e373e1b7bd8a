import type { CompiledRegister, PointTable } from '../profiles/decode-registers.ts'

/** One request: `count` registers from `address`, and the registers of the profile whose values it brings. */
export interface ReadBlock {
  readonly table: PointTable
  readonly address: number
  readonly count: number
  /** In the order of their addresses. Scale and ratio registers are read but not listed. */
  readonly registers: readonly CompiledRegister[]
  /** What must be read in it; the rest are holes and padding. */
  readonly spans: readonly Span[]
}

export interface AddressRange {
  readonly table: PointTable
  /** Both ends belong to the range. `to` = `from` - 1 is a border: no request may reach across it. */
  readonly from: number
  readonly to: number
}

export interface PlanLimits {
  /** Registers per request; a request for bits may hold 16 times as many. */
  readonly maxRegistersPerRequest: number
  /** Never read through a longer hole than this, however cheap. */
  readonly maxGap?: number
  readonly alignment: 'any' | 'even'
  readonly forbidden: readonly AddressRange[]
}

export interface PlanCost {
  /** Everything that does not depend on the length: request, turnaround of the device, gap. */
  readonly perRequestMs: number
  readonly perRegisterMs: number
}

/** A run of registers that is read in one piece. `end` does not belong to it. */
export interface Span {
  readonly table: PointTable
  readonly address: number
  readonly end: number
}

/** Registers that are read for themselves and belong to no line of a profile. */
export function blockOf({ table, address, count }: { table: PointTable; address: number; count: number }): ReadBlock {
  return { table, address, count, registers: [], spans: [{ table, address, end: address + count }] }
}

const MAX_BITS_PER_REQUEST = 2000

/**
 * The cheapest set of requests that reads every register. A hole between two registers is read through when that costs less than
 * another request. Optimal: the cheapest plan for the first j registers in order of address is the cheapest
 * over every possible last request (dynamic programming over the sorted registers).
 * A register that lies in a forbidden range, or is longer than a request may be, is left out.
 */
export function planReads(
  registers: readonly CompiledRegister[],
  limits: PlanLimits,
  cost: PlanCost,
): readonly ReadBlock[] {
  const tables = new Set<PointTable>()
  for (const register of registers) {
    tables.add(register.table)
    for (const companion of register.companions) tables.add(companion.table)
  }
  return [...tables].flatMap((table) => planTable(table, registers, limits, cost))
}

export const blockCostMs = (block: { table: PointTable; count: number }, cost: PlanCost): number =>
  cost.perRequestMs + cost.perRegisterMs * (isBits(block.table) ? block.count / 16 : block.count)

const isBits = (table: PointTable) => table === 'coil' || table === 'discrete'

/** True when the device must not be asked for any part of the span. */
export const touches = (forbidden: readonly AddressRange[], { table, address, end }: Span): boolean =>
  forbidden.some((range) => range.table === table && range.from < end && range.to >= address)

function planTable(
  table: PointTable,
  registers: readonly CompiledRegister[],
  limits: PlanLimits,
  cost: PlanCost,
): ReadBlock[] {
  const max = isBits(table)
    ? Math.min(MAX_BITS_PER_REQUEST, limits.maxRegistersPerRequest * 16)
    : limits.maxRegistersPerRequest
  const spans = spansOf(table, registers, limits.forbidden, max)
  // cheapest[j]: cost of the first j spans; startOf[j]: index of the first span of the last request in that plan.
  const cheapest = [0]
  const startOf = [0]
  for (let j = 1; j <= spans.length; j++) {
    cheapest[j] = Number.POSITIVE_INFINITY
    let end = 0
    for (let i = j - 1; i >= 0; i--) {
      const first = spans[i]!
      end = Math.max(end, first.end)
      if (j - i > 1) {
        const joined = { table, address: first.address, end }
        const gap = spans[i + 1]!.address - first.end
        if (end - first.address > max || gap > (limits.maxGap ?? max) || touches(limits.forbidden, joined)) break
      }
      const hull = aligned({ table, address: first.address, end }, j - i === 1, limits, max)
      if (!hull) continue
      const total = cheapest[i]! + blockCostMs({ table, count: hull.end - hull.address }, cost)
      if (total < cheapest[j]!) {
        cheapest[j] = total
        startOf[j] = i
      }
    }
  }
  return blocksOf(table, registers, spans, startOf, limits, max)
}

function blocksOf(
  table: PointTable,
  registers: readonly CompiledRegister[],
  spans: readonly Span[],
  startOf: readonly number[],
  limits: PlanLimits,
  max: number,
): ReadBlock[] {
  const own = registers.filter((register) => register.table === table).sort((a, b) => a.address - b.address)
  const blocks: ReadBlock[] = []
  for (let j = spans.length; j > 0; j = startOf[j]!) {
    const members = spans.slice(startOf[j]!, j)
    const address = members[0]!.address
    const end = Math.max(...members.map((span) => span.end))
    const hull = aligned({ table, address, end }, members.length === 1, limits, max)!
    // A long string may be cut in pieces: it is listed where it begins.
    const brings = own.filter((register) =>
      members.some(
        (span) => span.address <= register.address && register.address + Math.min(register.length, max) <= span.end,
      ),
    )
    blocks.push({ table, address: hull.address, count: hull.end - hull.address, registers: brings, spans: members })
  }
  return blocks.reverse()
}

/**
 * The span from even address to even address where the device wants that. Undefined when the padding would enter a forbidden range
 * or break the limit; a single run is then asked for as it stands, since it cannot be had otherwise.
 */
function aligned(span: Span, single: boolean, limits: PlanLimits, max: number): Span | undefined {
  if (limits.alignment === 'any' || isBits(span.table)) return span
  const even = { table: span.table, address: span.address & ~1, end: (span.end + 1) & ~1 }
  if (even.end - even.address <= max && !touches(limits.forbidden, even)) return even
  return single ? span : undefined
}

/** The distinct runs that must be read, sorted. What overlaps is one run as long as it fits into a request. */
function spansOf(
  table: PointTable,
  registers: readonly CompiledRegister[],
  forbidden: readonly AddressRange[],
  max: number,
): Span[] {
  const wanted: Span[] = []
  for (const register of registers) {
    if (register.table === table) wanted.push(...pieces(register, max))
    for (const companion of register.companions) {
      if (companion.table === table) {
        const { address, length = 1 } = companion
        wanted.push({ table, address, end: address + length })
      }
    }
  }
  wanted.sort((a, b) => a.address - b.address || b.end - a.end)
  const merged: Span[] = []
  for (const span of wanted) {
    if (touches(forbidden, span)) continue
    const last = merged.at(-1)
    if (last && span.end <= last.end) continue
    if (last && span.address < last.end && span.end - last.address <= max) {
      merged[merged.length - 1] = { table, address: last.address, end: span.end }
    } else merged.push(span)
  }
  return merged
}

function pieces(register: CompiledRegister, max: number): Span[] {
  const { table, address, length, indivisible } = register
  if (length <= max) return [{ table, address, end: address + length }]
  if (indivisible) return []
  const spans: Span[] = []
  for (let start = address; start < address + length; start += max) {
    spans.push({ table, address: start, end: Math.min(start + max, address + length) })
  }
  return spans
}
