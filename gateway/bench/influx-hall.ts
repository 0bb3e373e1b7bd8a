import type { Frame, Series } from '../src/domain/frame.ts'

/** A hall of 150 meters with ten values each, every ten seconds: 1,500 points a round. */
export const FRAMES_PER_ROUND = 150
export const POINTS_PER_ROUND = 1500
export const ROUND_MS = 10_000

/** The next frame of one meter. Values walk at random with the decimals a meter has, so that they pack no better than real ones. */
export function hallFrame(device: number, at: number): { series: Series; frame: Frame } {
  const meter = meters[device]!
  meter.energy += meter.power / 360_000
  meter.power = Math.max(0, meter.power + (random() - 0.5) * 200)
  const phase = meter.power / 3
  const voltage = () => round(230 + random() * 4, 10)
  const current = () => round((phase / 230) * (0.9 + random() * 0.2), 1000)
  return {
    series: meter.series,
    frame: {
      device: meter.series.device,
      stream: 'reading',
      at,
      values: {
        activePower: round(meter.power, 10),
        reactivePower: round(meter.power * 0.2 + random() * 10, 10),
        powerFactor: round(0.95 + random() * 0.05, 1000),
        frequency: round(49.95 + random() * 0.1, 100),
        voltageL1: voltage(),
        voltageL2: voltage(),
        voltageL3: voltage(),
        currentL1: current(),
        currentL2: current(),
        activeEnergyImport: round(meter.energy, 100),
      },
    },
  }
}

const round = (value: number, parts: number) => Math.round(value * parts) / parts

/** Seeded (mulberry32), so that every run writes the same hall. */
let seed = 20_261_122
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

const meters = Array.from({ length: FRAMES_PER_ROUND }, (_, index) => ({
  power: 500 + index * 20,
  energy: 1000 + index * 37,
  series: {
    hall: 'bench',
    zone: `zone-${index % 8}`,
    device: `meter-${index}`,
    kind: 'meter',
    profile: 'eastron/sdm630',
    stream: 'reading',
  } satisfies Series,
}))
