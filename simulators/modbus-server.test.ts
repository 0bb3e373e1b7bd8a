import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { duplexPair } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fittingsOf } from './fittings.ts'
import { createHall } from './hall.ts'
import { registerMapOf } from './modbus/device-maps.ts'
import { crc16, wrapRtu } from './modbus/framing.ts'
import type { ModbusUnit } from './modbus/unit.ts'
import { type ModbusServer, serveRtuStream, startModbusServer } from './modbus-server.ts'

const run = promisify(execFile)

const MODELS = [
  { unitId: 1, id: 'meter-main', profile: 'eastron/sdm630' },
  { unitId: 2, id: 'meter-self-service', profile: 'chint/dtsu666', variant: 'energy-101e' },
  { unitId: 3, id: 'meter-counter', profile: 'chint/dtsu666', variant: 'energy-401e' },
  { unitId: 4, id: 'meter-hvac', profile: 'schneider/iem3155' },
  { unitId: 5, id: 'meter-charging', profile: 'carlo-gavazzi/em340' },
  { unitId: 6, id: 'meter-server-room', profile: 'abb/b23' },
  { unitId: 7, id: 'meter-experience', profile: 'acrel/adl400' },
  { unitId: 8, id: 'meter-lighting', profile: 'chint/ddsu666' },
  { unitId: 9, id: 'evse-01', profile: 'keba/p30' },
  { unitId: 10, id: 'evse-02', profile: 'abb/terra-ac' },
  { unitId: 11, id: 'pv-roof', profile: 'huawei/sun2000' },
  { unitId: 12, id: 'storage-01', profile: 'sungrow/sh' },
]
const start = Date.parse('2026-06-15T11:00:00+08:00')
const hall = createHall({ seed: 7, start, fittings: fittingsOf(MODELS) })
hall.step(start + 60_000)
const main = hall.meters.main.state

const units = new Map<number, ModbusUnit>(
  MODELS.map(({ unitId, ...device }) => [
    unitId,
    { device: device.id, map: registerMapOf(hall, device)!, trouble: {} as ModbusUnit['trouble'] },
  ]),
)
let bus: ModbusServer
beforeAll(async () => {
  bus = await startModbusServer({ host: '127.0.0.1', port: 0, framing: 'tcp', units, baud: 115_200 })
})
afterAll(() => bus.close())
beforeEach(() => {
  for (const { trouble } of units.values()) for (const key of Object.keys(trouble)) Reflect.deleteProperty(trouble, key)
})

/** Reads with Debian's mbpoll, a client we did not write. `type` as in its -t option; addresses 0-based. */
async function mbpoll(unitId: number, type: string, address: number, count: number, more: string[] = []) {
  const args = [
    '-m',
    'tcp',
    '-p',
    String(bus.port),
    '-a',
    String(unitId),
    '-0',
    '-r',
    String(address),
    '-c',
    String(count),
  ]
  const done = await run('mbpoll', [...args, '-t', type, '-o', '0.4', '-1', ...more, '127.0.0.1']).catch(
    (error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout ?? '', stderr: error.stderr ?? '' }),
  )
  return {
    values: [...done.stdout.matchAll(/^\[\d+\]:\s+(\S+)/gm)].map((match) => Number(match[1])),
    text: `${done.stdout}${done.stderr}`,
  }
}

describe('mbpoll reads what the hall is like', () => {
  test('SDM630: three voltages as floats', async () => {
    const { values } = await mbpoll(1, '3:float', 0, 3, ['-B'])
    expect(values.map((v) => v.toFixed(1))).toEqual(main.u.map((v) => v.toFixed(1)))
  })
  test('SDM630: imported energy at 0x0048', async () => {
    const { values } = await mbpoll(1, '3:float', 0x48, 1, ['-B'])
    expect(values[0]).toBeCloseTo(main.importKWh, 0)
  })
  test('EM340: low word first, tenths of a volt', async () => {
    const { values } = await mbpoll(5, '3:int', 0, 1)
    expect(values[0]).toBe(Math.round(main.u[0] * 10))
  })
  test('DTSU666: 220 V is sent as 2200.0', async () => {
    const { values } = await mbpoll(2, '4:float', 0x2006, 1, ['-B'])
    expect(values[0]! / 10).toBeCloseTo(main.u[0], 1)
  })
  test('KEBA P30: 11 kW in milliwatts', async () => {
    const { values } = await mbpoll(9, '4:int', 1020, 1, ['-B'])
    expect(values[0]! / 1000).toBeCloseTo(hall.chargers.get('evse-01')!.state.powerW, 0)
  })
  test('Sungrow SH: state of charge in tenths of a percent', async () => {
    const { values } = await mbpoll(12, '3', 13022, 1)
    expect(values[0]).toBe(Math.round(hall.state.battery.soc * 1000))
  })
  test('SUN2000: active power of the roof', async () => {
    const { values } = await mbpoll(11, '4:int', 32080, 1, ['-B'])
    expect(values[0]).toBe(Math.round(hall.state.roof.powerW))
  })
})

describe('mbpoll writes what a charger may be told', () => {
  const write = (address: number, value: number) =>
    run('mbpoll', [
      '-m',
      'tcp',
      '-p',
      String(bus.port),
      '-a',
      '9',
      '-0',
      '-r',
      String(address),
      '-t',
      '4',
      '-o',
      '0.4',
      '127.0.0.1',
      String(value),
    ])
      .then(({ stdout }) => stdout)
      .catch((error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}`)

  test('KEBA P30: 10 A at 5004 show at 1100, the failsafe at 1602', async () => {
    expect(await write(5004, 10_000)).toContain('Written 1 references')
    expect(await write(5018, 60)).toContain('Written 1 references')
    expect((await mbpoll(9, '4:int', 1100, 1, ['-B'])).values).toEqual([10_000])
    expect((await mbpoll(9, '4:int', 1602, 1, ['-B'])).values).toEqual([60])
    await write(5018, 0)
    await write(5004, 16_000)
  })
  test('KEBA P30: a current below 6 A and a register that is not to be written are refused', async () => {
    expect(await write(5004, 3000)).toContain('Illegal data value')
    expect(await write(1100, 10_000)).toContain('Illegal data address')
  })
})

describe('devices keep their limits', () => {
  test('SDM630 refuses an odd start address', async () => {
    expect((await mbpoll(1, '3', 1, 2)).text).toContain('Illegal data address')
  })
  test('SDM630 refuses more than 80 registers', async () => {
    expect((await mbpoll(1, '3', 0, 82)).text).toContain('Illegal data value')
  })
  test('KEBA P30 answers one value per request', async () => {
    expect((await mbpoll(9, '4', 1008, 4)).text).toContain('Illegal data value')
  })
  test('the older DTSU666 has no energy at 0x101E', async () => {
    expect((await mbpoll(3, '4:float', 0x101e, 1)).text).toContain('Illegal data address')
  })
  test('ADL400 refuses the registers at 0x0089', async () => {
    expect((await mbpoll(7, '4', 0x89, 2)).text).toContain('Illegal data address')
  })
  test('iEM3155 refuses a read across a hole', async () => {
    expect((await mbpoll(4, '4', 0x0bb7, 20)).text).toContain('Illegal data address')
  })
  test('iEM3155 knows no input registers', async () => {
    expect((await mbpoll(4, '3', 0x0bb7, 2)).text).toContain('Illegal function')
  })
  test('B23 shows the not-available pattern for what was not ordered', async () => {
    expect((await mbpoll(6, '4:hex', 0x5004, 4)).text.match(/0xFFFF/g)).toHaveLength(4)
  })
  test('nobody answers for a unit id that is not on the bus', async () => {
    expect((await mbpoll(99, '3', 0, 2)).text).toMatch(/failed/i)
  })
})

describe('line faults', () => {
  const voltage = () => mbpoll(1, '3:float', 0, 1, ['-B'])

  test('a silent meter does not answer, its neighbour does', async () => {
    units.get(1)!.trouble.silent = true
    expect((await voltage()).text).toMatch(/timed out/i)
    expect((await mbpoll(5, '3:int', 0, 1)).values).toHaveLength(1)
  })
  test('an exception hits only reads that cover its address', async () => {
    units.get(1)!.trouble.exception = { code: 4, address: 0x48 }
    expect((await voltage()).values).toHaveLength(1)
    expect((await mbpoll(1, '3', 0x46, 4)).text).toMatch(/device or server failure/i)
  })
  test('frozen values stay, and move again when thawed', async () => {
    units.get(1)!.trouble.frozen = true
    const [before] = (await voltage()).values
    hall.step(hall.state.at + 120_000)
    expect((await voltage()).values[0]).toBe(before)
    units.get(1)!.trouble.frozen = false
    expect((await voltage()).values[0]).not.toBe(before)
  })
  test('a short frame leaves the client waiting', async () => {
    units.get(1)!.trouble.garble = 'short'
    expect((await voltage()).values).toEqual([])
  })
  test('a slow meter answers after its delay', async () => {
    units.get(1)!.trouble.delayMs = 250
    const before = performance.now()
    expect((await voltage()).values).toHaveLength(1)
    expect(performance.now() - before).toBeGreaterThan(240)
  })
})

describe('RTU over TCP', () => {
  let rtu: ModbusServer
  let socket: Socket
  beforeAll(async () => {
    rtu = await startModbusServer({ host: '127.0.0.1', port: 0, framing: 'rtu', units, baud: 38_400 })
    socket = connect(rtu.port, '127.0.0.1')
    await once(socket, 'connect')
  })
  afterAll(async () => {
    socket.destroy()
    await rtu.close()
  })
  const readVoltage = wrapRtu(1, Buffer.from([4, 0, 0, 0, 2]))

  /** Collects bytes until a whole answer of two registers is there. */
  async function answer(): Promise<Buffer> {
    let bytes = Buffer.alloc(0)
    while (bytes.length < 9) bytes = Buffer.concat([bytes, ((await once(socket, 'data')) as [Buffer])[0]])
    return bytes
  }

  test('the checksum of a known frame is right', () => {
    expect(crc16(Buffer.from([0x01, 0x04, 0x00, 0x00, 0x00, 0x02]))).toBe(0xcb71)
  })
  test('a request is answered with address, count and checksum', async () => {
    socket.write(readVoltage)
    const frame = await answer()
    expect([...frame.subarray(0, 3)]).toEqual([1, 4, 4])
    expect(crc16(frame.subarray(0, 7))).toBe(frame.readUInt16LE(7))
    expect(frame.readFloatBE(3)).toBeCloseTo(main.u[0], 3)
  })
  test('noise before a request does not hide it', async () => {
    socket.write(Buffer.concat([Buffer.from([0xff, 0x00, 0x7e]), readVoltage]))
    expect((await answer()).readUInt8(1)).toBe(4)
  })
  test('under a wrong unit id the answer carries another address', async () => {
    units.get(1)!.trouble.wrongUnit = true
    socket.write(readVoltage)
    expect((await answer()).readUInt8(0)).toBe(2)
  })
  test('a damaged answer fails its checksum', async () => {
    units.get(1)!.trouble.garble = 'corrupt'
    socket.write(readVoltage)
    const frame = await answer()
    expect(crc16(frame.subarray(0, 7))).not.toBe(frame.readUInt16LE(7))
  })
})

test('the same bus can be served on any byte stream, such as a pseudo terminal', async () => {
  const [line, port] = duplexPair()
  serveRtuStream(port, units)
  line.write(wrapRtu(5, Buffer.from([4, 0, 0, 0, 2])))
  const [frame] = (await once(line, 'data')) as [Buffer]
  expect(frame.readUInt16BE(3)).toBe(Math.round(main.u[0] * 10))
  line.destroy()
})

test('a SUN2000 turns a second client away', async () => {
  const inverter = await startModbusServer({ host: '127.0.0.1', port: 0, framing: 'tcp', units, maxClients: 1 })
  const first = connect(inverter.port, '127.0.0.1')
  await once(first, 'connect')
  // One more turn, so that the server has seen the first.
  first.write(Buffer.from([0, 1, 0, 0, 0, 6, 12, 4, 0x13, 0x87, 0, 1]))
  await once(first, 'data')
  const second = connect(inverter.port, '127.0.0.1')
  second.on('error', () => {})
  await once(second, 'close')
  expect(inverter.stats.refusedConnections).toBe(1)
  first.destroy()
  await inverter.close()
})
