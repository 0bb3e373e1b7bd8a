import type { BadReason, Value } from '../domain/frame.ts'
import { type AskedValues, compileAsked, type Gathered, gather, NOT_AVAILABLE } from './asked-value.ts'
import type { ProbeProfile } from './probe-schema.ts'

/** What the checks of one round gave, by `check.what`; a reason where there is nothing. */
export type ProbeOutcomes = Readonly<Record<string, Value | { readonly bad: BadReason } | undefined>>

/** A probe profile ready to be read. */
export function compileProbe(profile: ProbeProfile): (outcomes: ProbeOutcomes) => AskedValues {
  const lines = profile.values.map((line) => ({ line, read: compileAsked(line) }))
  return (outcomes) => {
    const gathered: Gathered = { values: {}, bad: {} }
    for (const { line, read } of lines) {
      const outcome = outcomes[line.from] ?? NOT_AVAILABLE
      gather(gathered, line, typeof outcome === 'object' ? outcome : read(outcome))
    }
    return gathered
  }
}
