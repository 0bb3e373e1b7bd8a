/** Colours of status and flow on a dark screen. Never alone: a word or a number stands beside each. */
export const COLOR = {
  ok: '#48E2AF',
  warning: '#FDB61F',
  critical: '#F1615F',
  unknown: '#8E96A0',
  maintenance: '#4F94FD',
  grid: '#2E7AFD',
  pv: '#FBDF42',
  battery: '#F39EE6',
  load: '#E9EDF2',
  charging: '#2BB794',
  heat: '#F46B4C',
} as const

type Step = readonly [from: number | null, color: string]
const { ok, warning, critical, unknown, load } = COLOR

/** From which value on a number has which colour; the first step holds from below. */
export const THRESHOLDS = {
  none: [[null, load]],
  /** Anything above zero wants attention. */
  anyIsWarning: [
    [null, ok],
    [1, warning],
    [10, critical],
  ],
  anyIsCritical: [
    [null, ok],
    [1, critical],
  ],
  /** Units that can do something: none is critical, one has no spare. */
  unitsAble: [
    [null, critical],
    [1, warning],
    [2, ok],
  ],
  availability: [
    [null, critical],
    [95, warning],
    [99, ok],
  ],
  rate: [
    [null, critical],
    [80, warning],
    [95, ok],
  ],
  failureRate: [
    [null, ok],
    [2, warning],
    [5, critical],
  ],
  /** Paper and free space, percent left. */
  left: [
    [null, critical],
    [12, warning],
    [25, ok],
  ],
  daysLeft: [
    [null, critical],
    [1, warning],
    [3, ok],
  ],
  /** Cash box, percent full. */
  fill: [
    [null, ok],
    [70, warning],
    [85, critical],
  ],
  /** Mains voltage: 220 V ± 10 %. */
  voltage: [
    [null, critical],
    [198, ok],
    [242, critical],
  ],
  temperature: [
    [null, ok],
    [45, warning],
    [60, critical],
  ],
  /** Repair, seconds: four hours, one day. */
  repairTime: [
    [null, ok],
    [4 * 3600, warning],
    [24 * 3600, critical],
  ],
  lagSeconds: [
    [null, ok],
    [30, warning],
    [300, critical],
  ],
  loopDelay: [
    [null, ok],
    [0.1, warning],
    [0.5, critical],
  ],
  memory: [
    [null, ok],
    [300e6, warning],
    [450e6, critical],
  ],
  diskFree: [
    [null, critical],
    [1e9, warning],
    [5e9, ok],
  ],
  online: [
    [null, unknown],
    [1, ok],
  ],
} as const satisfies Record<string, readonly Step[]>

export type ThresholdName = keyof typeof THRESHOLDS
