/** One number of a room's stats, as Prometheus sees it. */
export interface Metric {
  /** Full name with unit; counters end in `_total`. */
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** From the stat's unit to the metric's: 0.001 for milliseconds. */
  readonly factor?: number
  /** Set when the stat is itself a record of numbers: what its keys are. */
  readonly label?: string
}

/** A metric for every stat of a room, so that none is forgotten: a stat without one is a type error. */
export type MetricsOf<Stats> = { readonly [Stat in keyof Stats]-?: Metric }

export const gauge = (name: string, help: string, more: Pick<Metric, 'factor' | 'label'> = {}): Metric => ({
  name: `hallwatt_${name}`,
  type: 'gauge',
  help,
  ...more,
})

export const counter = (name: string, help: string, more: Pick<Metric, 'factor' | 'label'> = {}): Metric => ({
  name: `hallwatt_${name}_total`,
  type: 'counter',
  help,
  ...more,
})
