import { expect, test } from 'vitest'
import { z } from 'zod'
import { httpHall } from './http-fixture.ts'
import { openApiText } from './openapi.ts'

type Json = { [key: string]: Json } & { [index: number]: Json } & string
const ROUTES = [
  '/api/v1/devices',
  '/api/v1/devices/{id}',
  '/api/v1/history',
  '/api/v1/openapi.json',
  '/api/v1/overview',
  '/api/v1/readings',
  '/api/v1/stream',
  '/api/v1/vocabulary',
  '/healthz',
  '/metrics',
  '/readyz',
]

test('the description names every route, each with its own operation and described answers', async () => {
  const document = JSON.parse(await openApiText()) as Json
  expect(document.openapi).toMatch(/^3\.1\./)
  expect(Object.keys(document.paths!).sort()).toEqual(ROUTES)
  const operations = Object.values(document.paths!).map((path) => path.get!)
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
