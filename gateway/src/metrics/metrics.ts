import type { Registry } from 'prom-client'
import type { Log } from '../ports/log.ts'
import { commandMetrics } from './command-metrics.ts'
import { bigScreenMetrics, demoMetrics } from './demo-metrics.ts'
import type { Metric } from './metric.ts'
import { ocppMetrics } from './ocpp-metrics.ts'
import {
  askingMetrics,
  brokerMetrics,
  ingestMetrics,
  linkMetrics,
  pollingMetrics,
  readingsMetrics,
} from './reading-metrics.ts'
import { authMetrics, faultsMetrics, notifyMetrics, repairMetrics } from './repair-metrics.ts'
import { flowsMetrics, httpMetrics, liveMetrics, processMetrics } from './showing-metrics.ts'
import { historyMetrics, influxMetrics, spoolMetrics, storeMetrics } from './storing-metrics.ts'

/** Every room that counts, its metrics, and for rooms that exist several times the label that tells them apart. */
export const ROOM_METRICS = {
  readings: { metrics: readingsMetrics },
  polling: { metrics: pollingMetrics },
  asking: { metrics: askingMetrics },
  links: { metrics: linkMetrics, by: 'link' },
  broker: { metrics: brokerMetrics },
  ingest: { metrics: ingestMetrics },
  store: { metrics: storeMetrics },
  spool: { metrics: spoolMetrics },
  influx: { metrics: influxMetrics },
  history: { metrics: historyMetrics },
  live: { metrics: liveMetrics },
  faults: { metrics: faultsMetrics },
  repair: { metrics: repairMetrics },
  notify: { metrics: notifyMetrics },
  commands: { metrics: commandMetrics },
  demos: { metrics: demoMetrics },
  bigScreens: { metrics: bigScreenMetrics },
  auth: { metrics: authMetrics },
  http: { metrics: httpMetrics },
  flows: { metrics: flowsMetrics },
  ocpp: { metrics: ocppMetrics },
  process: { metrics: processMetrics },
} as const

type Rooms = typeof ROOM_METRICS
type StatsOf<Room> = Room extends { metrics: infer M }
  ? { readonly [Stat in keyof M]: number | Readonly<Record<string, number>> }
  : never

/** Where the numbers come from, asked at scrape time. A room that a hall does not use is left out. */
export type MetricSources = {
  readonly [Room in keyof Rooms]?: Rooms[Room] extends { by: string }
    ? () => Readonly<Record<string, StatsOf<Rooms[Room]>>>
    : () => StatsOf<Rooms[Room]>
}

export interface Metrics {
  /** The page for Prometheus. */
  scrape(): Promise<{ contentType: string; text: string }>
}

/** @param version  of the gateway, for `hallwatt_info` */
export function createMetrics(sources: MetricSources, { version, log }: { version: string; log: Log }): Metrics {
  let page: Promise<Page> | undefined
  const silent = new Set<string>()
  return {
    async scrape() {
      page ??= createPage(sources, version)
      const { registry, rooms } = await page
      for (const { room, source, write } of rooms) {
        try {
          write(source())
          silent.delete(room)
        } catch (error) {
          // One room that cannot count must not hide the others.
          if (!silent.has(room))
            log.error({ code: 'HW_INTERNAL', room, error: String(error) }, `no metrics from ${room}`)
          silent.add(room)
        }
      }
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}

interface Page {
  readonly registry: Registry
  readonly rooms: readonly { room: keyof Rooms; source: Source; write(stats: ReturnType<Source>): void }[]
}

/** Made with the first scrape: a hall without Prometheus does not carry the library. */
async function createPage(sources: MetricSources, version: string): Promise<Page> {
  const prom = await import('prom-client')
  const registry = new prom.Registry()
  const labelNames = ['version']
  new prom.Gauge({ name: 'hallwatt_info', help: INFO_HELP, labelNames, registers: [registry] }).set({ version }, 1)
  const rooms = roomNames.flatMap((room) => {
    const source = sources[room] as Source | undefined
    return source ? [{ room, source, write: roomWriter(room, prom, registry) }] : []
  })
  return { registry, rooms }
}

export const INFO_HELP = 'Always 1; the label says which version runs.'
export const roomNames = Object.keys(ROOM_METRICS) as (keyof Rooms)[]

type Numbers = Readonly<Record<string, number | Readonly<Record<string, number>>>>
type Source = () => Numbers | Readonly<Record<string, Numbers>>

type Prom = typeof import('prom-client')

function roomWriter(room: keyof Rooms, prom: Prom, registry: Registry): (stats: ReturnType<Source>) => void {
  const definition: { metrics: Readonly<Record<string, Metric>>; by?: string } = ROOM_METRICS[room]
  const { metrics, by } = definition
  const writers = Object.entries(metrics).map(([stat, metric]) => ({
    stat,
    ...metricWriter(metric, by, prom, registry),
  }))
  return (stats) => {
    for (const { reset } of writers) reset()
    const instances =
      by === undefined ? [[undefined, stats as Numbers] as const] : Object.entries(stats as Record<string, Numbers>)
    for (const [instance, numbers] of instances) {
      for (const { stat, write } of writers) {
        const value = numbers[stat]
        if (value !== undefined) write(instance, value)
      }
    }
  }
}

function metricWriter(
  { name, type, help, factor = 1, label }: Metric,
  by: string | undefined,
  { Counter, Gauge }: Prom,
  registry: Registry,
) {
  const labelNames = [by, label].filter((one) => one !== undefined)
  const options = { name, help, labelNames, registers: [registry] }
  const counted = type === 'gauge' ? new Gauge(options) : new Counter(options)
  const add = (labels: Record<string, string>, value: number) => counted.inc(labels, value * factor)
  return {
    /** Rooms count themselves: what they say replaces what was there. */
    reset: () => counted.reset(),
    write(instance: string | undefined, value: number | Readonly<Record<string, number>>) {
      const labels = by === undefined ? {} : { [by]: instance ?? '' }
      if (typeof value === 'number') add(labels, value)
      else for (const [key, one] of Object.entries(value)) add({ ...labels, [label ?? 'key']: key }, one)
    },
  }
}
