import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPing } from './ping.ts'
import { askedHall, devicesOf, shipped } from './testing/asked-hall.ts'

let folder: string
let identity: { key: Buffer; cert: Buffer }
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hallwatt-probe-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  // As a terminal signs for itself: nobody vouches for it, and it ends in twelve days.
  const subject = ['-subj', '/CN=terminal', '-days', '12', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  execFileSync('openssl', ['req', '-x509', '-nodes', ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  identity = { key: readFileSync(key), cert: readFileSync(cert) }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function listening(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function stopped(server: Server & { closeAllConnections?: () => void }): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections?.()
  await closed
}

const terminal = (port: number, { host = '127.0.0.1', checks = ['ping', 'http'] } = {}) =>
  devicesOf(
    [
      {
        ...{ id: 'kiosk-1', profile: 'test', host, periodMs: 1000 },
        parameters: { port: `${port}`, path: 'pay', text: '欢迎使用' },
      },
    ],
    () => {
      const profile = shipped('probe/terminal')
      const probe = { ...profile.probe!, timeoutMs: 400 }
      return { ...profile, probe: { ...probe, checks: probe.checks.filter(({ type }) => checks.includes(type)) } }
    },
  )

describe('a terminal nobody may touch', () => {
  test('serves, says something else, hangs, and its program is gone: each is told from outside', async () => {
    let answer: RequestListener = (_, response) => response.end('<h1>欢迎使用</h1>')
    const server = createTlsServer(identity, (request, response) => answer(request, response))
    const port = await listening(server)
    await using hall = askedHall(terminal(port))
    const { values } = await hall.nextReading('kiosk-1')
    expect(values).toMatchObject({ app: 'ok', packetLoss: 0 })
    expect(values.roundTrip).toBeLessThan(1)
    expect(Number(values.certificateRemaining) / 86_400).toBeCloseTo(12, 1)

    answer = (_, response) => response.end('<h1>暂停服务</h1>')
    await hall.nextReading('kiosk-1', ({ values }) => values.app === 'out_of_service')
    answer = () => {}
    await hall.nextReading('kiosk-1', ({ values }) => values.app === 'frozen')
    answer = (_, response) => response.writeHead(503).end('欢迎使用')
    await hall.nextReading('kiosk-1', ({ values }) => values.app === 'out_of_service')
    await stopped(server)
    await hall.nextReading('kiosk-1', ({ values }) => values.app === 'frozen')
    // Its machine answers echoes: it is there all the time.
    expect(hall.presences.map(({ presence }) => presence)).toEqual(['online'])
  })

  test('a page that goes elsewhere is not followed', async () => {
    let elsewhere = 0
    const other = createServer((_, response) => {
      elsewhere++
      response.end('欢迎使用')
    })
    const target = await listening(other)
    const server = createTlsServer(identity, (_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${target}/` }).end(),
    )
    await using hall = askedHall(terminal(await listening(server)))
    const { values } = await hall.nextReading('kiosk-1')
    expect(values.app).toBe('out_of_service')
    expect(elsewhere).toBe(0)
    await Promise.all([stopped(server), stopped(other)])
  })

  test('a frozen program behind a machine that filters echoes is told by the connection that is taken', async () => {
    const held = createPlainServer((socket) => socket.resume())
    await using hall = askedHall(terminal(await listening(held), { checks: ['http'] }))
    expect((await hall.nextReading('kiosk-1')).values).toEqual({ app: 'frozen' })
    await stopped(held)
  })

  test('when there is no way to the machine it is unknown and not offline, and nothing is said about its program', async () => {
    // No system lets a connection to everybody out: as if the network were unplugged.
    await using hall = askedHall(terminal(443, { host: '255.255.255.255' }))
    expect(await hall.presence('kiosk-1', 'unknown')).toBe('link-down')
    expect(hall.frames.filter(({ stream }) => stream === 'reading')).toEqual([])
  })
})

test('the summary of a ping is read, of iputils and of BusyBox', () => {
  const iputils =
    '3 packets transmitted, 2 received, 33.3333% packet loss, time 401ms\nrtt min/avg/max/mdev = 0.031/0.042/0.051/0.008 ms'
  const busybox =
    '3 packets transmitted, 3 packets received, 0% packet loss\nround-trip min/avg/max = 0.07/0.08/0.09 ms'
  expect(readPing(iputils)).toEqual({ loss: 33.3333, timeS: 0.000042 })
  expect(readPing(busybox)).toEqual({ loss: 0, timeS: 0.00008 })
  expect(readPing('1 packets transmitted, 0 received, 100% packet loss, time 0ms')).toEqual({
    loss: 100,
    timeS: undefined,
  })
  expect(readPing('ping: unknown host')).toBeUndefined()
})
