import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { createInfluxForwarder } from '../src/influx/influx.ts'
import { silentLog } from '../src/ports/log.ts'
import { systemClock } from '../src/ports/system-clock.ts'
import { createSpool } from '../src/spool/create-spool.ts'
import type { Spool } from '../src/spool/spool.ts'
import { spoolTables } from '../src/spool/spool-tables.ts'
import { openStore } from '../src/store/sqlite-store.ts'
import { startInfluxdb } from '../test/servers/influxdb.ts'
import { FRAMES_PER_ROUND, hallFrame, POINTS_PER_ROUND, ROUND_MS } from './influx-hall.ts'

const SAMPLE_HOURS = 2

const method = (
  hours: number,
  points: number,
) => `A hall of ${FRAMES_PER_ROUND} devices gives ${POINTS_PER_ROUND.toLocaleString('en-US')} points every 10 s (ten numbers a frame, walking at random with the decimals a meter has).
${hours} h of it (${points.toLocaleString('en-US')} points) are committed to the real spool while InfluxDB is away, then drained into a real InfluxDB 1.6 on the same machine (gzip, fsync per write) while live frames keep coming at their own pace.
Real time ÷ drain time is the drain rate. Bytes per point are the growth of the store's files divided by the points; 72 h are ${hours} h times ${72 / hours}. The count in InfluxDB is compared with what was committed.`

/** What an outage of InfluxDB costs: room in the spool, and time to catch up. */
export async function run({ short = false }: { short?: boolean } = {}) {
  const hours = short ? 0.1 : SAMPLE_HOURS
  const rounds = (hours * 3_600_000) / ROUND_MS
  const points = rounds * POINTS_PER_ROUND
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-bench-influx-'))
  const influxdb = await startInfluxdb()
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: spoolTables })
  const settings = { path: directory, maxBytes: 8 * 1024 ** 3, rawHours: 1000, rollupDays: 400 }
  const spool = await createSpool({ store, settings, clock: systemClock, log: silentLog, forwards: true })
  try {
    await influxdb.createDatabase('bench')
    const startedAt = Date.now() - rounds * ROUND_MS
    const emptyBytes = spool.stats().usedBytes
    const fillSeconds = await fill(spool, startedAt, rounds)
    const spoolBytes = spool.stats().usedBytes - emptyBytes
    const drained = await drain(spool, influxdb.url)
    const [row] = await influxdb.query('SELECT count(active_power_w) FROM meter', 'bench')
    const bytesPerPoint = spoolBytes / points
    return {
      name: 'InfluxDB away and back',
      method: method(hours, points),
      figures: {
        'points forwarded per second': Math.round(points / drained.seconds),
        'drain rate (× real time, goal ≥ 50)': Math.round((hours * 3600) / drained.seconds),
        'most live frames waiting during the drain': drained.mostLiveWaiting,
        'gateway CPU during the drain (cores)': drained.cores.toFixed(2),
        'event loop delay during the drain, p99 (ms)': drained.loopDelayMs.toFixed(0),
        'memory of the process at its end (MB RSS)': Math.round(process.memoryUsage().rss / 1e6),
        'committed to the spool per second (points)': Math.round(points / fillSeconds),
        'bytes per point in the spool': bytesPerPoint.toFixed(1),
        '72 h in the spool (GB, goal ≤ 2)': ((bytesPerPoint * points * 72) / hours / 1e9).toFixed(2),
        'frames committed, frames in InfluxDB': `${spool.head()}, ${row?.count}`,
      },
    }
  } finally {
    await spool.close()
    await store.close()
    await influxdb.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Commits all rounds, one commit a round as the devices of a hall would at most give; resolves to seconds. */
async function fill(spool: Spool, startedAt: number, rounds: number): Promise<number> {
  const before = performance.now()
  for (let round = 0; round < rounds; round++) {
    await commitRound(spool, startedAt + round * ROUND_MS)
  }
  return (performance.now() - before) / 1000
}

async function drain(spool: Spool, url: string) {
  const forwarder = createInfluxForwarder({
    settings: { url, api: 'v1', org: '', bucket: 'bench', gzip: true, batchLines: 5000, timeoutMs: 30_000 },
    spool,
    clock: systemClock,
    log: silentLog,
    random: Math.random,
  })
  const loop = monitorEventLoopDelay({ resolution: 5 })
  loop.enable()
  const cpu = process.cpuUsage()
  const before = performance.now()
  await forwarder.start()
  let mostLiveWaiting = 0
  let nextRoundMs = before
  // The first commit makes all that waits a backlog; from then on it shrinks.
  let behind = true
  while (behind) {
    if (performance.now() >= nextRoundMs) {
      nextRoundMs += ROUND_MS
      await commitRound(spool, Date.now())
    }
    await delay(20)
    const { lagFrames, backlogFrames } = forwarder.stats()
    if (backlogFrames > 0) mostLiveWaiting = Math.max(mostLiveWaiting, lagFrames - backlogFrames)
    behind = lagFrames > 0
  }
  const seconds = (performance.now() - before) / 1000
  const { user, system } = process.cpuUsage(cpu)
  loop.disable()
  await forwarder.close()
  return { seconds, mostLiveWaiting, cores: (user + system) / 1e6 / seconds, loopDelayMs: loop.percentile(99) / 1e6 }
}

async function commitRound(spool: Spool, at: number): Promise<void> {
  const frames = Array.from({ length: FRAMES_PER_ROUND }, (_, device) => hallFrame(device, at + device))
  await Promise.all(frames.map(({ frame, series }) => spool.append(frame, series)))
}
