import { onScopeDispose } from 'vue'
import { onStep } from '../live/hall.ts'
import type { StepEvent } from '../live/live-link.ts'
import { type Loaded, useLoaded } from './load.ts'

/** Of many changes within this time the list is read once. */
const GATHER_MS = 400

/** A list that is read anew when one of these things changed, and after the link was away. */
export function useLoadedOnStep<T>(
  read: (signal: AbortSignal) => Promise<T>,
  types: readonly StepEvent['type'][],
  concerns: (event: StepEvent) => boolean = () => true,
): Loaded<T> {
  const loaded = useLoaded(read)
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = onStep((event) => {
    if (!types.includes(event.type) || !('resync' in event || concerns(event))) return
    timer ??= setTimeout(() => {
      timer = undefined
      void loaded.reload()
    }, GATHER_MS)
  })
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
  })
  return loaded
}
