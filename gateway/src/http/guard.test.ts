import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { httpHall } from './http-fixture.ts'

const TOKEN = 'correct-horse-battery-staple'
const failureOf = async (answer: Response) =>
  (await answer.json()) as { code: string; message: string; fields?: object[] }

test('an unknown address is answered with a code, a sentence and a remedy', async () => {
  const hall = await httpHall()
  const answer = await hall.get('/api/v1/nonsense?x=1')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toEqual({
    code: 'HW_HTTP_NOT_FOUND',
    message: 'There is no GET /api/v1/nonsense.',
    remedy: expect.stringContaining('openapi.json'),
  })
})

test('an unknown device is not an unknown address', async () => {
  const hall = await httpHall()
  const answer = await hall.get('/api/v1/devices/meter-9')
  expect([answer.status, (await failureOf(answer)).code]).toEqual([404, 'HW_DEVICE_UNKNOWN'])
})

test('history of a device that never was is not an empty success', async () => {
  const hall = await httpHall()
  const answer = await hall.get('/api/v1/history?device=meter-9&quantity=activePower')
  expect([answer.status, (await failureOf(answer)).code]).toEqual([404, 'HW_HISTORY_UNKNOWN_DEVICE'])
})

test.each([
  ['/api/v1/devices?kind=toaster', 'kind'],
  ['/api/v1/devices?presense=online', 'presense'],
  ['/api/v1/devices/Meter_1', 'id'],
  ['/api/v1/history?device=meter-1', 'quantity'],
  ['/api/v1/history?device=meter-1&quantity=activePower&from=yesterday', 'from'],
  ['/api/v1/history?device=meter-1&quantity=activePower&from=2&to=1', 'from'],
  ['/api/v1/history?device=meter-1&quantity=activePower&maxPoints=lots', 'maxPoints'],
])('a wrong parameter is named: %s', async (path, field) => {
  const hall = await httpHall()
  const answer = await hall.get(path)
  const failure = await failureOf(answer)
  expect([answer.status, failure.code]).toEqual([400, 'HW_HTTP_INVALID'])
  expect(failure.fields).toEqual(
    expect.arrayContaining([expect.objectContaining({ field: expect.stringMatching(`^${field}`) })]),
  )
})

test('an address that cannot be decoded is refused in the same shape', async () => {
  const hall = await httpHall()
  const answer = await hall.get('/%zz')
  expect([answer.status, (await failureOf(answer)).code]).toEqual([400, 'HW_HTTP_INVALID'])
})

test('what is not HTTP gets an answer and a closed socket', async () => {
  const hall = await httpHall()
  expect(await rawAnswer(hall.url, 'HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*HW_HTTP_INVALID/s)
})

test('headers without end are cut off', async () => {
  const hall = await httpHall()
  const answer = await rawAnswer(hall.url, `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 431 .*HW_HTTP_TOO_LARGE/s)
})

test('a body is not taken, and a large one not even read', async () => {
  const hall = await httpHall()
  const post = (body: string) => hall.get('/api/v1/devices', { method: 'POST', body })
  expect((await failureOf(await post('x'))).code).toBe('HW_HTTP_NOT_FOUND')
  const large = await post('x'.repeat(100_000))
  expect([large.status, (await failureOf(large)).code]).toEqual([413, 'HW_HTTP_TOO_LARGE'])
})

test('something impossible behind a route is logged and said without its details', async () => {
  const lines: unknown[] = []
  const log = { ...silentLog, error: (fields: object) => void lines.push(fields) }
  const hall = await httpHall({ log })
  hall.health.push(null as never)
  const answer = await hall.get('/readyz')
  expect([answer.status, (await failureOf(answer)).code]).toEqual([500, 'HW_INTERNAL'])
  expect(lines).toEqual([expect.objectContaining({ code: 'HW_INTERNAL', route: '/readyz' })])
})

test('without the token nothing about the hall is told, with it everything', async () => {
  const hall = await httpHall({ token: TOKEN })
  const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
  for (const path of ['/api/v1/devices', '/%61pi/v1/devices', '/api/v1/stream', '/api/v1/openapi.json', '/metrics']) {
    const answer = await hall.get(path)
    expect([path, answer.status, (await failureOf(answer)).code]).toEqual([path, 401, 'HW_HTTP_UNAUTHORIZED'])
  }
  expect((await hall.get('/api/v1/devices', withToken('wrong-horse-battery-staple'))).status).toBe(401)
  expect((await hall.get('/api/v1/devices', withToken(TOKEN))).status).toBe(200)
  expect((await hall.get('/healthz')).status).toBe(200)
  // The style of the pages for people without an account.
  expect((await hall.get('/forms.css')).status).toBe(200)
})

test('a port open to the network needs a token', async () => {
  await expect(httpHall({ settings: { host: '0.0.0.0', port: 0 } })).rejects.toMatchObject({
    code: 'HW_BIND_REFUSED',
    message: expect.stringContaining('HALLWATT_HTTP_TOKEN'),
  })
})

test('a token that can be guessed is refused', async () => {
  await expect(httpHall({ token: 'secret' })).rejects.toMatchObject({ code: 'HW_BIND_REFUSED' })
})

test('a port that is taken is said to be taken', async () => {
  const hall = await httpHall()
  const port = Number(new URL(hall.url).port)
  await expect(httpHall({ settings: { host: '127.0.0.1', port } })).rejects.toMatchObject({ code: 'HW_PORT_IN_USE' })
})

test('an address of another machine cannot be listened on', async () => {
  const started = httpHall({ settings: { host: '192.0.2.1', port: 0 }, token: TOKEN })
  await expect(started).rejects.toMatchObject({ code: 'HW_LISTEN_FAILED' })
})

test('a web page that points its own name at loopback is refused', async () => {
  const hall = await httpHall()
  const asHost = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(`${hall.url}/api/v1/devices`, { headers: { host } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end()
    })
  expect(await asHost('evil.example')).toBe(403)
  expect(await asHost('127.0.0.1.evil.example')).toBe(403)
  expect(await asHost('localhost:9999')).toBe(200)
  expect(await asHost('[::1]:80')).toBe(200)
})

test('too many requests are slowed down, but a watchdog is always answered', async () => {
  const hall = await httpHall({ limits: { requestsPerMinute: 5 } })
  const answers = await Promise.all(Array.from({ length: 8 }, () => hall.get('/api/v1/overview')))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
  const limited = answers.find(({ status }) => status === 429)!
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await failureOf(limited)).code).toBe('HW_HTTP_RATE_LIMITED')
  expect((await hall.get('/healthz')).status).toBe(200)
  expect(hall.http.stats()).toMatchObject({ refused: 3, clientErrors: 3 })
})

test('answers carry headers that keep other pages and scripts out', async () => {
  const hall = await httpHall()
  const { headers } = await hall.get('/healthz')
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src 'self' data: blob:;media-src 'self' blob:;worker-src 'self';manifest-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  )
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
  expect(headers.get('strict-transport-security')).toBeNull()
  const api = await hall.get('/api/v1/devices')
  expect(api.headers.get('cache-control')).toBe('no-store')
  expect(api.headers.get('access-control-allow-origin')).toBeNull()
})

test('ready says which part is not', async () => {
  const hall = await httpHall()
  expect((await hall.get('/readyz')).status).toBe(200)
  hall.health.push({ name: 'broker', ok: false, message: 'port 1883 is taken', code: 'HW_PORT_IN_USE' })
  const answer = await hall.get('/readyz')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({
    code: 'HW_NOT_READY',
    message: 'broker: port 1883 is taken',
    checks: [
      { name: 'store', ok: true },
      { name: 'broker', ok: false },
    ],
  })
})

const rawAnswer = (url: string, bytes: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
  })
