import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fittingsOf } from '../fittings.ts'
import { createHall } from '../hall.ts'
import { type ModbusServer, startModbusServer } from '../modbus-server.ts'
import { registerMapOf } from './device-maps.ts'
import type { ModbusUnit } from './unit.ts'

const start = Date.parse('2026-06-15T11:00:00+08:00')
const device = { id: 'meter-roof', profile: 'sunspec/meter' }
const hall = createHall({ seed: 7, start, fittings: fittingsOf([device]) })
hall.step(start + 60_000)
const { state } = hall.meters.roof
let server: ModbusServer

beforeAll(async () => {
  const unit = { device: device.id, map: registerMapOf(hall, device), trouble: {} } as ModbusUnit
  server = await startModbusServer({
    host: '127.0.0.1',
    port: 0,
    framing: 'tcp',
    units: new Map([[1, unit]]),
    baud: 0,
  })
})
afterAll(() => server.close())

/** Reads holding registers with Debian's mbpoll, a client that is not ours; addresses 0-based, numbers as it prints them. */
async function mbpoll(address: number, count: number, type: string): Promise<string[]> {
  const args = ['-m', 'tcp', '-p', `${server.port}`, '-a', '1', '-0', '-r', `${address}`, '-c', `${count}`, '-t', type]
  const { stdout } = await promisify(execFile)('mbpoll', [...args, '-1', '127.0.0.1'])
  return [...stdout.matchAll(/^\[\d+\]:\s+(\S+)/gm)].map(([, value]) => value ?? '')
}

test('mbpoll walks the chain: marker, common block, meter, end', async () => {
  expect(await mbpoll(40_000, 4, '4:hex')).toEqual(['0x5375', '0x6E53', '0x0001', '0x0042'])
  expect(await mbpoll(40_070, 2, '4:hex')).toEqual(['0x00CB', '0x0069'])
  expect(await mbpoll(40_177, 2, '4:hex')).toEqual(['0xFFFF', '0x0000'])
})

test('mbpoll reads the power of the roof, negative while the sun shines', async () => {
  const [power] = await mbpoll(40_070 + 18, 1, '4')
  const signed = ((Number(power) & 0xffff) << 16) >> 16
  expect(signed).toBe(Math.round(state.totalP))
  expect(signed).toBeLessThan(-1000)
  expect(await mbpoll(40_070 + 22, 1, '4')).toEqual(['0'])
})

test('what stands behind the end of the chain is refused', async () => {
  const failed = await mbpoll(40_179, 1, '4:hex').catch((error: { stderr: string; stdout: string }) => error)
  expect(JSON.stringify(failed)).toContain('Illegal data address')
})
