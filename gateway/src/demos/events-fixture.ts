import fc from 'fast-check'
import type { RunEvent } from './run.ts'

const slots = ['hob', 'other', 'lamp']
/** Anything that may happen to a run of the two hobs, or time that passes. */
export const anyEvent: fc.Arbitrary<RunEvent | { readonly is: 'pass'; readonly ms: number }> = fc.oneof(
  fc
    .constantFrom('start', 'pause', 'resume', 'next', 'back', 'finish', 'cancel')
    .map((act) => ({ is: 'act', act }) as const),
  fc.record({ is: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 70_000 }) }),
  fc.constantFrom<RunEvent>({ is: 'tick' }, { is: 'beat' }, { is: 'guess', option: 1, change: 1 }),
  fc.record({
    is: fc.constant('switched' as const),
    slot: fc.constantFrom(...slots),
    on: fc.boolean(),
    ok: fc.boolean(),
  }),
  fc.constant<RunEvent>({ is: 'stop', reason: { code: 'HW_DEMO_ALL_OFF', text: { zh: '断电', en: 'off' } } }),
)
