import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../ports/system-clock.ts'
import { createOcppReader } from '../profiles/ocpp-mapping.ts'
import type { ChargePoint } from './charge-point.ts'
import { createContact } from './contact.ts'
import type { OcppLink } from './ocpp-port.ts'
import { type CentralSystem, connectorOf, startCentralSystem } from './testing/central-system.ts'
import { startSimulatedCharger } from './testing/simulated-charger.ts'

/** Against the simulated charge point: its own code on raw WebSockets. */

let hall: CentralSystem
const closers: (() => void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) close()
  await hall?.close()
})

function charger(how: Parameters<typeof startSimulatedCharger>[1] = {}) {
  const one = startSimulatedCharger(hall.url, how)
  closers.push(one.close)
  return one
}

test('a new connection is asked for the limit in force and for the status of the station', async () => {
  hall = await startCentralSystem()
  charger()
  await hall.until(() => hall.latest('cp-01').chargingCurrentLimit === 32)
  expect(hall.latest('cp-01')).toMatchObject({ evseState: 'C', chargerState: 'charging' })
})

test('with `configure` the keys of the profile are set after the boot; without it nothing is written', async () => {
  /** What a charger is asked before it is asked for the limit in force. */
  async function askedOf(configure: boolean): Promise<string[]> {
    hall = await startCentralSystem({ settings: { configure } })
    const asked: string[] = []
    const socket = new WebSocket(`${hall.url}CP-01`, 'ocpp1.6')
    closers.push(() => socket.terminate())
    await once(socket, 'open')
    socket.send(JSON.stringify([2, '1', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }]))
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.on('message', (data) => {
      const [type, id, action, payload] = JSON.parse(String(data))
      if (type !== 2) return
      if (action === 'GetCompositeSchedule') resolve()
      else asked.push(action === 'ChangeConfiguration' ? payload.key : `${action} ${payload.connectorId}`)
      socket.send(JSON.stringify([3, id, { status: 'Rejected' }]))
    })
    await promise
    await hall.close()
    return asked
  }
  const status = ['TriggerMessage 0', 'TriggerMessage 1']
  expect(await askedOf(true)).toEqual([
    ...status,
    'MeterValuesSampledData',
    'MeterValueSampleInterval',
    'MeterValuesAlignedData',
    'ClockAlignedDataInterval',
  ])
  expect(await askedOf(false)).toEqual(status)
})

test('a charger that says nothing of its meter is asked, and no more once it has said that it cannot', async () => {
  const device = connectorOf('CP-01')
  const link: OcppLink = { chargePoint: 'CP-01', call: async () => ({}), close: () => {} }
  const reader = createOcppReader(device.profile.ocpp!, 1)
  const one = { device, profile: device.profile.ocpp!, connector: 1, reader, metered: 0 }
  const chargePoint = {
    id: 'CP-01',
    connectors: new Map([[device.id, one]]),
    link: () => link,
  } as unknown as ChargePoint
  const asked: unknown[] = []
  let now = 0
  let answer: Record<string, unknown> | undefined = { status: 'Accepted' }
  const contact = createContact({
    clock: { ...systemClock, monotonicMs: () => now },
    random: () => 0,
    configure: false,
    ask: async (_link, action, payload) => {
      asked.push({ action, ...payload })
      return answer
    },
  })
  const round = async (at: number) => {
    now = at
    contact.tick(chargePoint)
    await new Promise(setImmediate)
  }
  await round(59_000)
  expect(asked).toEqual([])
  await round(60_000)
  expect(asked).toEqual([{ action: 'TriggerMessage', requestedMessage: 'MeterValues', connectorId: 1 }])
  answer = { status: 'NotImplemented' }
  await round(65_000)
  await round(70_000)
  expect(asked).toHaveLength(2)
})

test('what was measured while the line was away comes with its own time, and a transaction ended meanwhile ends', {
  timeout: 30_000,
}, async () => {
  hall = await startCentralSystem()
  const { point, state, trouble } = charger({ sampleMs: 1000 })
  await hall.until(() => hall.ocpp.stats().transactionsBegun === 1)
  await hall.until(() => hall.latest('cp-01').activePower === 6900)
  const cutAt = Date.now()
  trouble.disconnected = true
  await hall.until(() => hall.presence.get('cp-01') === 'unknown')
  // One of them may have been on its way when the line went.
  await expect.poll(() => point.queued(), { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  state.totalWh = 9000
  state.state = 'A'
  await expect.poll(() => point.queued()).toBeGreaterThanOrEqual(4)
  const backAt = Date.now()
  delete trouble.disconnected
  await hall.until(() => hall.ocpp.stats().transactionsEnded === 1)
  expect(hall.presence.get('cp-01')).toBe('online')
  expect(hall.latest('cp-01').sessionEnergy).toBe(4)
  const meanwhile = hall.frames.filter(
    ({ at, values }) => at > cutAt && at < backAt && values.activePower !== undefined,
  )
  expect(meanwhile.length).toBeGreaterThanOrEqual(2)
})

test('a charger without a line falls back to its safe current by itself, and takes full current again with it', async () => {
  hall = await startCentralSystem()
  const { state, trouble } = charger({ fallbackMs: 300 })
  await hall.until(() => hall.presence.get('cp-01') === 'online')
  trouble.disconnected = true
  await expect.poll(() => state.limitA).toBe(6)
  delete trouble.disconnected
  await expect.poll(() => state.limitA, { timeout: 5000 }).toBe(32)
})

test('a charge point that leaves the hall is disconnected, and turned away when it comes again', async () => {
  hall = await startCentralSystem()
  const { point } = charger()
  await expect.poll(() => point.isUp(), { timeout: 5000 }).toBe(true)
  hall.ocpp.setDevices([])
  await hall.until(() => hall.lines.some(({ code }) => code === 'HW_OCPP_TURNED_AWAY'))
  expect(hall.ocpp.stats()).toMatchObject({ chargePoints: 0, connected: 0 })
})
