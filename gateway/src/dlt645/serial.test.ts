import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import { afterEach, expect, test } from 'vitest'
import { meterFraming } from '../../../simulators/dlt645/codec.ts'
import { singlePhaseItems } from '../../../simulators/dlt645/items.ts'
import { meterAnswer } from '../../../simulators/dlt645/meter.ts'
import { rtuFraming } from '../../../simulators/modbus/framing.ts'
import { createMeter } from '../../../simulators/physics/electric.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { ITEM_HEADER, itemAddress } from '../profiles/item-words.ts'
import { askItem } from './dlt645.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

const METER = '000000000161'
const physics = createMeter(220.57)
physics.state.u = [231.5, 230, 230]

/** A meter that hears 2400 Bd and a Modbus unit that hears 9600 Bd, on one serial line made by socat. */
async function mixedLine() {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-pty-'))
  const [near, far] = [join(folder, 'near'), join(folder, 'far')]
  const socat = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`])
  opened.push(async () => {
    if (socat.exitCode === null) {
      socat.kill()
      await once(socat, 'exit')
    }
    await rm(folder, { recursive: true })
  })
  let said = ''
  await new Promise<void>((resolve) => {
    socat.stderr.on('data', (text) => {
      said += text
      if (said.includes('starting data transfer loop')) resolve()
    })
  })
  const port = new SerialPort({ path: far, baudRate: 115_200, autoOpen: false })
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())))
  opened.push(() => new Promise<void>((resolve) => port.close(() => resolve())))
  const speedOfLine = () => Number(execFileSync('stty', ['-F', near, 'speed'], { encoding: 'utf8' }))
  const heard: number[] = []
  /** Ms from an answer to the next question, whoever gave the one and is asked the other. */
  const pauses: number[] = []
  let answeredAt = Number.NEGATIVE_INFINITY
  const hear = () => {
    pauses.push(performance.now() - answeredAt)
    heard.push(speedOfLine())
  }
  const answerWith = (answer: Uint8Array | undefined) => {
    answeredAt = performance.now()
    if (answer) port.write(answer)
  }
  const items = singlePhaseItems({ state: physics.state, address: METER, clockMs: Date.now }, 0)
  const meter = { device: 'meter', address: METER, items, trouble: {} }
  const [meters, units] = [meterFraming(), rtuFraming()]
  port.on('data', (bytes: Buffer) => {
    for (const request of meters.push(bytes)) {
      hear()
      answerWith(heard.at(-1) === 2400 ? meterAnswer(meter, request) : undefined)
    }
    for (const { unitId, wrap } of units.push(bytes) ?? []) {
      hear()
      answerWith(heard.at(-1) === 9600 ? wrap(unitId, Buffer.from([3, 2, 0, 77])) : undefined)
    }
  })
  const link = { type: 'modbus-rtu', path: near, baud: 9600, parity: 'none', dataBits: 8, stopBits: 1 } as const
  const endpoint = createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0, askItem })
  opened.push(() => endpoint.close())
  return { endpoint, heard, pauses, socat }
}

const item = {
  meter: METER,
  table: 'item',
  address: itemAddress('02010100'),
  count: ITEM_HEADER + 2,
  serial: { baud: 2400, parity: 'even', stopBits: 1 },
} as const
const register = { unitId: 1, table: 'holding', address: 0, count: 1 } as const

test('a serial port changes between the speed of a meter and that of a Modbus unit, request by request, with a pause after each', async () => {
  const { endpoint, heard, pauses } = await mixedLine()
  for (let i = 0; i < 3; i++) {
    expect(await endpoint.read(item, 1500)).toMatchObject({ ok: true, meter: METER })
    expect(await endpoint.read(register, 1500)).toMatchObject({ ok: true, words: [77] })
  }
  expect(heard).toEqual([2400, 9600, 2400, 9600, 2400, 9600])
  // Whoever heard bytes at the wrong speed has 50 ms to forget them; a timer may be a millisecond early.
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(49)
  expect(endpoint.stats()).toMatchObject({ connects: 1, timeouts: 0, garbled: 0, connectionsLost: 0 })
})

test('a port that vanished while its settings change is told as lost', async () => {
  const { endpoint, socat } = await mixedLine()
  expect(await endpoint.read(item, 1500)).toMatchObject({ ok: true })
  socat.kill()
  await once(socat, 'exit')
  expect(await endpoint.read(register, 300)).toEqual({ ok: false, failure: 'connection-lost' })
})
