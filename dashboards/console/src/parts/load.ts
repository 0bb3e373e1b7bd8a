import { onScopeDispose, shallowReactive } from 'vue'
import { ApiFailure } from '../api/client.ts'

/** Something that is read from the gateway: what was read last stays while a newer try runs or fails. */
export interface Loaded<T> {
  readonly value: T | undefined
  readonly failure: ApiFailure | undefined
  readonly loading: boolean
  /** Clock of this device when `value` came, Unix ms. */
  readonly at: number | undefined
  /** Reads anew; of several calls the answer of the last one counts. */
  reload(): Promise<void>
}

/** Reads at once, and gives up when the page is left. */
export function useLoaded<T>(read: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  let running: AbortController | undefined
  const state = shallowReactive({
    value: undefined as T | undefined,
    failure: undefined as ApiFailure | undefined,
    loading: false,
    at: undefined as number | undefined,
    async reload() {
      running?.abort()
      const mine = new AbortController()
      running = mine
      state.loading = true
      try {
        state.value = await read(
          AbortSignal.any ? AbortSignal.any([mine.signal, AbortSignal.timeout(15_000)]) : mine.signal,
        )
        state.at = Date.now()
        state.failure = undefined
      } catch (error) {
        if (mine.signal.aborted) return
        if (error instanceof ApiFailure) state.failure = error
        else if (error instanceof DOMException) state.failure = new ApiFailure(0, {})
        else throw error
      } finally {
        if (running === mine) state.loading = false
      }
    },
  })
  void state.reload()
  onScopeDispose(() => running?.abort())
  return state
}
