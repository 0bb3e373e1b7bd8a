import { computed, type InjectionKey, inject, provide } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { type Draft, draftOf, queryOf, STEPS, type Step } from './draft.ts'

function makeWizard() {
  const route = useRoute()
  const router = useRouter()
  const draft = computed(() => draftOf(route.query))
  const step = computed<Step>(() => STEPS.find((each) => each === route.query.step) ?? 'connect')
  // Two fields that change in one moment must not overwrite each other: the router moves on only afterwards.
  let pending: Draft | undefined
  const merged = (changed: Partial<Draft>): Record<string, string> => {
    pending = { ...(pending ?? draft.value), ...changed }
    return queryOf(pending)
  }
  const settle = () => {
    pending = undefined
  }
  return {
    draft,
    step,
    /** Keeps what was chosen on this step; going back in the browser leaves the step. */
    keep: (changed: Partial<Draft>) => router.replace({ query: { ...merged(changed), step: step.value } }).then(settle),
    /** To another step. */
    go: (to: Step, changed: Partial<Draft> = {}) =>
      router.push({ query: { ...merged(changed), step: to } }).then(settle),
    /** The address of another step, with everything chosen so far. */
    at: (to: Step) => ({ query: { ...queryOf(draft.value), step: to } }),
  }
}

export type Wizard = ReturnType<typeof makeWizard>
const WIZARD: InjectionKey<Wizard> = Symbol('wizard')

export function provideWizard(): Wizard {
  const wizard = makeWizard()
  provide(WIZARD, wizard)
  return wizard
}

export function useWizard(): Wizard {
  const wizard = inject(WIZARD)
  if (!wizard) throw new Error('useWizard outside of the wizard page')
  return wizard
}
