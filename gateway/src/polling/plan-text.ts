import type { PointTable } from '../profiles/decode-registers.ts'
import type { RateClass } from '../profiles/profile-schema.ts'

interface PlanSum {
  readonly requests: number
  /** Of a DL/T 645 meter its bytes. */
  readonly registers: number
  /** Time the line is taken, as measured so far. */
  readonly cycleMs: number
}

/** What one device costs its link in a cycle in which every rate class is due. */
export interface DevicePlan extends PlanSum {
  /** Each rate class read on its own. */
  readonly rates: readonly (PlanSum & { readonly rate: RateClass; readonly periodMs: number })[]
  readonly reads: readonly {
    readonly table: PointTable
    readonly address: number
    readonly count: number
    /** Of the fastest value in it. */
    readonly periodMs: number
  }[]
  /** `4 requests, 220 registers, 634 ms per cycle`, then a line per rate class where there are several. */
  readonly text: string
}

/** @param noun what is counted: registers, or the bytes of a meter */
export function planText(
  plan: Pick<DevicePlan, 'requests' | 'registers' | 'cycleMs' | 'rates'>,
  noun: 'register' | 'byte' = 'register',
): string {
  const whole = `${sumText(plan, noun)} per cycle`
  if (plan.rates.length < 2) return whole
  const each = plan.rates.map((one) => {
    const when = one.rate === 'once' ? 'once' : `every ${one.periodMs / 1000} s`
    return `  ${one.rate} alone: ${sumText(one, noun)} ${when}`
  })
  return [whole, ...each].join('\n')
}

const sumText = ({ requests, registers, cycleMs }: PlanSum, noun: string) =>
  `${plural(requests, 'request')}, ${plural(registers, noun)}, ${Math.round(cycleMs)} ms`

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
