/** What the gateway read of a point in the last 24 hours: hours before now (negative), and values. */
export type Past = (device: string, quantity: string) => readonly (readonly [hours: number, value: number])[]

const ANEW_AFTER_MS = 300_000
const HOUR_MS = 3_600_000

/**
 * The gateway's own history for panels and figures, read in the background: nothing at first, then what there is, never older than
 * five minutes.
 * @param read Unix ms, and values
 */
export function createPast(
  read: (device: string, quantity: string) => Promise<readonly (readonly [at: number, value: number])[]>,
  now: () => number,
): Past {
  const known = new Map<string, { readAt: number; points: readonly (readonly [at: number, value: number])[] }>()
  return (device, quantity) => {
    const key = `${device} ${quantity}`
    const kept = known.get(key) ?? { readAt: Number.NEGATIVE_INFINITY, points: [] }
    known.set(key, kept)
    if (Math.abs(now() - kept.readAt) > ANEW_AFTER_MS) {
      kept.readAt = now()
      void read(device, quantity).then(
        (points) => {
          kept.points = points
        },
        () => {}, // history that cannot be read is not shown
      )
    }
    return kept.points.map(([at, value]) => [(at - now()) / HOUR_MS, value] as const)
  }
}
