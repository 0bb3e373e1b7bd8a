import type { Log } from '../ports/log.ts'

/** Device → Unix ms at which it was last switched off; null: it is on. */
export type LastOffs = Readonly<Record<string, number | null>>

/** When each device of the demonstrations was last switched off (I9). Outlives a restart: a hob does not cool down because the gateway died. */
export interface LastOff {
  /** Undefined: it never was on, or is. */
  at(device: string): number | undefined
  switchedOn(device: string): void
  switchedOff(device: string, at: number): void
  /** The clock was set by so much: pauses last as long as they should. */
  clockSet(byMs: number): void
}

/** Longer than any pause a scenario may ask for; what was off before says nothing any more. */
const KEPT_MS = 3_600_000

/** @param now Unix ms: what was on when the gateway stopped goes off with its start at the latest */
export async function openLastOff(
  stored: { load(): Promise<LastOffs>; save(value: LastOffs): Promise<void> },
  now: number,
  log: Log,
): Promise<LastOff> {
  const known = new Map<string, number | null>()
  for (const [device, at] of Object.entries(await stored.load())) {
    // A clock that was set back meanwhile does not make anybody wait for longer than the pause.
    const off = Math.min(at ?? now, now)
    if (now - off < KEPT_MS) known.set(device, off)
  }

  function save(): void {
    void stored.save(Object.fromEntries(known)).catch((error: Error) => {
      log.error({ code: 'HW_STORE_IO', error: error.message }, 'when devices were switched off is not kept')
    })
  }

  return {
    at: (device) => known.get(device) ?? undefined,
    switchedOn(device) {
      known.set(device, null)
      save()
    },
    switchedOff(device, at) {
      known.set(device, at)
      save()
    },
    clockSet(byMs) {
      for (const [device, at] of known) if (at !== null) known.set(device, at + byMs)
      save()
    },
  }
}
