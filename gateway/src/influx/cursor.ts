import { HallwattError } from '../domain/errors.ts'
import type { Log } from '../ports/log.ts'
import type { Forwarding, ForwardState } from '../spool/spool.ts'

/** The forwarding state in memory, and its way to the store. */
export interface Cursor {
  state(): ForwardState
  /** Takes the new state at once and saves it soon; states that come while a save runs are saved as one. */
  change(next: ForwardState): void
  /** Resolves when the newest state is saved, or could not be. */
  flush(): Promise<void>
  saveFailures(): number
}

/**
 * Sending does not wait for the cursor: when it lags behind at a crash, the frames in between are sent again and overwrite
 * themselves. It never runs ahead, because a state is handed in only after the server's 204.
 */
export async function loadCursor(forwarding: Forwarding, head: number, log: Log): Promise<Cursor> {
  const loaded = await forwarding.load()
  // A store that was salvaged may know fewer frames than the cursor.
  let state: ForwardState = loaded.live > head ? { ...loaded, live: head } : loaded
  let dirty = false
  let saving: Promise<void> | undefined
  let failures = 0
  let troubled = false

  async function saveWhileDirty(): Promise<void> {
    while (dirty) {
      dirty = false
      try {
        await forwarding.save(state)
        troubled = false
      } catch (error) {
        failures++
        if (!troubled) {
          const code = error instanceof HallwattError ? error.code : 'HW_STORE_IO'
          log.warn(
            { code, error: String(error) },
            'The InfluxDB cursor cannot be saved; after a restart frames are sent again',
          )
        }
        troubled = true
      }
    }
    saving = undefined
  }

  const flush = () => {
    if (dirty) saving ??= saveWhileDirty()
    return saving ?? Promise.resolve()
  }
  return {
    state: () => state,
    change: (next) => {
      state = next
      dirty = true
      void flush()
    },
    flush,
    saveFailures: () => failures,
  }
}
