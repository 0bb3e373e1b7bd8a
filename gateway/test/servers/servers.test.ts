import { expect, onTestFinished, test } from 'vitest'
import { startInfluxV2Shim } from './influx-v2-shim.ts'
import { startInfluxdb } from './influxdb.ts'
import { startMosquitto } from './mosquitto.ts'
import { startServer } from './server-process.ts'
import { startVictoriaMetrics } from './victoria-metrics.ts'

test('InfluxDB keeps what it acknowledged when it is killed and started again on the same port', async () => {
  const influxdb = await startInfluxdb()
  onTestFinished(influxdb.close)
  await influxdb.createDatabase('hall')
  const answer = await fetch(`${influxdb.url}/write?db=hall&precision=ms`, { method: 'POST', body: 'm,t=a v=1 1000' })
  expect(answer.status).toBe(204)
  await influxdb.kill()
  expect(influxdb.pid()).toBeUndefined()
  await influxdb.restart()
  expect(await influxdb.query('SELECT v FROM m GROUP BY t', 'hall')).toEqual([{ t: 'a', time: 1000, v: 1 }])
})

test('the shim takes an InfluxDB 2 write with its token and refuses it without', async () => {
  const influxdb = await startInfluxdb()
  onTestFinished(influxdb.close)
  const shim = await startInfluxV2Shim(influxdb)
  onTestFinished(shim.close)
  await influxdb.createDatabase('hall')
  const write = (authorization: string) =>
    fetch(`${shim.url}/api/v2/write?org=${shim.org}&bucket=hall&precision=ms`, {
      method: 'POST',
      headers: { authorization },
      body: 'm v=2 2000',
    })
  expect((await write('Token wrong')).status).toBe(401)
  expect((await write(`Token ${shim.token}`)).status).toBe(204)
  expect(await influxdb.query('SELECT v FROM m', 'hall')).toEqual([{ time: 2000, v: 2 }])
})

test('VictoriaMetrics shows what was written to it', async () => {
  const victoria = await startVictoriaMetrics()
  onTestFinished(victoria.close)
  const now = Date.now()
  await fetch(`${victoria.url}/api/v2/write?precision=ms`, { method: 'POST', body: `m,t=a v=3 ${now}` })
  expect(await victoria.export('m_v')).toMatchObject([{ values: [3], timestamps: [now] }])
})

test('Mosquitto can be stopped and restarted on its port', async () => {
  const mosquitto = await startMosquitto()
  onTestFinished(mosquitto.close)
  const first = mosquitto.pid()
  await mosquitto.restart()
  expect(mosquitto.pid()).not.toBe(first)
})

test('a server that is not installed fails the test with the package to install', async () => {
  const recipe = {
    binary: 'nosuchd',
    debianPackage: 'nosuch-server',
    arguments: async () => [],
    ready: async () => true,
  }
  await expect(startServer(recipe)).rejects.toThrow('sudo apt-get install nosuch-server')
})
