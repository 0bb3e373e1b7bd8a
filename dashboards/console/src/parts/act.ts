import { shallowReactive } from 'vue'
import { ApiFailure } from '../api/client.ts'

/** Something that was asked of the gateway: nothing is shown as done before the gateway says so. */
export interface Act {
  readonly state: 'idle' | 'sending' | 'done' | 'failed'
  readonly failure: ApiFailure | undefined
  /** True when it was done. While one runs, another is not begun. */
  run(ask: () => Promise<unknown>): Promise<boolean>
  /** Back to the beginning: the dialog was closed. */
  forget(): void
}

export function useAct(): Act {
  const act = shallowReactive({
    state: 'idle' as Act['state'],
    failure: undefined as ApiFailure | undefined,
    async run(ask: () => Promise<unknown>) {
      if (act.state === 'sending') return false
      act.state = 'sending'
      act.failure = undefined
      try {
        await ask()
        act.state = 'done'
        return true
      } catch (error) {
        act.state = 'failed'
        if (!(error instanceof ApiFailure)) throw error
        act.failure = error
        return false
      }
    },
    forget() {
      act.state = 'idle'
      act.failure = undefined
    },
  })
  return act
}
