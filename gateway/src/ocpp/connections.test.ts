import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createCredentials, writeCredential } from '../broker/credentials.ts'
import { openCredentialsFile } from '../broker/credentials-file.ts'
import { systemClock } from '../ports/system-clock.ts'
import { type CentralSystem, startCentralSystem } from './testing/central-system.ts'

let hall: CentralSystem
let folder: string
afterEach(() => hall?.close())
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallwatt-ocpp-tls-'))
  await writeCredential(join(folder, 'passwords'), 'CP-01', 'a-long-enough-key')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Knock {
  readonly path?: string
  readonly protocols?: string[]
  readonly headers?: Record<string, string>
  readonly ca?: Buffer
  readonly secure?: boolean
}

/** Knocks at the port: the HTTP status it was turned away with, or the open socket. */
async function knock({ path = 'CP-01', protocols = ['ocpp1.6'], headers = {}, ca, secure = false }: Knock = {}) {
  const url = `${secure ? 'wss' : 'ws'}://127.0.0.1:${hall.port}/ocpp/${path}`
  const socket = new WebSocket(url, protocols, { headers, ...(ca && { ca }) })
  return new Promise<WebSocket | number | string>((resolve) => {
    socket.once('open', () => resolve(socket))
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    socket.once('error', (error) => resolve(error.message))
  })
}

const basic = (user: string, password: string | Buffer) => ({
  authorization: `Basic ${Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password)]).toString('base64')}`,
})

/** Asks and gives what is answered: [3, id, payload] or [4, id, code, …]. */
async function ask(socket: WebSocket, ...message: unknown[]): Promise<unknown[]> {
  const answer = once(socket, 'message')
  socket.send(JSON.stringify(message))
  return JSON.parse(String((await answer)[0])) as unknown[]
}

test('who is not in hall.yaml is not found, and it is said once however often it knocks', async () => {
  hall = await startCentralSystem()
  for (let n = 0; n < 5; n++) expect(await knock({ path: 'SOMEBODY' })).toBe(404)
  expect(hall.lines.filter(({ code }) => code === 'HW_OCPP_TURNED_AWAY')).toHaveLength(1)
  expect(hall.ocpp.stats()).toMatchObject({ connectionsTurned: 5, connected: 0 })
})

test('a charge point whose name is written a little differently in hall.yaml is told of with that name', async () => {
  hall = await startCentralSystem()
  expect(await knock({ path: 'CP01' })).toBe(404)
  expect(hall.lines.map(({ message }) => message)).toContain(
    'charge point "CP01" was turned away: it is not in hall.yaml. Did you mean "CP-01"?',
  )
})

test('an address that cannot be read is a bad request, and the gateway goes on', async () => {
  hall = await startCentralSystem()
  const port = hall.port
  const raw = async (path: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n`,
    )
    const [head] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    return head.toString().split('\r\n', 1)[0]
  }
  for (const path of ['/ocpp/%', '/ocpp/%E0%A4%A', '/ocpp/'])
    expect([path, await raw(path)]).toEqual([path, 'HTTP/1.1 400 Bad Request'])
  expect(await knock()).toBeInstanceOf(WebSocket)
})

test('a charge point of OCPP 2.0.1 is let in without a subprotocol and sent away at once, as the standard asks', async () => {
  hall = await startCentralSystem()
  const socket = new WebSocket(`${hall.url}CP-01`, ['ocpp2.0.1'])
  // Its own library already refuses a server that speaks none of its protocols.
  const [error] = (await once(socket, 'error')) as [Error]
  expect(error.message).toContain('subprotocol')
  await hall.until(() => hall.lines.some(({ code }) => code === 'HW_OCPP_PROTOCOL'))
  const [code] = (await once(new WebSocket(`${hall.url}CP-01`), 'close')) as [number]
  expect(code).toBe(1002)
  expect(hall.presence.size).toBe(0)
})

test('under security profile 1 only the right password opens the port; a key of raw bytes counts as its digits', async () => {
  const key = Buffer.from('00ff10a0b1c2d3e4f506172839405162', 'hex')
  await writeCredential(join(folder, 'passwords'), 'CP-02', key.toString('hex'))
  const credentials = await openCredentialsFile(join(folder, 'passwords'), systemClock)
  const { asWritten } = await import('../wiring/ocpp.ts')
  hall = await startCentralSystem({
    settings: { securityProfile: 1 },
    verify: (id, password) => credentials.verify(id, asWritten(password)),
  })
  expect(await knock()).toBe(401)
  expect(await knock({ headers: basic('CP-01', 'wrong') })).toBe(401)
  // The password of another charge point is no password.
  expect(await knock({ headers: basic('CP-02', key.toString('hex')) })).toBe(401)
  expect(await knock({ headers: basic('CP-01', 'a-long-enough-key') })).toBeInstanceOf(WebSocket)
  expect(asWritten(key).toString()).toBe(key.toString('hex'))
})

test('under security profile 2 a charge point connects over TLS and knows the gateway by its certificate', async () => {
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key']
  const names = ['-subj', '/CN=hall', '-addext', 'subjectAltName=IP:127.0.0.1']
  await promisify(execFile)('openssl', ['req', '-x509', ...key, '-out', 'server.pem', '-days', '2', ...names], {
    cwd: folder,
  })
  const cert = await readFile(join(folder, 'server.pem'))
  const table = createCredentials(new Map(), systemClock)
  hall = await startCentralSystem({
    settings: { securityProfile: 2 },
    tls: { cert, key: await readFile(join(folder, 'server.key')) },
    verify: async (id, password) =>
      table.has(id) || (id === 'CP-01' && password.toString() === 'a-long-enough-key') ? 'right' : 'wrong',
  })
  const headers = basic('CP-01', 'a-long-enough-key')
  expect(await knock({ secure: true, headers })).toMatch(/self-signed/)
  expect(await knock({ secure: true, ca: cert })).toBe(401)
  expect(await knock({ secure: true, ca: cert, headers: basic('CP-01', 'wrong') })).toBe(401)
  const socket = (await knock({ secure: true, ca: cert, headers })) as WebSocket
  expect((await ask(socket, 2, '1', 'Heartbeat', {}))[0]).toBe(3)
  expect(await knock({ headers })).toMatch(/hang up|reset/)
})

test('a charger that comes again before its old line is noticed to be gone is the one that counts', async () => {
  hall = await startCentralSystem()
  const first = (await knock()) as WebSocket
  await ask(first, 2, '1', 'Heartbeat', {})
  const gone = once(first, 'close')
  const second = (await knock()) as WebSocket
  await ask(second, 2, '1', 'Heartbeat', {})
  await gone
  expect(hall.presence.get('cp-01')).toBe('online')
  expect(hall.ocpp.stats()).toMatchObject({ connected: 1, connections: 2 })
  expect(hall.lines.filter(({ message }) => message.endsWith('is connected'))).toHaveLength(1)
  // One that connects and never says a word is no charger that is there.
  const silent = (await knock()) as WebSocket
  await once(second, 'close')
  silent.close()
  await hall.until(() => hall.presence.get('cp-01') === 'unknown')
  expect(hall.lines.filter(({ code }) => code === 'HW_OCPP_LOST')).toHaveLength(1)
})

test('a charger that knocks fifty times at once has one line in the end, and its transactions go on over it', async () => {
  hall = await startCentralSystem()
  const sockets = (await Promise.all(Array.from({ length: 50 }, () => knock()))) as WebSocket[]
  const alive = () => sockets.filter(({ readyState }) => readyState === WebSocket.OPEN)
  await expect.poll(() => alive().length).toBe(1)
  const timestamp = new Date().toISOString()
  const start = { connectorId: 1, idTag: 'CARD', meterStart: 5, timestamp }
  const [, , begun] = (await ask(alive()[0]!, 2, '1', 'StartTransaction', start)) as [
    3,
    string,
    { transactionId: number },
  ]
  // The line breaks before the charger has the answer, and it asks again over a new one.
  const again = (await knock()) as WebSocket
  expect(await ask(again, 2, '1', 'StartTransaction', start)).toMatchObject([
    3,
    '1',
    { transactionId: begun.transactionId },
  ])
  expect(hall.ocpp.stats()).toMatchObject({ connected: 1, transactionsBegun: 1, transactionsOpen: 1 })
})

test('a message that breaks the schema is answered, counted and said once; under strict it is refused by its code', async () => {
  hall = await startCentralSystem()
  const lax = (await knock()) as WebSocket
  const odd = { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: '', extra: true }
  for (let n = 0; n < 3; n++) expect((await ask(lax, 2, `${n}`, 'StatusNotification', odd))[0]).toBe(3)
  expect(hall.latest('cp-01')).toMatchObject({ evseState: 'A' })
  expect(hall.ocpp.stats()).toMatchObject({ messagesBroken: 3 })
  expect(hall.lines.filter(({ code }) => code === 'HW_OCPP_MESSAGE')).toHaveLength(1)
  expect((await ask(lax, 2, '9', 'SignCertificate', { csr: 'x' })).slice(0, 3)).toEqual([4, '9', 'NotImplemented'])
  await hall.close()

  hall = await startCentralSystem({ settings: { strict: true } })
  const strict = (await knock()) as WebSocket
  const refused = await ask(strict, 2, '1', 'StatusNotification', odd)
  expect(refused.slice(0, 2)).toEqual([4, '1'])
  expect(refused[2]).toMatch(/Violation$/)
  expect((await ask(strict, 2, '2', 'BootNotification', { chargePointVendor: 'V' }))[2]).toMatch(
    /Occurr?enceConstraintViolation/,
  )
})

test('while the disk refuses, a charger keeps its transaction and its values, and nobody was told a number', async () => {
  let refuses = true
  const full = async () => {
    if (refuses) throw Object.assign(new Error('full'), { code: 'HW_STORE_FULL' })
  }
  hall = await startCentralSystem({ onFrame: full, beforeCommit: full })
  const socket = (await knock()) as WebSocket
  const timestamp = new Date().toISOString()
  const values = { connectorId: 1, meterValue: [{ timestamp, sampledValue: [{ value: '5' }] }] }
  const start = { connectorId: 1, idTag: 'CARD', meterStart: 5, timestamp }
  expect((await ask(socket, 2, '1', 'MeterValues', values)).slice(0, 3)).toEqual([4, '1', 'InternalError'])
  expect((await ask(socket, 2, '2', 'StartTransaction', start)).slice(0, 3)).toEqual([4, '2', 'InternalError'])
  expect(await hall.store.read('SELECT * FROM ocpp_transaction')).toEqual([])
  refuses = false
  expect(await ask(socket, 2, '3', 'MeterValues', values)).toEqual([3, '3', {}])
  expect(await ask(socket, 2, '4', 'MeterValues', values)).toEqual([3, '4', {}])
  expect(hall.frames).toHaveLength(1)
  expect((await ask(socket, 2, '5', 'StartTransaction', start))[0]).toBe(3)
  expect(await hall.store.read('SELECT * FROM ocpp_transaction')).toHaveLength(1)
  expect(hall.ocpp.stats()).toMatchObject({ notStored: 2, messagesRepeated: 1, transactionsBegun: 1 })
})
