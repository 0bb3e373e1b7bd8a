import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { historyTables } from '../src/history/history-tables.ts'
import { silentLog } from '../src/ports/log.ts'
import { systemClock } from '../src/ports/system-clock.ts'
import { createSpool } from '../src/spool/create-spool.ts'
import { spoolTables } from '../src/spool/spool-tables.ts'
import { openStore } from '../src/store/sqlite-store.ts'
import { makeBenchHall, metric, startAsShipped } from './bench-hall.ts'
import { FRAMES_PER_ROUND, hallFrame } from './influx-hall.ts'

const method = (frames: number, restarts: number) =>
  `A store with ${frames.toLocaleString('en-US')} frames of ten values of the last hours is made with the real spool. The gateway is started on it, as shipped, and killed with SIGKILL two seconds after it was ready, ${restarts} times; the time is from the start of the process until it is ready to serve (/readyz). Cold: with no compile cache, as the first time after an installation or an update. The files are in the page cache of the machine, as after a crash of the process alone.`

/** How soon it is back after a kill, with a store that has grown. */
export async function restart(frames: number, restarts: number) {
  const hall = await makeBenchHall({ terminals: 40 })
  const cache = await mkdtemp(join(tmpdir(), 'hallwatt-bench-cache-'))
  try {
    await fill(join(hall.folder, 'store'), frames)
    const environment = { NODE_COMPILE_CACHE: cache }
    const timesMs: number[] = []
    let rows = 0
    for (let start = 0; start <= restarts; start++) {
      const gateway = await startAsShipped(hall, environment)
      timesMs.push(gateway.readyMs)
      await delay(frames > 100_000 ? 2000 : 100)
      rows = await metric(hall, 'hallwatt_store_used_bytes')
      await gateway.kill()
    }
    const [coldMs = 0, ...warmMs] = timesMs
    warmMs.sort((a, b) => a - b)
    return {
      name: 'gateway: back after kill -9',
      method: method(frames, restarts + 1),
      figures: {
        'frames in the store': frames,
        'store, MB': Math.round(rows / 1e6),
        'ready after, median, s (goal ≤ 3)': seconds(warmMs[Math.floor(warmMs.length / 2)] ?? 0),
        'ready after, slowest, s (goal ≤ 3)': seconds(warmMs.at(-1) ?? 0),
        'ready after, cold, s': seconds(coldMs),
      },
    }
  } finally {
    await hall.remove()
    await rm(cache, { recursive: true, force: true })
  }
}

async function fill(directory: string, frames: number): Promise<void> {
  const store = await openStore({
    directory,
    clock: systemClock,
    log: silentLog,
    tables: [...spoolTables, ...historyTables],
  })
  const settings = { path: directory, maxBytes: 2 * 1024 ** 3, rawHours: 48, rollupDays: 400 }
  const spool = await createSpool({ store, settings, clock: systemClock, log: silentLog, forwards: false })
  const rounds = Math.ceil(frames / FRAMES_PER_ROUND)
  const from = Date.now() - rounds * 5000
  for (let round = 0; round < rounds; round += 20) {
    const batch: Promise<void>[] = []
    for (let of = round; of < Math.min(rounds, round + 20); of++) {
      for (let device = 0; device < FRAMES_PER_ROUND; device++) {
        const { frame, series } = hallFrame(device, from + of * 5000 + device)
        batch.push(spool.append(frame, series))
      }
    }
    await Promise.all(batch)
  }
  await spool.close()
  await store.close()
}

const seconds = (ms: number) => Math.round(ms / 10) / 100
