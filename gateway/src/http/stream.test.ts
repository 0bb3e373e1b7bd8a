import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { httpHall, openStream } from './http-fixture.ts'

test('a stream begins with the whole hall and goes on with what changes', async () => {
  const hall = await httpHall()
  const stream = await openStream(hall)
  expect(stream.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(stream.answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  const snapshot = await stream.next()
  expect(snapshot).toMatchObject({ event: 'snapshot', id: '0', data: { devices: [{ id: 'meter-1' }] } })
  hall.read('meter-1', { activePower: 77 })
  expect(await stream.next()).toMatchObject({
    event: 'delta',
    id: '1',
    data: { sequence: 1, devices: [{ readings: { activePower: { value: 77 } } }] },
  })
})

test('who comes back with Last-Event-ID gets a fresh snapshot', async () => {
  const hall = await httpHall()
  const first = await openStream(hall)
  await first.next()
  hall.read('meter-1', { activePower: 1 })
  await first.next()
  first.stop()
  hall.read('meter-1', { activePower: 2 })
  const second = await openStream(hall, '/api/v1/stream', { headers: { 'last-event-id': '1' } })
  expect(await second.next()).toMatchObject({
    event: 'snapshot',
    data: { devices: [{ readings: { activePower: { value: 2 } } }] },
  })
})

test('a stream can be narrowed to one kind', async () => {
  const hall = await httpHall()
  hall.add({ id: 'kiosk-01', kind: 'kiosk' })
  const stream = await openStream(hall, '/api/v1/stream?kind=kiosk')
  expect((await stream.next())?.data).toMatchObject({ devices: [{ id: 'kiosk-01' }] })
})

test('streams end with the server', async () => {
  const hall = await httpHall()
  const stream = await openStream(hall)
  await stream.next()
  await hall.http.close()
  expect(await stream.next()).toBeUndefined()
})

test('one stream too many is refused, and a place is free when a reader leaves', async () => {
  const hall = await httpHall({ limits: { streams: 2 } })
  const [first] = [await openStream(hall), await openStream(hall)]
  const third = await hall.get('/api/v1/stream')
  expect(third.status).toBe(503)
  expect(third.headers.get('retry-after')).toBe('10')
  expect(await third.json()).toMatchObject({ code: 'HW_HTTP_TOO_MANY_STREAMS' })
  first.stop()
  while (hall.http.stats().streams > 1) await delay(5)
  expect((await openStream(hall)).answer.status).toBe(200)
})

test('a reader that stops reading costs no memory however long the hall goes on', async () => {
  const hall = await httpHall()
  hall.add(...Array.from({ length: 200 }, (_, i) => ({ id: `meter-${i + 2}` })))
  const socket = connect(Number(new URL(hall.url).port), '127.0.0.1')
  socket.write('GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'data')
  socket.pause()
  const everything = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`temperature.t${i}`, 20.5]))
  // The sockets' own buffers take some rounds; after that the reader is behind.
  for (let round = 0; hall.live.stats().pendingChanges === 0 && round < 60; round++) {
    for (let i = 1; i <= 201; i++) hall.read(`meter-${i}`, everything)
    await delay(100)
  }
  expect(hall.live.stats().pendingChanges).toBeGreaterThan(0)
  const behind = hall.http.stats().bufferedBytes
  expect(behind).toBeGreaterThan(0)
  const { sequence } = hall.live.stats()
  while (hall.live.stats().sequence < sequence + 3) {
    for (let i = 1; i <= 201; i++) hall.read(`meter-${i}`, everything)
    await delay(50)
  }
  expect(hall.live.stats().pendingChanges).toBeLessThanOrEqual(201 * 20)
  expect(hall.http.stats().bufferedBytes).toBe(behind)
  socket.destroy()
  while (hall.live.stats().subscribers > 0) await delay(5)
})

test('the snapshot of two hundred devices arrives within two seconds', async () => {
  const hall = await httpHall()
  hall.add(...Array.from({ length: 200 }, (_, i) => ({ id: `meter-${i + 2}` })))
  for (let i = 2; i <= 201; i++) {
    hall.read(`meter-${i}`, Object.fromEntries(Array.from({ length: 20 }, (_, t) => [`temperature.t${t}`, 20.5])))
  }
  const before = performance.now()
  const snapshot = await (await openStream(hall)).next()
  expect(snapshot?.data.devices).toHaveLength(201)
  expect(performance.now() - before).toBeLessThan(2000)
})
