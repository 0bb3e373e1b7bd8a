import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startInfluxdb } from '../../test/servers/influxdb.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createSpool } from '../spool/create-spool.ts'
import { spoolTables } from '../spool/spool-tables.ts'
import { openStore } from '../store/sqlite-store.ts'
import { until } from './forwarder-fixture.ts'
import { createInfluxForwarder } from './influx.ts'
import { meterFrame } from './memory-spool.ts'

/** Store, spool and forwarder as the gateway has them, over one folder. */
async function station(directory: string, url: string) {
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: spoolTables })
  const spool = await createSpool({
    store,
    settings: { path: directory, maxBytes: 1024 ** 3, rawHours: 48, rollupDays: 400 },
    clock: systemClock,
    log: silentLog,
    forwards: true,
  })
  const forwarder = createInfluxForwarder({
    settings: { url, api: 'v1', org: '', bucket: 'hall', gzip: true, batchLines: 500, timeoutMs: 2000 },
    spool,
    clock: systemClock,
    log: silentLog,
    random: () => 0.02,
    tuning: { mostLiveLagFrames: 300, liveBatchFrames: 100, liveLingerMs: 5 },
  })
  await forwarder.start()
  const close = async () => {
    await forwarder.close()
    await spool.close()
    await store.close()
  }
  return { spool, forwarder, close }
}

const START = Date.UTC(2026, 10, 20)

test('InfluxDB is killed three times and the gateway restarted in between: every frame is there once', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-influx-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const influxdb = await startInfluxdb()
  onTestFinished(influxdb.close)
  await influxdb.createDatabase('hall')

  let appended = 0
  let running = await station(directory, influxdb.url)
  onTestFinished(() => running.close().catch(() => {}))
  const append = async (count: number) => {
    const frames = Array.from({ length: count }, () =>
      meterFrame('meter-1', START + appended * 1000, { activePower: appended++ }),
    )
    await Promise.all(frames.map(({ frame, series }) => running.spool.append(frame, series)))
  }
  for (let round = 0; round < 3; round++) {
    await append(1000)
    await until(() => running.forwarder.stats().sentFrames > 0)
    await Promise.all([append(500), influxdb.kill()])
    await running.close()
    running = await station(directory, influxdb.url)
    await append(500)
    await influxdb.restart()
  }
  await until(() => running.forwarder.stats().lagFrames === 0)
  expect(await influxdb.query('SELECT count(active_power_w), sum(active_power_w) FROM meter', 'hall')).toMatchObject([
    { count: appended, sum: ((appended - 1) * appended) / 2 },
  ])
  await running.forwarder.close()
  expect(await running.spool.forwarding.load()).toEqual({ live: running.spool.head(), gaps: [] })
  expect(running.spool.stats()).toMatchObject({ droppedFrames: 0, deadLetters: 0 })
})
