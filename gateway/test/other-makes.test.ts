import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { OcppClient } from 'ocpp-ts'
import { afterEach, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { parseDocument } from '../src/documents/documents.ts'
import { casesSchema, isModbusCase } from '../src/profiles/cases-schema.ts'
import { libmodbusDevice } from './servers/libmodbus.ts'
import { startRecordedLine } from './servers/recorded-line.ts'
import { freePorts } from './servers/server-process.ts'
import { SNMPD, startSnmpd } from './servers/snmpd.ts'
import { startGatewayProcess } from './support/gateway-process.ts'
import { makeHallFolder } from './support/hall-folder.ts'

const fileAt = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

const run = promisify(execFile)
const opened: (() => PromiseLike<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A SunSpec meter of libmodbus, from marker to end model. */
async function sunspecMeter() {
  const cases = parseDocument(fileAt('device-profiles/sunspec/meter.cases.yaml'), casesSchema)
  const words = cases.ok && cases.value.find(isModbusCase)?.words.holding
  if (!words) throw new Error('sunspec/meter has no case with words')
  const device = await libmodbusDevice(words)
  opened.push(() => device[Symbol.asyncDispose]())
  return device
}

/** The printer that Debian's snmpd says it is. */
async function printer() {
  const agent = await startSnmpd({
    '1.3.6.1.2.1.25.3.5.1.1.1': ['integer', 3],
    '1.3.6.1.2.1.25.3.5.1.2.1': ['octet', '00'],
    '1.3.6.1.2.1.43.10.2.1.4.1.1': ['counter', 310],
  })
  opened.push(() => agent.close())
  return agent
}

/** A charge point of the npm package ocpp-ts that boots and tells its power. */
async function charge(url: string, id: string) {
  const client = new OcppClient(id)
  client.on('error', () => {})
  const connected = once(client, 'connect')
  client.connect(url)
  await connected
  await client.callRequest('BootNotification', { chargePointVendor: 'Another', chargePointModel: 'Of ocpp-ts' })
  const timestamp = new Date().toISOString()
  await client.callRequest('StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'Charging',
    timestamp,
  })
  await client.callRequest('MeterValues', {
    connectorId: 1,
    meterValue: [{ timestamp, sampledValue: [{ value: '6.9', measurand: 'Power.Active.Import', unit: 'kW' }] }],
  })
}

/** A Tasmota plug whose messages the client of Mosquitto sends. */
async function plug(port: number) {
  const send = (topic: string, message: string) =>
    run('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', `${port}`, '-u', 'plug-kettle', '-q', '1'],
      ...['-t', `tele/tasmota_1A2B03/${topic}`, '-m', message],
    ])
  await send('LWT', 'Online')
  await send('SENSOR', '{"ENERGY":{"Total":18.327,"Power":1812,"Voltage":226,"Current":8.031}}')
}

/** What devices of other makes say, by the device of the demo hall that each stands in for. */
const SAYS = {
  'meter-roof': ['voltageL1', 230.1],
  'printer-01': ['printed.invoice', 310],
  'evse-04': ['activePower', 6900],
  'plug-kettle': ['activePower', 1812],
  'meter-grid': ['activePower', -1234.5],
} as const

test('the demo hall reads libmodbus, snmpd, ocpp-ts, mosquitto and a recorded DL/T 645 meter in the place of its simulated devices', {
  timeout: 120_000,
}, async () => {
  const hall = await makeHallFolder({ devices: [] })
  opened.push(() => hall.remove())
  const [meter, agent, line] = await Promise.all([sunspecMeter(), printer(), startRecordedLine('dlt645-3.2.0.frames')])
  opened.push(() => line.close())
  const [ocppPort = 0, ...elsewhere] = await freePorts(12)
  await hall.edit((text) => {
    const { broker, http, store } = text
    Object.assign(text, parse(fileAt('gateway/halls/demo.yaml')), { broker, http, store })
    text.ocpp.port = ocppPort
    // Nobody is at any other address of this hall; a demo that somebody has open stays alone.
    for (const link of Object.values<{ port: number }>(text.links)) link.port = elsewhere.pop() ?? 0
    const device = (id: string) => text.devices.find((one: { id: string }) => one.id === id)
    device('display-01').port = elsewhere.pop()
    text.links['roof-meter'].port = meter.port
    text.links['utility-bus'].port = line.port
    device('meter-grid').address = '202512345678'
    Object.assign(device('printer-01'), { port: agent.port, secret: 'hall-printers' })
  })
  const gateway = await startGatewayProcess(hall, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_SECRET_HALL_PRINTERS: SNMPD.community },
    }),
  )
  opened.push(() => gateway.stop())
  await charge(`ws://127.0.0.1:${ocppPort}/ocpp/`, 'EVSE-04')
  await plug(hall.mqttPort)

  const ask = async (path: string) => (await fetch(`${hall.http}/api/v1/devices${path}`)).json()
  const reads = ([id, [quantity, value]]: readonly [string, readonly [string, number]]) =>
    vi.waitUntil(
      async () => {
        const { readings } = (await ask(`/${id}`)) as { readings: { quantity: string; value: unknown }[] }
        return readings.some((one) => one.quantity === quantity && one.value === value)
      },
      { timeout: 60_000, interval: 200 },
    )
  await Promise.all(Object.entries(SAYS).map(reads))
  const { devices } = (await ask('')) as { devices: { id: string; presence: string }[] }
  const online = devices.filter(({ presence }) => presence === 'online').map(({ id }) => id)
  // The client of Mosquitto goes when it has said what it had to say.
  const stay = Object.keys(SAYS).filter((id) => id !== 'plug-kettle')
  expect(online).toEqual(expect.arrayContaining(stay))
})
