/** A stream of numbers in [0, 1), the same for the same seed. */
export type Random = () => number

/** Mulberry32: small, fast, good enough for footfall and clouds; never for secrets. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A seed of its own for every name, so that adding a device does not change the series of the others. */
export function seedFor(seed: number, name: string): number {
  let h = 0x811c9dc5 ^ seed
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  return h >>> 0
}

/**
 * Smooth noise as a plain function of time: −1…1, one new random value every `periodMs`, eased between.
 * It has no state, so a hall may be started at any instant and still has the same weather.
 */
export function noiseOverTime(seed: number, periodMs: number): (at: number) => number {
  const corner = (n: number) => seededRandom(Math.imul(n | 0, 0x9e3779b1) ^ seed)() * 2 - 1
  let cell = Number.NaN
  let from = 0
  let to = 0
  return (at) => {
    const position = at / periodMs
    const index = Math.floor(position)
    if (index !== cell) {
      from = corner(index)
      to = corner(index + 1)
      cell = index
    }
    const share = position - index
    return from + (to - from) * share * share * (3 - 2 * share)
  }
}
