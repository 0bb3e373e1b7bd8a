import { expect, test } from 'vitest'
import { PERMISSIONS, type Permission, type Role, roles } from '../domain/role.ts'
import { type HttpHall, httpHall, NOBODY } from './http-fixture.ts'
import { openApiDocument } from './openapi.ts'
import { repairHall } from './signed-in-fixture.ts'

/** Every act and what it is allowed by. The ids name nothing: whoever may act is told so with 404 or 400, never 403. */
const ROUTES: readonly [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, permission: Permission][] = [
  ['POST', '/api/v1/alarms/A1/acknowledge', 'handle-alarm'],
  ['POST', '/api/v1/alarms/A1/shelve', 'handle-alarm'],
  ['POST', '/api/v1/alarms/A1/unshelve', 'handle-alarm'],
  ['POST', '/api/v1/alarms/A1/release-latch', 'handle-alarm'],
  ['POST', '/api/v1/orders', 'report-fault'],
  ['POST', '/api/v1/orders/W1/dispatch', 'dispatch-order'],
  ['POST', '/api/v1/orders/W1/accept', 'work-on-order'],
  ['POST', '/api/v1/orders/W1/hand-over', 'work-on-order'],
  ['POST', '/api/v1/orders/W1/arrive', 'work-on-order'],
  ['POST', '/api/v1/orders/W1/finish', 'work-on-order'],
  ['POST', '/api/v1/orders/W1/suspend', 'work-on-order'],
  ['POST', '/api/v1/orders/W1/resume', 'work-on-order'],
  ['POST', '/api/v1/orders/W1/return', 'work-on-order'],
  ['POST', '/api/v1/orders/W1/feedback', 'give-feedback'],
  ['POST', '/api/v1/orders/W1/override-close', 'override-close'],
  ['POST', '/api/v1/orders/W1/note', 'report-fault'],
  ['POST', '/api/v1/devices/none/commands/switch-on', 'command-device'],
  ['POST', '/api/v1/demos/boil-off/runs', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/start', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/pause', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/resume', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/next', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/back', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/finish', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/cancel', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/guess', 'run-demos'],
  ['POST', '/api/v1/demo-runs/none/beat', 'run-demos'],
  ['PATCH', '/api/v1/demo-runs/none/inputs', 'run-demos'],
  ['PATCH', '/api/v1/demo-records/none', 'run-demos'],
  ['POST', '/api/v1/screens/pair', 'run-demos'],
  ['POST', '/api/v1/screens/main/dark', 'run-demos'],
  ['GET', '/api/v1/links/none/traffic', 'see-inside'],
  ['GET', '/api/v1/recordings', 'see-inside'],
  ['GET', '/api/v1/recordings/nothing', 'see-inside'],
  ['POST', '/api/v1/recordings', 'commission'],
  ['POST', '/api/v1/recordings/stop', 'commission'],
  ['GET', '/api/v1/channels', 'see-notices'],
  ['POST', '/api/v1/channels/none/test', 'see-notices'],
  ['GET', '/api/v1/notices/dead-letters', 'see-notices'],
  ['POST', '/api/v1/notices/dead-letters/retry', 'see-notices'],
  ['GET', '/api/v1/audit', 'see-audit'],
  ['GET', '/api/v1/audit/verify', 'see-audit'],
  ['GET', '/api/v1/users', 'manage-users'],
  ['POST', '/api/v1/users', 'manage-users'],
  ['POST', '/api/v1/users/nobody/password', 'manage-users'],
  ['POST', '/api/v1/users/nobody/roles', 'manage-users'],
  ['DELETE', '/api/v1/users/nobody', 'manage-users'],
  ['GET', '/api/v1/settings', 'read-settings'],
  ['GET', '/api/v1/settings/rules', 'read-settings'],
  ['GET', '/api/v1/facts', 'read-settings'],
  ['PATCH', '/api/v1/settings', 'change-devices'],
  ['GET', '/api/v1/profiles', 'read-settings'],
  ['GET', '/api/v1/profiles/nobody/x', 'read-settings'],
  ['GET', '/api/v1/about', 'read-settings'],
  ['GET', '/api/v1/devices/none/inside', 'see-inside'],
  ['POST', '/api/v1/commissioning/scan', 'commission'],
  ['GET', '/api/v1/commissioning/scans/none', 'commission'],
  ['POST', '/api/v1/commissioning/scans/none/cancel', 'commission'],
  ['POST', '/api/v1/commissioning/try', 'commission'],
  ['POST', '/api/v1/commissioning/alternatives', 'commission'],
  ['POST', '/api/v1/commissioning/listen', 'commission'],
  ['POST', '/api/v1/backup', 'back-up'],
]

const ask = async (hall: HttpHall, method: string, path: string, cookie?: string) => {
  const headers: Record<string, string> = { 'content-type': 'application/json', ...(cookie && { cookie }) }
  const answer = await hall.get(path, {
    method,
    headers,
    ...((method === 'POST' || method === 'PATCH') && { body: '{}' }),
  })
  return { status: answer.status, code: ((await answer.json()) as { code?: string }).code }
}

/** The session id says the role. */
const whoeverHasTheRole = (id: string) => {
  const role = roles.find((one) => one === id)
  return role && { user: `one-${role}`, roles: [role], mustChange: false }
}

test.each(ROUTES)('%s %s is for the roles of its permission (%s) and nobody else', async (method, path, permission) => {
  const hall = await httpHall({ views: { auth: { ...NOBODY, session: whoeverHasTheRole } } })
  expect(await ask(hall, method, path)).toEqual({ status: 401, code: 'HW_HTTP_UNAUTHORIZED' })
  const allowed: readonly Role[] = PERMISSIONS[permission]
  for (const role of roles) {
    const { status, code } = await ask(hall, method, path, `hallwatt_session=${role}`)
    const may = allowed.includes(role)
    expect([role, may ? status !== 401 && status !== 403 : status, may || code]).toEqual([
      role,
      may || 403,
      may || 'HW_AUTH_FORBIDDEN',
    ])
  }
})

test('the table above names every act of the API', async () => {
  const { paths } = (await openApiDocument()) as { paths: Record<string, Record<string, { description?: string }>> }
  const guarded = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { description }]) => description?.startsWith('Roles: '))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  )
  const named = ROUTES.map(([method, path]) => {
    const id = path
      .replace(/\/(A1|W1|none)(?=\/|$)/, '/{id}')
      .replace('/commands/switch-on', '/commands/{command}')
      .replace('/profiles/nobody/x', '/profiles/{vendor}/{model}')
      .replace('/boil-off', '/{scenario}')
      .replace('/screens/main', '/screens/{name}')
      .replace('/recordings/nothing', '/recordings/{file}')
      .replace('/nobody', '/{name}')
    return `${method} ${id}`
  })
  expect(named.sort()).toEqual(guarded.sort())
})

test('no route takes an act without access control, but for signing in and out and a screen that asks for its digits', async () => {
  const { paths } = (await openApiDocument()) as { paths: Record<string, Record<string, { description?: string }>> }
  const open = Object.entries(paths).flatMap(([path, { post, delete: remove }]) =>
    [post, remove].some((act) => act && act.description === undefined) ? [path] : [],
  )
  expect(open).toEqual(['/api/v1/login', '/api/v1/logout', '/api/v1/screens/{name}/pairing'])
})

test('a preventive order is planned by those who plan, not by a guide', async () => {
  const hall = await repairHall()
  const order = { device: 'kiosk-01', source: 'preventive', text: '换切刀' }
  const guide = await hall.post('/api/v1/orders', order, { headers: { cookie: await hall.signIn('xiao', ['guide']) } })
  expect(guide.status).toBe(403)
  const lead = await hall.post('/api/v1/orders', order, { headers: { cookie: await hall.signIn('wang', ['lead']) } })
  expect(lead.status).toBe(201)
})

test('a role that was taken away is gone at the next request', async () => {
  const hall = await repairHall()
  const cookie = await hall.signIn('zhang', ['technician'])
  const { alarm } = hall.chain.raise('kiosk-01')
  const acknowledge = () => hall.post(`/api/v1/alarms/${alarm}/acknowledge`, {}, { headers: { cookie } })
  expect((await acknowledge()).status).toBe(200)
  await hall.auth.users.setRoles('zhang', ['viewer'], 'test')
  expect((await acknowledge()).status).toBe(403)
})
