import type { RateClass } from '../profiles/profile-schema.ts'

/** What one device costs its link. */
export interface DevicePlan {
  readonly rates: readonly {
    readonly rate: RateClass
    readonly periodMs: number
    readonly requests: number
    readonly registers: number
    /** Time the line is taken by one pass, as measured so far. */
    readonly passMs: number
  }[]
  /** One line per rate class: `normal: 2 requests, 86 registers, 214 ms per cycle of 10 s`. */
  readonly text: string
}

export const planText = (rates: DevicePlan['rates']): string =>
  rates
    .map(({ rate, periodMs, requests, registers, passMs }) => {
      const cycle = rate === 'once' ? 'once' : `per cycle of ${periodMs / 1000} s`
      return `${rate}: ${plural(requests, 'request')}, ${plural(registers, 'register')}, ${Math.round(passMs)} ms ${cycle}`
    })
    .join('\n')

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
