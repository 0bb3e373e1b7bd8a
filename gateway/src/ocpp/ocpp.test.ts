import { once } from 'node:events'
import { OcppClient } from 'ocpp-ts'
import { afterEach, expect, test } from 'vitest'
import { type CentralSystem, connectorOf, startCentralSystem } from './testing/central-system.ts'

/**
 * Against the charge point of the npm package ocpp-ts: another author's reading of the specification, with schemas of its own.
 * It closes its socket only with the process, so a test ends the central system instead.
 */

let hall: CentralSystem
afterEach(() => hall?.close())

async function chargePoint(id = 'CP-01'): Promise<OcppClient> {
  const client = new OcppClient(id)
  client.on('error', () => {})
  const connected = once(client, 'connect')
  client.connect(hall.url)
  await connected
  return client
}

const now = () => new Date().toISOString()

test('a charge point of another make boots, says how it is and what it measures', async () => {
  hall = await startCentralSystem()
  const client = await chargePoint()
  const boot = await client.callRequest('BootNotification', {
    chargePointVendor: 'Vendor',
    chargePointModel: 'Model',
    firmwareVersion: '1.2.3',
  })
  expect(boot).toMatchObject({ status: 'Accepted', interval: 60 })
  expect(Math.abs(Date.parse(String(boot.currentTime)) - Date.now())).toBeLessThan(5000)
  expect(hall.presence.get('cp-01')).toBe('online')

  await client.callRequest('StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'Preparing',
    timestamp: now(),
  })
  expect(hall.latest('cp-01')).toMatchObject({
    modelName: 'Model',
    firmwareVersion: '1.2.3',
    evseState: 'B',
    chargerGround: 'ok',
  })

  const at = new Date(Date.now() - 60_000)
  await client.callRequest('MeterValues', {
    connectorId: 1,
    meterValue: [
      {
        timestamp: at.toISOString(),
        sampledValue: [
          { value: '1250500' },
          { value: '6.9', measurand: 'Power.Active.Import', unit: 'kW' },
          { value: '31.5', measurand: 'Current.Import', phase: 'L1', unit: 'A' },
        ],
      },
    ],
  })
  const measured = hall.frames.at(-1)
  expect(measured).toMatchObject({ device: 'cp-01', stream: 'reading', at: at.getTime() })
  expect(measured?.values).toEqual({ activeEnergyImport: 1250.5, activePower: 6900, currentL1: 31.5 })
  expect(await client.callRequest('Heartbeat', {})).toHaveProperty('currentTime')
  expect(hall.ocpp.stats()).toMatchObject({ messagesBroken: 0, connected: 1 })
})

test('a transaction runs from the card to the remote stop, and no card is stored', async () => {
  hall = await startCentralSystem()
  const client = await chargePoint()
  client.on('RemoteStopTransaction', (_request, answer) => answer({ status: 'Accepted' }))
  expect(await client.callRequest('Authorize', { idTag: 'CARD-SECRET-7' })).toEqual({
    idTagInfo: { status: 'Accepted' },
  })
  const start = { connectorId: 1, idTag: 'CARD-SECRET-7', meterStart: 1000, timestamp: now() }
  const { transactionId } = await client.callRequest('StartTransaction', start)
  expect(transactionId).toBeGreaterThan(0)
  // The same start, told again because the answer was lost, is the same transaction.
  expect(await client.callRequest('StartTransaction', start)).toMatchObject({ transactionId })

  const stopped = once(client, 'RemoteStopTransaction')
  const rule = {
    action: 'RemoteStopTransaction' as const,
    payload: { transactionId: '{transaction}' },
    accepts: ['Accepted'],
    asks: [],
  }
  expect(await hall.ocpp.call('cp-01', { rule }, 'command')).toBeUndefined()
  expect((await stopped)[0]).toEqual({ transactionId })

  const stop = { transactionId, meterStop: 5250, timestamp: now(), reason: 'Remote' as const }
  await client.callRequest('StopTransaction', stop)
  await client.callRequest('StopTransaction', stop)
  expect(hall.latest('cp-01')).toMatchObject({ sessionEnergy: 4.25, activeEnergyImport: 5.25 })
  const rows = await hall.store.read<Record<string, unknown>>('SELECT * FROM ocpp_transaction')
  expect(rows).toMatchObject([{ id: transactionId, meter_start_wh: 1000, meter_stop_wh: 5250, reason: 'Remote' }])
  expect(JSON.stringify([rows, hall.lines, hall.frames])).not.toContain('CARD-SECRET-7')
  expect(hall.ocpp.stats()).toMatchObject({
    transactionsBegun: 1,
    transactionsEnded: 1,
    messagesRepeated: 2,
    transactionsOpen: 0,
  })
})

test('after a power cut without an end, a connector that is available gets a limit for the next car; the late end is recorded', async () => {
  hall = await startCentralSystem()
  const client = await chargePoint()
  const start = {
    connectorId: 1,
    idTag: 'CARD',
    meterStart: 1000,
    timestamp: new Date(Date.now() - 60_000).toISOString(),
  }
  const { transactionId } = await client.callRequest('StartTransaction', start)
  await client.callRequest('StatusNotification', {
    ...{ connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: now() },
  })
  const asked = new Promise<unknown>((resolve) => {
    client.on('SetChargingProfile', (request, answer) => {
      resolve(request)
      answer({ status: 'Accepted' })
    })
  })
  const rule = connectorOf('CP-01').profile.commands['set-current']!.ocpp!
  expect(await hall.ocpp.call('cp-01', { rule, value: 10 }, 'command')).toBeUndefined()
  expect(await asked).toMatchObject({ csChargingProfiles: { chargingProfilePurpose: 'TxDefaultProfile' } })
  expect(hall.ocpp.inside('cp-01')?.transaction).toBeUndefined()
  await client.callRequest('StopTransaction', { transactionId, meterStop: 3000, timestamp: now(), reason: 'PowerLoss' })
  expect(hall.latest('cp-01')).toMatchObject({ sessionEnergy: 2 })
  expect(hall.ocpp.stats()).toMatchObject({ transactionsEnded: 1, transactionsUnknown: 0, transactionsOpen: 0 })
})

test('a charger that knows no time has a transaction of its own for every car', async () => {
  hall = await startCentralSystem()
  const client = await chargePoint()
  const start = { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: '1970-01-01T00:00:00Z' }
  const told = async () => (await client.callRequest('StartTransaction', start)).transactionId
  const first = await told()
  expect(await told()).toBe(first)
  const stop = { meterStop: 2000, timestamp: '1970-01-01T01:00:00Z' }
  await client.callRequest('StopTransaction', { ...stop, transactionId: first })
  const second = await told()
  expect(second).not.toBe(first)
  await client.callRequest('StopTransaction', { ...stop, transactionId: second })
  expect(hall.ocpp.stats()).toMatchObject({ transactionsBegun: 2, transactionsEnded: 2, messagesRepeated: 1 })
  const sql = 'SELECT min(started_at) AS started, min(stopped_at) AS stopped FROM ocpp_transaction'
  const [row] = await hall.store.read<{ started: number; stopped: number }>(sql)
  expect(Math.min(row!.started, row!.stopped)).toBeGreaterThan(Date.now() - 60_000)
})

test('two connectors of one station are two devices, and a fault of the station is a fault of both', async () => {
  hall = await startCentralSystem({ devices: [connectorOf('CP-02'), connectorOf('CP-02', 2)] })
  const client = await chargePoint('CP-02')
  const status = (connectorId: number, errorCode: 'NoError' | 'HighTemperature') =>
    client.callRequest('StatusNotification', { connectorId, errorCode, status: 'Available', timestamp: now() })
  await status(1, 'NoError')
  await status(2, 'NoError')
  await status(0, 'HighTemperature')
  expect(hall.latest('cp-02')).toMatchObject({ chargerHeat: 'hot', evseState: 'A' })
  expect(hall.latest('cp-02-2')).toMatchObject({ chargerHeat: 'hot', evseState: 'A' })
  await status(2, 'NoError')
  expect(hall.latest('cp-02-2')).toMatchObject({ chargerHeat: 'hot' })
  await status(0, 'NoError')
  expect(hall.latest('cp-02-2')).toMatchObject({ chargerHeat: 'ok' })
})

/** What each command of the profile is on the wire, as the other author's charge point receives and accepts it. */
const ASKED: Readonly<Record<string, readonly [action: string, part: object, value?: number]>> = {
  'set-current': [
    'SetChargingProfile',
    {
      connectorId: 1,
      csChargingProfiles: {
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] },
      },
    },
    10,
  ],
  'pause-charging': [
    'SetChargingProfile',
    { csChargingProfiles: { chargingSchedule: { chargingSchedulePeriod: [{ startPeriod: 0, limit: 0 }] } } },
    0,
  ],
  'release-current': ['ClearChargingProfile', { connectorId: 1 }],
  'start-charging': ['RemoteStartTransaction', { connectorId: 1, idTag: 'HALLWATT' }],
  'stop-charging': ['RemoteStopTransaction', { transactionId: expect.any(Number) }],
  'unlock-connector': ['UnlockConnector', { connectorId: 1 }],
  restart: ['Reset', { type: 'Soft' }],
  'report-every-10-s': ['ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '10' }],
}

test('every command of the profile is a question that a charge point of another make takes, and its no is a no', async () => {
  hall = await startCentralSystem()
  const client = await chargePoint()
  const { commands } = connectorOf('CP-01').profile
  expect(Object.keys(commands)).toEqual(Object.keys(ASKED))
  await client.callRequest('StartTransaction', { connectorId: 1, idTag: 'CARD', meterStart: 1, timestamp: now() })
  for (const [name, [action, part, value]] of Object.entries(ASKED)) {
    const rule = commands[name]!.ocpp!
    const say = (status: string) =>
      new Promise<object>((resolve) => {
        client.removeAllListeners(action)
        client.on(action as 'Reset', (request, answer) => {
          resolve(request)
          answer({ status } as { status: 'Accepted' })
        })
      })
    const asked = say(rule.accepts[0]!)
    const step = { rule, ...(value !== undefined && { value }) }
    expect([name, await hall.ocpp.call('cp-01', step, 'command')]).toEqual([name, undefined])
    expect([name, await asked]).toMatchObject([name, part])
    void say(action === 'UnlockConnector' ? 'UnlockFailed' : 'Rejected')
    expect([name, await hall.ocpp.call('cp-01', step, 'command')]).toEqual([name, expect.stringContaining(action)])
  }
})
