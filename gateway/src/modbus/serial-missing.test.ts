import { expect, test, vi } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createModbusEndpoint } from './modbus.ts'

// As if `npm install` had left the optional package out; there is no other way to be without it in a test.
vi.mock('serialport', () => {
  throw new Error("Cannot find package 'serialport'")
})

test('without the optional package serialport a serial link says what to install, and reads nothing', async () => {
  const codes: unknown[] = []
  const log = { ...silentLog, warn: (fields: object) => codes.push((fields as { code: string }).code) }
  const link = { type: 'modbus-rtu', path: '/dev/null', baud: 9600, parity: 'none', dataBits: 8, stopBits: 1 } as const
  const endpoint = createModbusEndpoint(link, { clock: systemClock, log })
  const result = await endpoint.read({ unitId: 1, table: 'input', address: 0, count: 1 }, 500)
  await endpoint.close()
  expect(result).toEqual({ ok: false, failure: 'connection-lost' })
  expect(codes).toEqual(['HW_SERIAL_MISSING'])
})
