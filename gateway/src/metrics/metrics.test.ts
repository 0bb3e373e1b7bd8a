import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBrokerCounters } from '../broker/broker-stats.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { InfluxStats } from '../influx/influx.ts'
import type { ArbiterStats } from '../polling/arbiter.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import type { ReadingsStats } from '../readings/readings.ts'
import type { SpoolStats } from '../spool/spool.ts'
import type { StoreStats } from '../store/store.ts'
import { GATEWAY_FRAME_EVERY_MS, gatewayFrame } from './gateway-frame.ts'
import type { Metric } from './metric.ts'
import { createMetrics, type MetricSources, ROOM_METRICS } from './metrics.ts'
import { type ProcessStats, watchProcess } from './process-stats.ts'

/** Stats of a room with every number at 0 but those a test names. */
const stats = <Stats>(room: keyof typeof ROOM_METRICS, some: Partial<Stats> = {}): Stats =>
  ({ ...Object.fromEntries(Object.keys(ROOM_METRICS[room].metrics).map((stat) => [stat, 0])), ...some }) as Stats

const scrape = async (sources: MetricSources) =>
  (await createMetrics(sources, { version: '0.1.0', log: silentLog }).scrape()).text

const spool = (some: Partial<SpoolStats>) => stats<SpoolStats>('spool', some)

test('what a room counts stands on the page under its own name', async () => {
  const text = await scrape({ spool: () => spool({ committedFrames: 42, pendingFrames: 3 }) })
  expect(text).toContain('# TYPE hallwatt_spool_committed_frames_total counter')
  expect(text).toMatch(/^hallwatt_spool_committed_frames_total 42$/m)
  expect(text).toMatch(/^hallwatt_spool_pending_frames 3$/m)
  expect(text).toMatch(/^hallwatt_info\{version="0\.1\.0"\} 1$/m)
})

test('every scrape says what the room says now, not a sum of scrapes', async () => {
  let committedFrames = 5
  const metrics = createMetrics({ spool: () => spool({ committedFrames }) }, { version: '1', log: silentLog })
  await metrics.scrape()
  committedFrames = 7
  expect((await metrics.scrape()).text).toMatch(/^hallwatt_spool_committed_frames_total 7$/m)
})

test('each link has its own line, and a link taken out of the hall disappears', async () => {
  const links: Record<string, ArbiterStats> = {
    'bus-1': stats<ArbiterStats>('links', { requests: 10 }),
    'bus-2': stats<ArbiterStats>('links', { requests: 20 }),
  }
  const metrics = createMetrics({ links: () => links }, { version: '1', log: silentLog })
  expect((await metrics.scrape()).text).toMatch(/^hallwatt_poll_requests_total\{link="bus-2"\} 20$/m)
  delete links['bus-2']
  const { text } = await metrics.scrape()
  expect(text).toMatch(/^hallwatt_poll_requests_total\{link="bus-1"\} 10$/m)
  expect(text).not.toContain('bus-2')
})

test('failures of forwarding are told apart', async () => {
  const failures = { timeout: 2, busy: 1 } as InfluxStats['failures']
  const text = await scrape({ influx: () => stats<InfluxStats>('influx', { failures, lagSeconds: 1.5 }) })
  expect(text).toMatch(/^hallwatt_forward_failures_total\{failure="timeout"\} 2$/m)
  expect(text).toMatch(/^hallwatt_forward_lag_seconds 1\.5$/m)
})

test('milliseconds become seconds', async () => {
  const text = await scrape({ store: () => stats<StoreStats>('store', { commitMsLast: 12 }) })
  expect(text).toMatch(/^hallwatt_store_commit_last_seconds 0\.012$/m)
})

test('a room that cannot count does not hide the others', async () => {
  const broken = () => {
    throw new Error('closed')
  }
  const text = await scrape({ store: broken, spool: () => spool({ head: 9 }) })
  expect(text).toMatch(/^hallwatt_spool_head_seq 9$/m)
})

test('every counter of the broker has a metric', () => {
  expect(Object.keys(ROOM_METRICS.broker.metrics)).toEqual(expect.arrayContaining(Object.keys(createBrokerCounters())))
})

test('no two metrics share a name, each says what it means, and names follow the custom', () => {
  const all = Object.values(ROOM_METRICS).flatMap(({ metrics }): Metric[] => Object.values(metrics))
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  for (const { name, type, help } of all) {
    expect(name).toMatch(type === 'counter' ? /^[a-z][a-z0-9_]*_total$/ : /^[a-z][a-z0-9_]*(?<!_total)$/)
    expect(help).toMatch(/\.$/)
  }
})

test('the process knows its memory, its CPU time and how late it is', async () => {
  const watch = watchProcess(systemClock)
  await delay(100)
  const until = performance.now() + 150
  while (performance.now() < until);
  await delay(50)
  const { residentBytes, cpuS, uptimeS, eventLoopDelayP99S } = watch.stats()
  watch.close()
  expect(residentBytes).toBeGreaterThan(10e6)
  expect(cpuS).toBeGreaterThan(0.1)
  expect(uptimeS).toBeGreaterThan(0.2)
  expect(eventLoopDelayP99S).toBeGreaterThan(0.05)
  expect(eventLoopDelayP99S).toBeLessThan(5)
})

test('the gateway is a device of its own, in words the vocabulary knows', () => {
  const frame = gatewayFrame(
    {
      process: stats<ProcessStats>('process', { residentBytes: 120e6 }),
      readings: stats<ReadingsStats>('readings', { devices: 40, online: 38 }),
      spool: spool({ committedFrames: 7 }),
      store: stats<StoreStats>('store'),
      influx: stats<InfluxStats>('influx', { lagSeconds: 2 }),
    },
    1_778_565_900_000,
  )
  expect(frame).toMatchObject({ device: 'gateway', stream: 'gateway', at: 1_778_565_900_000 })
  expect(frame.values).toMatchObject({ devicesOnline: 38, framesCommitted: 7, forwardLag: 2, processMemory: 120e6 })
  for (const quantity of Object.keys(frame.values))
    expect([quantity, quantityOf(quantity)?.type]).toEqual([quantity, 'number'])
  expect(GATEWAY_FRAME_EVERY_MS).toBe(10_000)
})

test('without InfluxDB the gateway says nothing of forwarding, not 0', () => {
  const rooms = {
    process: stats<ProcessStats>('process'),
    readings: stats<ReadingsStats>('readings'),
    spool: spool({}),
    store: stats<StoreStats>('store'),
  }
  expect(gatewayFrame(rooms, 0).values).not.toHaveProperty('forwardLag')
})
