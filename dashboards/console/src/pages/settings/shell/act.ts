import { shallowReactive } from 'vue'
import { ApiFailure } from '../../../api/client.ts'

/** One thing asked of the gateway: running, or why it was not done. Nothing is shown as done before the gateway said so. */
export interface Act {
  readonly busy: boolean
  readonly failure: ApiFailure | undefined
  /** The answer, or undefined when it failed or another one of these still runs. */
  run<T>(ask: () => Promise<T>): Promise<T | undefined>
  forget(): void
}

export function useAct(): Act {
  const state = shallowReactive({
    busy: false,
    failure: undefined as ApiFailure | undefined,
    async run<T>(ask: () => Promise<T>): Promise<T | undefined> {
      if (state.busy) return undefined
      state.busy = true
      state.failure = undefined
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error
        state.failure = error
        return undefined
      } finally {
        state.busy = false
      }
    },
    forget() {
      state.failure = undefined
    },
  })
  return state
}
