import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import { describe, expect, test, vi } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createModbusEndpoint, type ReadRequest } from './modbus.ts'
import { addressesAsWords, type Behaviour, fakeDevice, type SeenRequest, serveOn } from './testing/fake-device.ts'

const request: ReadRequest = { unitId: 1, table: 'holding', address: 10, count: 2 }
const good = { ok: true, words: [10, 11] }
const deps = { clock: systemClock, log: silentLog, random: () => 0 }

interface Line {
  behave: Behaviour
  readonly seen: SeenRequest[]
}

async function serialServer(behave: Behaviour) {
  const device = await fakeDevice(behave, 'rtu')
  const link = { type: 'modbus-rtu-over-tcp', host: device.host, port: device.port, baud: 115_200 } as const
  const endpoint = createModbusEndpoint(link, deps)
  const close = async () => {
    await endpoint.close()
    await device.close()
  }
  return { line: device as Line, endpoint, [Symbol.asyncDispose]: close }
}

/** Two ends of a serial line, made by socat; a device speaks on the far one. */
async function ptyPair(behave: Behaviour) {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-pty-'))
  const [near, far] = [join(folder, 'near'), join(folder, 'far')]
  const socat = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`])
  let said = ''
  await new Promise<void>((resolve) => {
    socat.stderr.on('data', (text) => {
      said += text
      if (said.includes('starting data transfer loop')) resolve()
    })
  })
  const farPort = new SerialPort({ path: far, baudRate: 115_200, autoOpen: false })
  await new Promise<void>((resolve, reject) => farPort.open((error) => (error ? reject(error) : resolve())))
  const line: Line = { behave, seen: [] }
  serveOn(farPort, 'rtu', (seen) => line.behave(seen), line.seen)
  const link = { type: 'modbus-rtu', path: near, baud: 115_200, parity: 'none', dataBits: 8, stopBits: 1 } as const
  const endpoint = createModbusEndpoint(link, deps)
  const close = async () => {
    await endpoint.close()
    if (farPort.isOpen) await new Promise<void>((resolve) => farPort.close(() => resolve()))
    if (socat.exitCode === null) {
      socat.kill()
      await once(socat, 'exit')
    }
    await rm(folder, { recursive: true })
  }
  return { line, endpoint, socat, [Symbol.asyncDispose]: close }
}

const firstThen = (first: Behaviour): Behaviour => {
  let requests = 0
  return (seen) => (requests++ === 0 ? first(seen) : addressesAsWords(seen))
}

// The same sentences hold on both kinds of RTU line.
describe.each([
  ['through a serial server', serialServer],
  ['on a serial port', ptyPair],
])('RTU %s', (_, open) => {
  test('holding registers, bits and writes work', async () => {
    await using h = await open((seen) => (seen.functionCode === 2 ? { words: [1, 0, 1] } : addressesAsWords(seen)))
    expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
    expect(await h.endpoint.read({ unitId: 1, table: 'discrete', address: 0, count: 3 }, 2000)).toMatchObject({
      words: [1, 0, 1],
    })
    expect(await h.endpoint.writeRegisters({ unitId: 1, address: 3, values: [4] }, 2000)).toMatchObject({ ok: true })
    expect(await h.endpoint.writeRegisters({ unitId: 1, address: 3, values: [4, 5] }, 2000)).toMatchObject({ ok: true })
    expect(await h.endpoint.writeCoil({ unitId: 1, address: 3, on: true }, 2000)).toMatchObject({ ok: true })
    expect(h.line.seen.map(({ functionCode }) => functionCode)).toEqual([3, 2, 6, 16, 5])
  })

  test('an exception is a value with its code', async () => {
    await using h = await open(() => ({ exception: 2 }))
    expect(await h.endpoint.read(request, 2000)).toEqual({ ok: false, failure: 'exception', exceptionCode: 2 })
  })

  test('a late answer is never the answer to the next request', async () => {
    await using h = await open(firstThen(() => ({ words: [77, 77], afterMs: 150 })))
    expect(await h.endpoint.read(request, 100)).toEqual({ ok: false, failure: 'timeout' })
    // Slower than what is still on its way, so that it would come second.
    h.line.behave = (seen) => ({ ...addressesAsWords(seen), afterMs: 120 })
    expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
    expect(await h.endpoint.read({ ...request, address: 20 }, 2000)).toMatchObject({ words: [20, 21] })
  })

  test('a late answer of one unit does not hurt the next unit', async () => {
    await using h = await open(firstThen(() => ({ words: [77, 77], afterMs: 130 })))
    expect((await h.endpoint.read(request, 100)).ok).toBe(false)
    h.line.behave = (seen) => ({ ...addressesAsWords(seen), afterMs: 100 })
    expect(await h.endpoint.read({ ...request, unitId: 2 }, 2000)).toMatchObject(good)
  })

  test('an answer that comes twice is not taken for the answer to the next request', async () => {
    await using h = await open(firstThen(() => ({ words: [77, 78], spoil: (frame) => Buffer.concat([frame, frame]) })))
    expect(await h.endpoint.read(request, 2000)).toMatchObject({ words: [77, 78] })
    expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
  })

  test('a corrupt CRC is garbled and never a value', async () => {
    await using h = await open(
      firstThen(() => ({
        words: [1, 2],
        spoil: (frame) => {
          frame[4]! ^= 1
          return frame
        },
      })),
    )
    expect(await h.endpoint.read(request, 2000)).toEqual({ ok: false, failure: 'garbled' })
    expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
  })

  test('an answer of another unit is garbled and never a value', async () => {
    await using h = await open(
      firstThen(({ frame }) => ({ raw: Buffer.concat([Buffer.from([2]), frame.subarray(1)]) })),
    )
    expect(await h.endpoint.read(request, 100)).toEqual({ ok: false, failure: 'garbled' })
    expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
  })

  test('a frame that ends early is garbled', async () => {
    await using h = await open(firstThen(() => ({ words: [1, 2], spoil: (frame) => frame.subarray(0, 6) })))
    expect(await h.endpoint.read(request, 100)).toEqual({ ok: false, failure: 'garbled' })
    expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
  })

  test('noise of the line driver before a frame does no harm', async () => {
    await using h = await open((seen) => ({
      ...addressesAsWords(seen),
      spoil: (frame) => Buffer.concat([Buffer.from([0xff, 0x00]), frame]),
    }))
    expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
    expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
  })

  test('a frame in single bytes is put together', async () => {
    await using h = await open((seen) => ({ ...addressesAsWords(seen), bytewise: true }))
    expect(await h.endpoint.read(request, 5000)).toMatchObject(good)
  })

  test('closing settles the request under way', async () => {
    await using h = await open(() => undefined)
    const read = h.endpoint.read(request, 60_000)
    await vi.waitUntil(() => h.line.seen.length === 1)
    await h.endpoint.close()
    expect(await read).toEqual({ ok: false, failure: 'connection-lost' })
  })
})

test('a serial line that vanishes ends the request under way at once', async () => {
  await using h = await ptyPair(() => undefined)
  const read = h.endpoint.read(request, 60_000)
  await vi.waitUntil(() => h.line.seen.length === 1)
  h.socat.kill()
  expect(await read).toEqual({ ok: false, failure: 'connection-lost' })
})

test('a serial port that is not there is told with a code and tried again', async () => {
  const codes: unknown[] = []
  const link = {
    type: 'modbus-rtu',
    path: '/dev/hallwatt-none',
    baud: 9600,
    parity: 'none',
    dataBits: 8,
    stopBits: 1,
  } as const
  const log = { ...silentLog, warn: (fields: object) => codes.push((fields as { code: string }).code) }
  const endpoint = createModbusEndpoint(link, { ...deps, log })
  expect(await endpoint.read(request, 500)).toEqual({ ok: false, failure: 'connection-lost' })
  await endpoint.close()
  expect(codes).toEqual(['HW_LINK_DOWN'])
})

test('after a time-out or garbled bytes the connection to a serial server is renewed', async () => {
  const answers: Behaviour[] = [() => undefined, () => ({ words: [1, 2], spoil: (frame) => frame.fill(0, 4) })]
  await using device = await fakeDevice((seen) => (answers.shift() ?? addressesAsWords)(seen), 'rtu')
  const link = { type: 'modbus-rtu-over-tcp', host: device.host, port: device.port, baud: 115_200 } as const
  const endpoint = createModbusEndpoint(link, deps)
  expect(await endpoint.read(request, 60)).toEqual({ ok: false, failure: 'timeout' })
  expect(await endpoint.read(request, 1000)).toEqual({ ok: false, failure: 'garbled' })
  expect(await endpoint.read(request, 1000)).toMatchObject(good)
  await endpoint.close()
  expect(device.connections()).toBe(3)
})
