import type { ToCompose } from './compose.ts'

/** What is the same for all messages of one step is worked out for the first of them: a step may have hundreds. */
export function oncePerStep<T>(workOut: (step: ToCompose) => T): (step: ToCompose) => T {
  const known = new WeakMap<ToCompose, { readonly of: T }>()
  return (step) => {
    const before = known.get(step)
    if (before) return before.of
    const of = workOut(step)
    known.set(step, { of })
    return of
  }
}
