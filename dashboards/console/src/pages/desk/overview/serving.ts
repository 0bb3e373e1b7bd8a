import { type ComputedRef, computed } from 'vue'
import { hall } from '../../../live/hall.ts'
import { useOpenWork } from '../open-work.ts'

/** Terminals by whether a customer can use them now. */
export interface Serving {
  readonly total: number
  readonly usable: number
  /** Nothing is heard of them, and nothing is known to be broken. */
  readonly silent: number
}

/** As the gateway counts availability: usable is what has no fault of P1 or P2, whoever silenced its alarm. */
export function useServing(): ComputedRef<Serving> {
  const { alarmsOf } = useOpenWork()
  return computed(() => {
    let usable = 0
    let silent = 0
    const terminals = hall.devices.value.filter(({ kind }) => kind === 'kiosk')
    for (const { id, presence } of terminals) {
      const broken = alarmsOf(id).some(
        ({ condition, priority }) => condition !== 'cleared' && (priority === 'P1' || priority === 'P2'),
      )
      if (presence !== 'online') silent += broken ? 0 : 1
      else if (!broken) usable += 1
    }
    return { total: terminals.length, usable, silent }
  })
}
