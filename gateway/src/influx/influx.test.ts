import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startInfluxV2Shim } from '../../test/servers/influx-v2-shim.ts'
import { type InfluxdbServer, startInfluxdb } from '../../test/servers/influxdb.ts'
import { startVictoriaMetrics } from '../../test/servers/victoria-metrics.ts'
import { forwarderTo, until } from './forwarder-fixture.ts'
import { meterFrame } from './memory-spool.ts'
import { startMisbehavingServer } from './misbehaving-server.ts'

let influxdb: InfluxdbServer
beforeAll(async () => {
  influxdb = await startInfluxdb()
})
afterAll(() => influxdb?.close())

const START = Date.UTC(2026, 10, 20)
const frames = (device: string, from: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    meterFrame(device, START + (from + index) * 10_000, { activePower: from + index, voltageL1: 231.5 }),
  )

test('a frame arrives in InfluxDB 1.x with its tags, its fields and its time in milliseconds', async () => {
  await influxdb.createDatabase('plain')
  const { spool, forwarder } = await forwarderTo({ url: influxdb.url, api: 'v1', bucket: 'plain' })
  spool.add(meterFrame('meter-1', START + 123, { activePower: 1500, activeEnergyImport: 12.5 }))
  await until(() => forwarder.stats().lagFrames === 0)
  expect(await influxdb.query('SELECT * FROM meter', 'plain')).toEqual([
    {
      time: START + 123,
      device: 'meter-1',
      hall: 'demo',
      profile: 'eastron/sdm630',
      zone: 'lobby',
      active_power_w: 1500,
      active_energy_import_kwh: 12.5,
    },
  ])
  expect(spool.saved()).toEqual({ live: 1, gaps: [] })
  expect(forwarder.stats()).toMatchObject({ sentFrames: 1, sentPoints: 2, sentBatches: 1, backingOff: 0 })
})

test('the InfluxDB 2 write door takes frames with the token, and plain as well as gzip', async () => {
  await influxdb.createDatabase('v2')
  const shim = await startInfluxV2Shim(influxdb)
  onTestFinished(shim.close)
  for (const gzip of [true, false]) {
    const device = gzip ? 'meter-gzip' : 'meter-plain'
    const settings = { url: shim.url, api: 'v2', bucket: 'v2', gzip } as const
    const { spool, forwarder } = await forwarderTo(settings, { token: shim.token })
    spool.add(...frames(device, 0, 300))
    await until(() => forwarder.stats().sentFrames === 300)
  }
  expect(await influxdb.query('SELECT count(active_power_w) FROM meter GROUP BY device', 'v2')).toMatchObject([
    { device: 'meter-gzip', count: 300 },
    { device: 'meter-plain', count: 300 },
  ])
})

test('an InfluxDB that wants a password gets it', async () => {
  const administrator = { user: 'hallwatt', password: 's3cret: with colon' }
  const locked = await startInfluxdb({ administrator })
  onTestFinished(locked.close)
  await locked.createDatabase('hall')
  const token = `${administrator.user}:${administrator.password}`
  const { spool, forwarder } = await forwarderTo({ url: locked.url, api: 'v1', bucket: 'hall' }, { token })
  spool.add(...frames('meter-1', 0, 3))
  await until(() => forwarder.stats().sentFrames === 3)
  expect(await locked.query('SELECT count(active_power_w) FROM meter', 'hall')).toMatchObject([{ count: 3 }])
})

test('InfluxDB is killed in the middle and started again: nothing is lost, nothing is doubled', async () => {
  const server = await startInfluxdb()
  onTestFinished(server.close)
  await server.createDatabase('hall')
  const { spool, forwarder } = await forwarderTo(
    { url: server.url, api: 'v1', bucket: 'hall', batchLines: 500 },
    { tuning: { mostLiveLagFrames: 400, liveBatchFrames: 100 } },
  )
  spool.add(...frames('meter-1', 0, 3000))
  await until(() => forwarder.stats().sentFrames >= 500)
  await server.kill()
  for (let part = 0; part < 10; part++) spool.add(...frames('meter-1', 3000 + part * 300, 300))
  await until(() => forwarder.state() === 'backing-off')
  await server.restart()
  spool.add(...frames('meter-1', 6000, 300))
  await until(() => forwarder.stats().lagFrames === 0)
  expect(await server.query('SELECT count(active_power_w), sum(active_power_w) FROM meter', 'hall')).toMatchObject([
    { count: 6300, sum: (6299 * 6300) / 2 },
  ])
  await forwarder.close()
  expect(spool.saved()).toEqual({ live: 6300, gaps: [] })
})

test('an InfluxDB that hangs and comes to itself again gets every frame once', async () => {
  const server = await startInfluxdb()
  onTestFinished(server.close)
  await server.createDatabase('hall')
  const { spool, forwarder } = await forwarderTo({ url: server.url, api: 'v1', bucket: 'hall', timeoutMs: 300 })
  server.freeze()
  spool.add(...frames('meter-1', 0, 200))
  await until(() => forwarder.stats().failures.timeout > 0)
  server.thaw()
  await until(() => forwarder.stats().lagFrames === 0)
  expect(await server.query('SELECT count(active_power_w) FROM meter', 'hall')).toMatchObject([{ count: 200 }])
})

test('a path in front of the server is kept', async () => {
  const server = await startMisbehavingServer()
  const { spool, forwarder } = await forwarderTo({ url: `${server.url}/influx/`, api: 'v1', bucket: 'hall/two weeks' })
  spool.add(...frames('meter-1', 0, 1))
  await until(() => forwarder.stats().sentFrames === 1)
  expect(server.requests[0]!.url).toBe('/influx/write?db=hall&rp=two+weeks&precision=ms')
})

test('VictoriaMetrics takes frames at /api/v2/write', async () => {
  const victoria = await startVictoriaMetrics()
  onTestFinished(victoria.close)
  const { spool, forwarder } = await forwarderTo({ url: victoria.url, api: 'v2' })
  const now = Date.now()
  spool.add(meterFrame('meter-1', now - 1000, { activePower: 1 }), meterFrame('meter-1', now, { activePower: 2 }))
  await until(() => forwarder.stats().sentFrames === 2)
  expect(await victoria.export('meter_active_power_w')).toMatchObject([
    { metric: { device: 'meter-1', hall: 'demo', zone: 'lobby' }, values: [1, 2], timestamps: [now - 1000, now] },
  ])
})
