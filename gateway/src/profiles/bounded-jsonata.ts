import { createRequire } from 'node:module'
import type Jsonata from 'jsonata'

/** Evaluation steps one message may take; the shipped profiles need fewer than a hundred. A few milliseconds. */
export const MAX_STEPS = 2_000
const MAX_NESTING = 200
const MAX_SEQUENCE = 10_000
/** Only for a native function that runs away by itself: steps are counted because a busy machine would make time unfair. */
const LAST_RESORT_MS = 1000

export type Evaluated =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: 'too-slow' | 'wrong-type' }

export type Evaluate = (root: unknown, captures: Readonly<Record<string, string>>) => Promise<Evaluated>

const ENTRY = Symbol.for('jsonata.__evaluate_entry') as unknown as string
const OUT_OF_BOUNDS = new Set(['D1011', 'D1012', 'D2014', 'D2015', 'STEP_LIMIT'])

/** Loaded with the first expression, as the CommonJS it is: imported, Node.js would keep its 300 kB of source twice. */
let jsonata: typeof Jsonata | undefined

/**
 * Compiles a JSONata expression that a profile brings and lets it run over what a stranger sent: bounded in steps, nesting and length.
 * The expression itself is trusted (a profile is installed by the integrator); what it is fed is not.
 * @throws what jsonata throws for a wrong expression
 */
export function compileJsonata(expression: string): Evaluate {
  jsonata ??= createRequire(import.meta.url)('jsonata') as typeof Jsonata
  const compiled = jsonata(expression, { stack: MAX_NESTING, sequence: MAX_SEQUENCE, timeout: LAST_RESORT_MS })
  compiled.assign(ENTRY, countStep)
  return async (root, captures) => {
    try {
      // Bindings must be given: they make jsonata open a frame of its own for this run, which holds the counter.
      return { ok: true, value: await compiled.evaluate(root, captures) }
    } catch (error) {
      const code = (error as { code?: string } | undefined)?.code ?? ''
      // A RangeError is the engine's own stack, reached before the bound on nesting.
      const bounded = OUT_OF_BOUNDS.has(code) || error instanceof RangeError
      return { ok: false, why: bounded ? 'too-slow' : 'wrong-type' }
    }
  }
}

/** jsonata calls this for every node it evaluates; `base` is the frame of the run. */
function countStep(_node: unknown, _input: unknown, environment: { base: { steps?: number } }): void {
  const steps = (environment.base.steps ?? 0) + 1
  environment.base.steps = steps
  if (steps > MAX_STEPS) throw { code: 'STEP_LIMIT' }
}
