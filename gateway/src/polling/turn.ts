/** Where in its period a device has its turn: shares of a period, in [0, 1). */
export interface Turn {
  /** Of the period of its fastest class. */
  readonly within: number
  /** Of the period of a slower class. */
  readonly among: number
}

/** Powers of the real root of x³ = x + 1, which no fraction comes near (R2 sequence, M. Roberts). */
const WITHIN = 0.7548776662466927
const AMONG = 0.5698402909980532

/**
 * Turns of the devices of a line, however many there are and in whatever order they come: all share the period evenly, so that a
 * device waits behind a few and not behind all, and its frames keep their distance. The first device has its turn at once.
 * @param index counts the devices of the line from 0, in the order in which they came
 */
export const turnOf = (index: number): Turn => ({ within: (index * WITHIN) % 1, among: (index * AMONG) % 1 })
