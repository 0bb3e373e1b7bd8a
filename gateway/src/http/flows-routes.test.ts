import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { repairHall } from './signed-in-fixture.ts'

/** A stand-in for the Node-RED process that says what reached it. */
async function editorEnd() {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-editor-'))
  const socket = join(folder, 'editor.sock')
  const heard: { request: IncomingMessage; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += part
    heard.push({ request, body })
    response.writeHead(200, { 'set-cookie': 'a=b', 'content-type': 'text/plain' }).end('editor')
  })
  const comms = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, raw, head) => {
    heard.push({ request, body: '' })
    comms.handleUpgrade(request, raw, head, (one) => one.on('message', (text) => one.send(`heard ${text}`)))
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true })
  })
  return { socket, heard }
}

async function openHall(up = true) {
  const editor = await editorEnd()
  const hall = await repairHall({
    flows: { target: () => (up ? { socket: editor.socket, key: 'the-key' } : undefined) },
  })
  return { ...hall, editor, admin: { cookie: await hall.signIn('wang', ['admin']), origin: hall.url } }
}

test('what reaches Node-RED names the person, and carries nothing by which that person could be imitated', async () => {
  const { get, admin, editor } = await openHall()
  const answer = await get('/flows/flows?x=1', { headers: { ...admin, 'x-hallwatt-flows': 'forged' } })
  expect(await answer.text()).toBe('editor')
  expect(answer.headers.get('set-cookie')).toBeNull()
  const { request } = editor.heard[0]!
  expect(request.url).toBe('/flows/flows?x=1')
  expect(request.headers['x-hallwatt-flows']).toBe('the-key.wang')
  expect(request.headers.cookie).toBeUndefined()
  expect(request.headers.authorization).toBeUndefined()
})

test('only the editor has the relaxed policy, and it names no other machine', async () => {
  const { get, admin } = await openHall()
  const editor = (await get('/flows/', { headers: admin })).headers.get('content-security-policy') ?? ''
  expect(editor).toContain("script-src 'self' 'unsafe-inline' 'unsafe-eval'")
  expect(editor).not.toMatch(/https?:|\*/)
  expect((await get('/api/v1/devices', { headers: admin })).headers.get('content-security-policy')).not.toContain(
    'unsafe',
  )
})

test.each([
  ['nobody', undefined, 401],
  ['a technician', ['technician'], 403],
  ['operations', ['operations'], 403],
  ['a viewer', ['viewer'], 403],
] as const)('%s sees no editor', async (_who, roles, status) => {
  const hall = await openHall()
  const headers = roles === undefined ? {} : { cookie: await hall.signIn('zhang', roles) }
  for (const path of ['/flows', '/flows/', '/flows/flows', '/flows/%66lows'])
    expect((await hall.get(path, { headers })).status).toBe(status)
  expect(hall.editor.heard).toEqual([])
})

test('no other page deploys in the name of an administrator', async () => {
  const { get, admin, editor } = await openHall()
  const deploy = (headers: Record<string, string>) => get('/flows/flows', { method: 'POST', body: '[]', headers })
  expect((await deploy({ ...admin, origin: 'http://evil.example' })).status).toBe(403)
  expect((await deploy({ cookie: admin.cookie })).status).toBe(403)
  expect((await deploy({ ...admin, origin: 'null' })).status).toBe(403)
  expect(editor.heard).toEqual([])
  expect((await deploy({ ...admin, 'content-type': 'application/json' })).status).toBe(200)
  expect(editor.heard[0]?.body).toBe('[]')
})

test('a deploy is in the audit log before it is done; looking is not', async () => {
  const { get, admin, auth } = await openHall()
  await get('/flows/flows', { headers: admin })
  await get('/flows/flows', { method: 'POST', body: '[]', headers: { ...admin, 'node-red-deployment-type': 'nodes' } })
  const entries = (await auth.audit.list({ limit: 20 })).filter(({ action }) => action === 'flows.deploy')
  expect(entries).toMatchObject([{ actor: 'wang', detail: { method: 'POST', type: 'nodes' } }])
})

test('more than Node-RED would take is refused while it is sent', async () => {
  const { get, admin, editor } = await openHall()
  const answer = await get('/flows/flows', { method: 'POST', body: 'x'.repeat(6 * 1024 * 1024), headers: admin }).catch(
    () => undefined,
  )
  expect(answer?.status ?? 413).toBe(413)
  expect(editor.heard).toEqual([])
})

test('while Node-RED starts the page is asked to come back', async () => {
  const { get, admin } = await openHall(false)
  const answer = await get('/flows/', { headers: admin })
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('2')
  expect(await answer.json()).toMatchObject({ code: 'HW_FLOW_NOT_AVAILABLE' })
})

test('where the hall runs no Node-RED there is no such page', async () => {
  const hall = await repairHall()
  const cookie = await hall.signIn('wang', ['admin'])
  expect((await hall.get('/flows/', { headers: { cookie } })).status).toBe(404)
})

/** Resolves with the open socket, or with the status of the refusal. */
const connect = (url: string, path: string, headers: Record<string, string>) =>
  new Promise<WebSocket | number>((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws') + path, { headers })
    socket.on('open', () => resolve(socket))
    socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode ?? 0))
    socket.on('error', reject)
  })

test('the socket of the editor is for the same people and the same page', async () => {
  const hall = await openHall()
  const { url, admin } = hall
  expect(await connect(url, '/flows/comms', {})).toBe(403)
  expect(await connect(url, '/flows/comms', { origin: url })).toBe(401)
  expect(await connect(url, '/flows/comms', { ...admin, origin: 'http://evil.example' })).toBe(403)
  expect(await connect(url, '/flows/comms', { ...admin, host: 'evil.example' })).toBe(403)
  expect(await connect(url, '/flows/comms', { origin: url, cookie: await hall.signIn('zhang', ['lead']) })).toBe(403)
  expect(await connect(url, '/else', admin)).toBe(404)
  const socket = (await connect(url, '/flows/comms', admin)) as WebSocket
  const answer = new Promise((resolve) => socket.once('message', (text) => resolve(String(text))))
  socket.send('hello')
  expect(await answer).toBe('heard hello')
  expect(hall.editor.heard.at(-1)?.request.headers['x-hallwatt-flows']).toBe('the-key.wang')
  expect(hall.editor.heard.at(-1)?.request.headers.cookie).toBeUndefined()
  socket.close()
})

test('the socket of somebody who signed out is cut', async () => {
  const hall = await openHall()
  const socket = (await connect(hall.url, '/flows/comms', hall.admin)) as WebSocket
  const cut = new Promise((resolve) => socket.once('close', resolve))
  await hall.post('/api/v1/logout', {}, { headers: hall.admin })
  await cut
})

test('a gateway that stops does not wait for editors that are open', async () => {
  const hall = await openHall()
  const socket = (await connect(hall.url, '/flows/comms', hall.admin)) as WebSocket
  const cut = new Promise((resolve) => socket.once('close', resolve))
  await hall.http.close()
  await cut
})
