import { expect, test } from 'vitest'
import { z } from 'zod'
import { smallChain } from './chain-fixture.ts'
import { httpHall, NOBODY } from './http-fixture.ts'
import { openApiText } from './openapi.ts'

type Json = { [key: string]: Json } & { [index: number]: Json } & string
/** Method and address of every route; the pages for people (/, /r, /t) are not described. */
const ROUTES = [
  'DELETE /api/v1/users/{name}',
  'GET /api/v1/about',
  'GET /api/v1/alarms',
  'GET /api/v1/alarms/journal',
  'GET /api/v1/alarms/{id}',
  'GET /api/v1/audit',
  'GET /api/v1/audit/verify',
  'GET /api/v1/channels',
  'GET /api/v1/commands',
  'GET /api/v1/commissioning/scans/{id}',
  'GET /api/v1/demo-records',
  'GET /api/v1/demo-records/{id}',
  'GET /api/v1/demo-runs/{id}',
  'GET /api/v1/demos',
  'GET /api/v1/devices',
  'GET /api/v1/devices/{id}',
  'GET /api/v1/devices/{id}/commands',
  'GET /api/v1/devices/{id}/inside',
  'GET /api/v1/facts',
  'GET /api/v1/history',
  'GET /api/v1/kpis',
  'GET /api/v1/links/{id}/traffic',
  'GET /api/v1/me',
  'GET /api/v1/notices/dead-letters',
  'GET /api/v1/openapi.json',
  'GET /api/v1/orders',
  'GET /api/v1/orders/closed',
  'GET /api/v1/orders/{id}',
  'GET /api/v1/overview',
  'GET /api/v1/persons',
  'GET /api/v1/profiles',
  'GET /api/v1/profiles/{vendor}/{model}',
  'GET /api/v1/readings',
  'GET /api/v1/recordings',
  'GET /api/v1/recordings/{file}',
  'GET /api/v1/screens',
  'GET /api/v1/screens/{name}',
  'GET /api/v1/screens/{name}/stream',
  'GET /api/v1/settings',
  'GET /api/v1/settings/rules',
  'GET /api/v1/stream',
  'GET /api/v1/users',
  'GET /api/v1/vocabulary',
  'GET /healthz',
  'GET /metrics',
  'GET /readyz',
  'GET /reports/monthly',
  'GET /reports/weekly',
  'PATCH /api/v1/demo-records/{id}',
  'PATCH /api/v1/demo-runs/{id}/inputs',
  'PATCH /api/v1/settings',
  'POST /api/v1/alarms/{id}/acknowledge',
  'POST /api/v1/alarms/{id}/release-latch',
  'POST /api/v1/alarms/{id}/shelve',
  'POST /api/v1/alarms/{id}/unshelve',
  'POST /api/v1/all-off',
  'POST /api/v1/backup',
  'POST /api/v1/channels/{id}/test',
  'POST /api/v1/commissioning/alternatives',
  'POST /api/v1/commissioning/listen',
  'POST /api/v1/commissioning/scan',
  'POST /api/v1/commissioning/scans/{id}/cancel',
  'POST /api/v1/commissioning/try',
  'POST /api/v1/demo-runs/{id}/back',
  'POST /api/v1/demo-runs/{id}/beat',
  'POST /api/v1/demo-runs/{id}/cancel',
  'POST /api/v1/demo-runs/{id}/finish',
  'POST /api/v1/demo-runs/{id}/guess',
  'POST /api/v1/demo-runs/{id}/next',
  'POST /api/v1/demo-runs/{id}/pause',
  'POST /api/v1/demo-runs/{id}/resume',
  'POST /api/v1/demo-runs/{id}/start',
  'POST /api/v1/demos/{scenario}/runs',
  'POST /api/v1/devices/{id}/commands/{command}',
  'POST /api/v1/login',
  'POST /api/v1/logout',
  'POST /api/v1/me/password',
  'POST /api/v1/notices/dead-letters/retry',
  'POST /api/v1/orders',
  'POST /api/v1/orders/{id}/accept',
  'POST /api/v1/orders/{id}/arrive',
  'POST /api/v1/orders/{id}/dispatch',
  'POST /api/v1/orders/{id}/feedback',
  'POST /api/v1/orders/{id}/finish',
  'POST /api/v1/orders/{id}/hand-over',
  'POST /api/v1/orders/{id}/note',
  'POST /api/v1/orders/{id}/override-close',
  'POST /api/v1/orders/{id}/resume',
  'POST /api/v1/orders/{id}/return',
  'POST /api/v1/orders/{id}/suspend',
  'POST /api/v1/recordings',
  'POST /api/v1/recordings/stop',
  'POST /api/v1/screens/pair',
  'POST /api/v1/screens/{name}/dark',
  'POST /api/v1/screens/{name}/pairing',
  'POST /api/v1/users',
  'POST /api/v1/users/{name}/password',
  'POST /api/v1/users/{name}/roles',
]

test('the description names every route, each with its own operation and described answers', async () => {
  const document = JSON.parse(await openApiText()) as Json
  expect(document.openapi).toMatch(/^3\.1\./)
  const described = Object.entries(document.paths!).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  )
  expect(described.map(({ route }) => route).sort()).toEqual(ROUTES)
  const operations = described.map(({ operation }) => operation)
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ROUTES.length)
  for (const { summary, responses } of operations) {
    expect(summary).toBeTruthy()
    for (const response of Object.values(responses!)) expect(response.description).toBeTruthy()
  }
})

test('every reference of the description leads somewhere, every path parameter is declared', async () => {
  const text = await openApiText()
  const document = JSON.parse(text) as Json
  const schemas = Object.keys(document.components!.schemas!)
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(schemas).toContain(name)
  expect(text.match(/"\$ref": "(?!#\/components\/schemas\/)/)).toBeNull()
  const [id] = document.paths!['/api/v1/devices/{id}']!.get!.parameters as unknown as Json[]
  expect(id).toMatchObject({ name: 'id', in: 'path', required: true })
})

test.each([
  ['/api/v1/overview', '/api/v1/overview', 200],
  ['/api/v1/devices', '/api/v1/devices', 200],
  ['/api/v1/devices?kind=toaster', '/api/v1/devices', 400],
  ['/api/v1/devices/meter-1', '/api/v1/devices/{id}', 200],
  ['/api/v1/devices/kiosk-01', '/api/v1/devices/{id}', 200],
  ['/api/v1/devices/meter-9', '/api/v1/devices/{id}', 404],
  ['/api/v1/readings', '/api/v1/readings', 200],
  ['/api/v1/history?device=meter-1&quantity=activePower', '/api/v1/history', 200],
  ['/api/v1/history?device=meter-9&quantity=activePower', '/api/v1/history', 404],
  ['/api/v1/vocabulary', '/api/v1/vocabulary', 200],
  ['/api/v1/openapi.json', '/api/v1/openapi.json', 200],
  ['/healthz', '/healthz', 200],
  ['/readyz', '/readyz', 503],
])('a real answer of %s is as described', async (path, route, status) => {
  const hall = await httpHall()
  hall.add({ id: 'kiosk-01', kind: 'kiosk' })
  hall.read('kiosk-01', { 'paperPath.receipt': 'jam' })
  hall.health.push({ name: 'broker', ok: false, message: 'not listening' })
  const document = (await (await hall.get('/api/v1/openapi.json')).json()) as Json
  const answer = await hall.get(path)
  expect(answer.status).toBe(status)
  const described = document.paths![route]!.get!.responses![String(status)]!.content!['application/json']!.schema!
  schemaOf(document, described).parse(await answer.json())
})

test.each([
  ['/api/v1/alarms', '/api/v1/alarms'],
  ['/api/v1/alarms/A20261122-0001', '/api/v1/alarms/{id}'],
  ['/api/v1/alarms/journal', '/api/v1/alarms/journal'],
  ['/api/v1/orders/closed', '/api/v1/orders/closed'],
  ['/api/v1/orders', '/api/v1/orders'],
  ['/api/v1/orders/W20261122-0001', '/api/v1/orders/{id}'],
  ['/api/v1/me', '/api/v1/me'],
  ['/api/v1/channels', '/api/v1/channels'],
  ['/api/v1/notices/dead-letters', '/api/v1/notices/dead-letters'],
  ['/api/v1/users', '/api/v1/users'],
  ['/api/v1/audit/verify', '/api/v1/audit/verify'],
])('a real answer about repair, %s, is as described', async (path, route) => {
  const repair = smallChain()
  const session = () => ({ user: 'zhang', roles: ['admin'], mustChange: false }) as const
  const hall = await httpHall({ views: { repair, auth: { ...NOBODY, session } } })
  repair.raise('meter-1')
  const document = (await (await hall.get('/api/v1/openapi.json')).json()) as Json
  const answer = await hall.get(path, { headers: { cookie: 'hallwatt_session=x' } })
  expect(answer.status).toBe(200)
  const described = document.paths![route]!.get!.responses!['200']!.content!['application/json']!.schema!
  schemaOf(document, described).parse(await answer.json())
})

test('the check of answers notices a wrong one', async () => {
  const document = JSON.parse(await openApiText()) as Json
  const described = document.paths!['/api/v1/devices']!.get!.responses!['200']!.content!['application/json']!.schema!
  expect(schemaOf(document, described).safeParse({ at: 1, total: 1, devices: [{ id: 'meter-1' }] }).success).toBe(false)
})

/** Reads the description as any client would: by itself, without the schemas it came from. */
function schemaOf(document: Json, described: Json) {
  const text = JSON.stringify({ allOf: [described], $defs: document.components!.schemas })
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')))
}
