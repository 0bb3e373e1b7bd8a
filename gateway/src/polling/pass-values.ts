import type { BadReason, Value } from '../domain/frame.ts'
import type { CompiledRegister } from '../profiles/decode-registers.ts'
import type { Cycle } from './cycle.ts'
import { isPlanned, type Pass } from './device-plan.ts'
import type { Span } from './read-plan.ts'

/** What a pass gave: values, and why the others are missing. */
export interface PassValues {
  readonly values: Record<string, Value>
  readonly bad: Record<string, BadReason> | undefined
}

/**
 * Decodes a pass as far as it came.
 * @param complete  nothing of the device is refused, so that a pass without a failure read everything
 * @param onRead    called with each register that was read
 */
export function valuesOf(
  { cycle, registers }: Pass,
  complete: boolean,
  onRead: (register: CompiledRegister) => void,
): PassValues {
  const values: Record<string, Value> = {}
  let bad: Record<string, BadReason> | undefined
  const whole = complete && cycle.failure === undefined
  for (const register of registers) {
    const read = whole || cycle.image.covers(register)
    if (read) onRead(register)
    const value = read ? register.decode(cycle.image) : unread(register, cycle)
    if (typeof value === 'object') {
      if (register.optional && value.bad === 'exception') continue
      bad ??= {}
      bad[register.quantity] = value.bad
    } else values[register.quantity] = value
  }
  return { values, bad }
}

function unread(register: CompiledRegister, cycle: Cycle): { readonly bad: BadReason } {
  if (!isPlanned(cycle.blocks, register)) return { bad: 'exception' }
  const refused = cycle.refused.some((span) => spanHolds(span, register))
  return { bad: refused ? 'exception' : (cycle.failure ?? 'exception') }
}

/** Refused in this pass, and there is another place for it, where the next pass looks. */
export const standsElsewhere = (register: CompiledRegister, { refused }: Cycle): boolean =>
  register.instead !== undefined && refused.some((span) => spanHolds(span, register))

/** True when the value cannot be had without the span. */
export const needs = (register: CompiledRegister, span: Span): boolean =>
  spanHolds(span, register) ||
  register.companions.some(
    ({ table, address, length = 1 }) => table === span.table && address + length > span.address && address < span.end,
  )

const spanHolds = (span: Span, register: CompiledRegister) =>
  span.table === register.table && span.address < register.address + register.length && span.end > register.address
