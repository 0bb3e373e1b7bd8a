import mqtt from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const PASSWORD = 'correct horse 电池'

let hall: HallFolder
let gateway: GatewayProcess
let admin: ReturnType<typeof browser>

beforeAll(async () => {
  hall = await makeHallFolder({
    devices: [{ id: 'kiosk-01', name: '1号缴费机', profile: 'hallwatt/kiosk', zone: 'lobby' }],
    // Open at any hour at which somebody tests: what breaks in a closed hall calls nobody.
    more: {
      flows: { enabled: true, listeners: ['tower-light'] },
      repair: {
        openingHours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
      },
    },
  })
  gateway = await startGatewayProcess(hall)
  await gateway.says('Node-RED runs 5 flows')
  const [, oneTime = ''] = /user admin, one-time password (\S+)/.exec(gateway.said()) ?? []
  admin = browser(hall.http)
  expect((await admin.ask('/flows/')).status).toBe(401)
  await admin.signIn('admin', oneTime)
}, 120_000)

afterAll(async () => {
  await gateway?.stop()
  await hall?.remove()
})

/** A browser as far as it matters here: sends the Origin of our page and keeps the session. */
function browser(http: string) {
  let cookie = ''
  const ask = async (
    path: string,
    init: { method?: string; body?: object; origin?: string; redirect?: 'manual' } = {},
  ) => {
    const { method = init.body ? 'POST' : 'GET', body, origin = http, redirect = 'follow' } = init
    const answer = await fetch(http + path, {
      method,
      redirect,
      headers: { origin, cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return answer
  }
  return {
    ask,
    cookie: () => cookie,
    /** Signs in with a one-time password and changes it, as everybody has to. */
    async signIn(user: string, oneTime: string) {
      expect((await ask('/api/v1/login', { body: { user, password: oneTime } })).status).toBe(200)
      const changed = await ask('/api/v1/me/password', { body: { current: oneTime, next: PASSWORD } })
      expect(changed.status).toBe(200)
    },
  }
}

/** Resolves with the first message of the editor’s socket, or with the status it was refused with. */
function comms(http: string, headers: Record<string, string>): Promise<string | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${http.replace('http', 'ws')}/flows/comms`, { headers })
    socket.on('open', () => socket.send(JSON.stringify({ subscribe: 'notification/#' })))
    socket.on('message', (text) => {
      resolve(String(text))
      socket.close()
    })
    socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode ?? 0))
    socket.on('error', reject)
  })
}

test('an administrator opens the flow editor with the one sign-in there is; nobody else does', async () => {
  const page = await admin.ask('/flows/')
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('Hallwatt · 东湖营业厅')
  expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'")
  const settings = (await (await admin.ask('/flows/settings')).json()) as { user: { username: string } }
  expect(settings.user.username).toBe('admin')
  expect(await comms(hall.http, { cookie: admin.cookie(), origin: hall.http })).toContain('notification/')

  // Another page in the same browser is not ours, whatever the cookie says.
  expect(await comms(hall.http, { cookie: admin.cookie(), origin: 'http://evil.example' })).toBe(403)
  expect(await comms(hall.http, { cookie: admin.cookie() })).toBe(403)
  expect((await admin.ask('/flows/flows', { body: [], origin: 'http://evil.example' })).status).toBe(403)
  expect(await comms(hall.http, { origin: hall.http })).toBe(401)

  const added = await admin.ask('/api/v1/users', { body: { name: 'zhang', roles: ['technician'] } })
  const technician = browser(hall.http)
  await technician.signIn('zhang', ((await added.json()) as { password: string }).password)
  expect((await technician.ask('/flows/')).status).toBe(403)
  expect(await comms(hall.http, { cookie: technician.cookie(), origin: hall.http })).toBe(403)

  // What stands in the editor can be deployed, and the deploy is on record.
  const flows = (await (await admin.ask('/flows/flows')).json()) as object[]
  expect((await admin.ask('/flows/flows', { body: flows })).status).toBe(204)
  const { entries } = (await (await admin.ask('/api/v1/audit')).json()) as {
    entries: { actor: string; action: string }[]
  }
  expect(entries).toContainEqual(expect.objectContaining({ actor: 'admin', action: 'flows.deploy' }))
})

test('a P1 alarm lights the tower light over MQTT, and acknowledging it puts the light out', async () => {
  const lamps: { red: string; open: number }[] = []
  const light = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, { username: 'tower-light' })
  const shows = (red: string) =>
    new Promise<void>((resolve) => {
      const look = () => lamps.at(-1)?.red === red && resolve()
      light.on('message', look)
      look()
    })
  light.on('message', (_topic, payload) => lamps.push(JSON.parse(String(payload))))
  await light.subscribeAsync('hallwatt/donghu/flow/tower-light/#')
  await shows('off')

  const kiosk = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, {
    username: 'kiosk-01',
    clientId: 'kiosk-01',
  })
  await kiosk.publishAsync('hallwatt/donghu/kiosk-01/online', 'true', { qos: 1, retain: true })
  await kiosk.publishAsync(
    'hallwatt/donghu/kiosk-01/state',
    JSON.stringify({ t: Date.now(), cashPath: 'jam', 'paperPath.receipt': 'jam' }),
    { qos: 1 },
  )
  await shows('blink')
  const { alarms } = (await (await admin.ask('/api/v1/alarms')).json()) as {
    alarms: { id: string; priority: string }[]
  }
  for (const { id } of alarms) await admin.ask(`/api/v1/alarms/${id}/acknowledge`, { body: {} })
  await shows('off')
  // Every shipped flow may do what it does.
  expect(gateway.said()).not.toMatch(/HW_MQTT_DENIED|HW_INGEST_/)
  await Promise.all([kiosk.endAsync(), light.endAsync()])
})
