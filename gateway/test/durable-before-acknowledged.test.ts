import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { expect, test } from 'vitest'
import { startGatewayProcess } from './support/gateway-process.ts'
import { makeHallFolder } from './support/hall-folder.ts'
import { checkDurableBeforeAcknowledged, readTrace, spawnTraced } from './syscall-order.ts'

test('a terminal gets its PUBACK only after the reading was written and synced', { timeout: 60_000 }, async () => {
  const hall = await makeHallFolder({
    devices: [{ id: 'kiosk-01', name: '1号机', profile: 'hallwatt/kiosk', zone: 'lobby' }],
  })
  const trace = join(hall.folder, 'trace')
  const gateway = await startGatewayProcess(hall, (args) => spawnTraced(trace, process.execPath, args))
  const terminal = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, {
    username: 'kiosk-01',
    clientId: 'kiosk-01',
  })
  const sent: { temperature: number; packetId: number }[] = []
  for (const temperature of [41.25, 43.75]) {
    const state = JSON.stringify({ t: Date.now(), 'temperature.cabinet': temperature })
    await terminal.publishAsync('hallwatt/donghu/kiosk-01/state', state, { qos: 1 })
    sent.push({ temperature, packetId: terminal.getLastMessageId() })
  }
  await terminal.endAsync()
  const gone = once(gateway.child, 'exit')
  spawn('pkill', ['-TERM', '-P', String(gateway.child.pid)])
  await gone

  const calls = readTrace(trace)
  for (const { temperature, packetId } of sent) {
    // A PUBACK: type 4, two bytes, the packet id (MQTT 3.1.1, 3.4). The temperature is to be found in the log.
    const acknowledgement = Buffer.from([0x40, 0x02, packetId >> 8, packetId & 0xff])
    const order = checkDurableBeforeAcknowledged(calls, { stored: String(temperature), acknowledgement })
    expect(order).toMatchObject({ synced: { result: 0, target: expect.stringContaining('store.sqlite-wal') } })
  }
  await hall.remove()
})
