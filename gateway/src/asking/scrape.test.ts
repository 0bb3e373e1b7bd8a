import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { askedHall, devicesOf } from './testing/asked-hall.ts'

const page = (idle: number, busy: number, state: string) => `# TYPE windows_cpu_time_total counter
windows_cpu_time_total{core="0,0",mode="idle"} ${idle}
windows_cpu_time_total{core="0,0",mode="user"} ${busy}
windows_system_boot_time_timestamp ${Date.now() / 1000 - 3600}
windows_logical_disk_free_bytes{volume="C:"} 1.2e+10
windows_logical_disk_size_bytes{volume="C:"} 1.2e+11
windows_service_state{name="kioskhost",state="${state}"} 1
`

test('a Windows terminal is read by its exporter: load of the last round, disk, uptime, and the service customers need', async () => {
  let now = page(1000, 100, 'running')
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization)
    if (request.url !== '/metrics') response.writeHead(404)
    response.end(now)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const device = {
    id: 'kiosk-1',
    profile: 'windows/exporter',
    host: '127.0.0.1',
    port,
    periodMs: 1000,
    secret: 'token',
  }
  const devices = devicesOf([{ ...device, parameters: { service: 'kioskhost' } }])
  await using hall = askedHall(devices, { secret: () => 'a-token' })
  const first = await hall.nextReading('kiosk-1')
  expect(first.values).toMatchObject({ app: 'ok', diskFree: 10 })
  expect(first.values.uptime).toBeCloseTo(3600, -1)
  expect(first.bad).toEqual({ processorLoad: 'not-available' })
  now = page(1030, 110, 'stopped')
  const second = await hall.nextReading('kiosk-1', ({ values }) => values.processorLoad !== undefined)
  expect(second.values).toMatchObject({ processorLoad: 25, app: 'out_of_service' })
  expect(new Set(asked)).toEqual(new Set(['Bearer a-token']))
  server.close()
  server.closeAllConnections()
})

test('an exporter whose token is named and nowhere set is not asked, and the reason is told', async () => {
  const server = createServer((_, response) => response.end(page(1, 1, 'running')))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const device = { id: 'kiosk-1', profile: 'windows/exporter', host: '127.0.0.1', port, secret: 'forgotten' }
  await using hall = askedHall(devicesOf([device]), { secret: () => undefined })
  await hall.presence('kiosk-1', 'offline')
  expect(hall.lines.map(({ message }) => message)).toEqual(['kiosk-1 refuses: its secret "forgotten" is not set'])
  server.close()
  server.closeAllConnections()
})
