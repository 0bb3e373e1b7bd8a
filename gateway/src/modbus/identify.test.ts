import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Link } from '../config/hall-schema.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createModbusEndpoint } from './modbus.ts'
import { withCrc } from './testing/fake-device.ts'

type Framing = 'tcp' | 'rtu'

/** A device that answers each PDU it hears with another, and an endpoint on the line to it. */
async function device(framing: Framing, react: (pdu: Buffer) => Buffer | undefined) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (frame: Buffer) => {
      const pdu = react(framing === 'tcp' ? frame.subarray(7) : frame.subarray(1, -2))
      if (!pdu) return
      const head = Buffer.from(frame.subarray(0, 7))
      head.writeUInt16BE(pdu.length + 1, 4)
      const answer =
        framing === 'tcp' ? Buffer.concat([head, pdu]) : withCrc(Buffer.concat([frame.subarray(0, 1), pdu]))
      // In two pieces, as a slow line brings them.
      socket.write(answer.subarray(0, 9), () => setTimeout(() => socket.write(answer.subarray(9)), 5))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const link: Link =
    framing === 'tcp'
      ? { type: 'modbus-tcp', host: '127.0.0.1', port }
      : { type: 'modbus-rtu-over-tcp', host: '127.0.0.1', port, baud: 9600 }
  const endpoint = createModbusEndpoint(link, { clock: systemClock, log: silentLog })
  onTestFinished(() => endpoint.close())
  return { identify: () => endpoint.identify?.(3, 400) }
}

const said = (from: number, more: boolean, texts: readonly string[]) =>
  Buffer.from([
    ...[43, 14, 1, 1, more ? 0xff : 0, more ? from + texts.length : 0, texts.length],
    ...texts.flatMap((text, i) => [from + i, text.length, ...Buffer.from(text)]),
  ])

const BOTH: readonly Framing[] = ['tcp', 'rtu']

test.each(BOTH)('a device says who it is, in as many answers as it needs (%s)', async (framing) => {
  const { identify } = await device(framing, (pdu) =>
    pdu[3] === 0 ? said(0, true, ['Eastron', 'SDM630']) : said(2, false, ['V1.8']),
  )
  expect(await identify()).toEqual({
    ok: true,
    objects: new Map([
      [0, 'Eastron'],
      [1, 'SDM630'],
      [2, 'V1.8'],
    ]),
  })
})

test.each(BOTH)('a device that does not know the question says so, or nothing (%s)', async (framing) => {
  const refuses = await device(framing, () => Buffer.from([43 | 0x80, 1]))
  expect(await refuses.identify()).toEqual({ ok: false, failure: 'exception', exceptionCode: 1 })
  const silent = await device(framing, () => undefined)
  expect(await silent.identify()).toEqual({ ok: false, failure: 'timeout' })
})

test('an answer whose objects reach beyond its end is garbled', async () => {
  const { identify } = await device('tcp', () => Buffer.from([43, 14, 1, 1, 0, 0, 1, 0, 200, 65]))
  expect(await identify()).toEqual({ ok: false, failure: 'garbled' })
})
