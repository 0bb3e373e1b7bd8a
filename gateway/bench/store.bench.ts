import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Series, Value } from '../src/domain/frame.ts'
import { createHistory } from '../src/history/create-history.ts'
import { historyTables } from '../src/history/history-tables.ts'
import { silentLog } from '../src/ports/log.ts'
import { systemClock } from '../src/ports/system-clock.ts'
import { createSpool } from '../src/spool/create-spool.ts'
import type { Spool } from '../src/spool/spool.ts'
import { spoolTables } from '../src/spool/spool-tables.ts'
import { openStore } from '../src/store/sqlite-store.ts'

const VALUES_PER_FRAME = 20
const DEVICES = 500
const STEADY_FRAMES_PER_S = 500 // 10,000 points a second
const STEADY_SECONDS = 75 // past a full minute, so that roll-ups have their share
const SATURATION_SECONDS = 5
const SATURATION_IN_FLIGHT = 400

const METHOD = `Frames of ${VALUES_PER_FRAME} numbers from ${DEVICES} devices into the real spool (WAL, synchronous FULL) in one process; a frame counts when its append has resolved, which is after fsync of the log.
Saturation: ${SATURATION_IN_FLIGHT} frames always in flight for ${SATURATION_SECONDS} s. Steady: ${(STEADY_FRAMES_PER_S * VALUES_PER_FRAME).toLocaleString('en-US')} points/s for ${STEADY_SECONDS} s in 100 ms steps, roll-ups and retention running. CPU is that of all threads as a share of one core; latency from append to durable.`

/** What the store can take, and what the rate of a large hall costs. */
export async function run({
  short = false,
}: {
  short?: boolean
} = {}): Promise<{ name: string; method: string; figures: Record<string, number> }> {
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-bench-store-'))
  const settings = { path: directory, maxBytes: 2 * 1024 ** 3, rawHours: 48, rollupDays: 400 }
  const store = await openStore({
    directory,
    clock: systemClock,
    log: silentLog,
    tables: [...spoolTables, ...historyTables],
  })
  const spool = await createSpool({ store, settings, clock: systemClock, log: silentLog, forwards: false })
  const history = createHistory({ store, settings, clock: systemClock, log: silentLog })
  const housekeeping = setInterval(() => {
    void spool.tick(Date.now())
    void history.tick(Date.now())
  }, 1000)
  try {
    const steady = await keepUp(spool, short ? 1 : STEADY_SECONDS)
    const bytesPerFrame = store.stats().usedBytes / spool.stats().committedFrames
    const saturation = await saturate(spool, short ? 0.5 : SATURATION_SECONDS)
    return {
      name: 'store',
      method: METHOD,
      figures: {
        'saturated: frames/s durable': Math.round(saturation.framesPerSecond),
        'saturated: points/s durable': Math.round(saturation.framesPerSecond * VALUES_PER_FRAME),
        ...named('saturated', saturation),
        ...named('10,000 points/s', steady),
        '10,000 points/s: points rolled up': history.stats().rolledFrames * VALUES_PER_FRAME,
        'bytes per frame on disk, roll-ups included': Math.round(bytesPerFrame),
      },
    }
  } finally {
    clearInterval(housekeeping)
    await spool.close()
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
}

interface Run {
  readonly framesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly loopDelayP99Ms: number
  readonly cpuShare: number
  readonly rssMB: number
}

const named = (what: string, run: Run): Record<string, number> => ({
  [`${what}: append to durable p50 ms`]: round(run.p50Ms),
  [`${what}: append to durable p99 ms`]: round(run.p99Ms),
  [`${what}: append to durable max ms`]: round(run.maxMs),
  [`${what}: event loop delay p99 ms`]: round(run.loopDelayP99Ms),
  [`${what}: CPU, share of one core`]: round(run.cpuShare),
  [`${what}: RSS MB`]: round(run.rssMB),
})

const round = (value: number) => Math.round(value * 100) / 100

const saturate = (spool: Spool, seconds: number): Promise<Run> =>
  measured(async (append) => {
    const endMs = performance.now() + seconds * 1000
    const lane = async (first: number) => {
      for (let device = first; performance.now() < endMs; device += SATURATION_IN_FLIGHT)
        await append(spool, device % DEVICES)
    }
    await Promise.all(Array.from({ length: SATURATION_IN_FLIGHT }, (_, first) => lane(first)))
  })

const keepUp = (spool: Spool, seconds: number): Promise<Run> =>
  measured(async (append) => {
    const startMs = performance.now()
    const pending = new Set<Promise<void>>()
    for (let sent = 0; sent < STEADY_FRAMES_PER_S * seconds; ) {
      const due = Math.floor(((performance.now() - startMs) / 1000) * STEADY_FRAMES_PER_S)
      for (; sent < due; sent++) {
        const appended = append(spool, sent % DEVICES).finally(() => pending.delete(appended))
        pending.add(appended)
      }
      await delay(100)
    }
    await Promise.all(pending)
  })

async function measured(
  work: (append: (spool: Spool, device: number) => Promise<void>) => Promise<void>,
): Promise<Run> {
  const latencies: number[] = []
  const append = async (spool: Spool, device: number): Promise<void> => {
    const from = performance.now()
    await spool.append(
      { device: `meter-${device}`, stream: 'reading', at: Date.now(), values: values() },
      SERIES[device]!,
    )
    latencies.push(performance.now() - from)
  }
  const loop = monitorEventLoopDelay({ resolution: 10 })
  loop.enable()
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  let rssMB = 0
  const sampling = setInterval(() => {
    rssMB = Math.max(rssMB, process.memoryUsage.rss() / 1024 ** 2)
  }, 500)
  await work(append)
  clearInterval(sampling)
  const seconds = (performance.now() - startMs) / 1000
  const used = process.cpuUsage(cpu)
  loop.disable()
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return {
    framesPerSecond: latencies.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    loopDelayP99Ms: loop.percentile(99) / 1e6,
    cpuShare: (used.user + used.system) / 1e6 / seconds,
    rssMB,
  }
}

const SERIES: readonly Series[] = Array.from({ length: DEVICES }, (_, index) => ({
  hall: 'bench',
  zone: 'lobby',
  device: `meter-${index}`,
  kind: 'meter',
  profile: 'bench/meter',
  stream: 'reading',
}))

// Four decimals that differ in every frame: nothing packs better here than in a hall.
let noise = 1
const values = (): Record<string, Value> => {
  const frame: Record<string, Value> = {}
  for (let index = 0; index < VALUES_PER_FRAME; index++) {
    noise = (noise * 48_271) % 2_147_483_647
    frame[`temperature.t${index}`] = (noise % 4_000_000) / 10_000
  }
  return frame
}

if (import.meta.main) console.log(await run())
