import { shallowReactive } from 'vue'
import { ApiFailure, post } from '../../../api/client.ts'

/** A dead link is asked again this often, and given up after so long: then only the red button on the wall is left. */
const AGAIN_MS = 1_500
const GIVE_UP_MS = 60_000

export interface AllOff {
  readonly state: 'idle' | 'sending' | 'trying' | 'done' | 'unsure' | 'failed'
  /** How long it took, ms. */
  readonly ms: number
  /** Devices that did not confirm. */
  readonly unsure: number
  /** Acts at once and asks nobody; may be called again at any time. */
  press(): void
}

/** 全部断电: asked of the gateway until it answers, also when the link is said to be lost. */
export function createAllOff(): AllOff {
  let attempt = 0
  const off = shallowReactive({
    state: 'idle' as AllOff['state'],
    ms: 0,
    unsure: 0,
    press() {
      attempt += 1
      off.state = 'sending'
      void ask(attempt, performance.now())
    },
  })
  async function ask(mine: number, since: number): Promise<void> {
    let again: ReturnType<typeof setTimeout> | undefined
    // The next try does not wait for this one: a link that swallows what is sent says nothing for a long time.
    again = setTimeout(() => {
      if (mine !== attempt) return
      if (performance.now() - since > GIVE_UP_MS) off.state = 'failed'
      else {
        off.state = 'trying'
        void ask(mine, since)
      }
    }, AGAIN_MS)
    try {
      const { off: all, ms, records } = await post('/api/v1/all-off', { body: {} })
      if (mine !== attempt) return
      attempt += 1
      clearTimeout(again)
      off.ms = ms
      off.unsure = all ? 0 : records.filter(({ state }) => state !== 'confirmed').length || 1
      off.state = all ? 'done' : 'unsure'
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      if (mine !== attempt || error.status === 0) return
      attempt += 1
      clearTimeout(again)
      off.state = 'failed'
    }
  }
  return off
}

/** One for the whole tablet. */
export const allOff = createAllOff()
