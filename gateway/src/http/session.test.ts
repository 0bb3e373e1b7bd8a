import { expect, test } from 'vitest'
import { repairHall } from './signed-in-fixture.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''

test('a first login with the one-time password may change it and nothing else', async () => {
  const hall = await repairHall()
  const added = await hall.auth.users.add({ name: 'zhang', roles: ['technician'] }, 'test')
  const password = added.ok ? added.value.password : ''
  const login = await hall.post('/api/v1/login', { user: 'zhang', password })
  expect(await login.json()).toEqual({
    ...{ user: 'zhang', name: '张师傅', roles: ['technician'], via: 'session', mustChange: true },
  })
  expect(login.headers.get('set-cookie')).toMatch(
    /^hallwatt_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
  )
  const first = { headers: { cookie: cookieOf(login) } }
  const { alarm } = hall.chain.raise('kiosk-01')
  const early = await hall.post(`/api/v1/alarms/${alarm}/acknowledge`, {}, first)
  expect([early.status, await codeOf(early)]).toEqual([403, 'HW_AUTH_PASSWORD_CHANGE'])
  const weak = await hall.post('/api/v1/me/password', { current: password, next: 'zhang12345' }, first)
  expect([weak.status, await codeOf(weak)]).toEqual([400, 'HW_AUTH_PASSWORD_WEAK'])
  const changed = await hall.post('/api/v1/me/password', { current: password, next: '三个词的密码加一点' }, first)
  expect(changed.status).toBe(400)
  const longer = await hall.post('/api/v1/me/password', { current: password, next: '三个词的密码再加一点点' }, first)
  expect(longer.status).toBe(200)
  expect((await hall.get('/api/v1/me', first)).status).toBe(401)
  const second = { headers: { cookie: cookieOf(longer) } }
  expect((await hall.post(`/api/v1/alarms/${alarm}/acknowledge`, {}, second)).status).toBe(200)
})

test('a session id that a stranger planted is never taken over by a login', async () => {
  const hall = await repairHall()
  const added = await hall.auth.users.add({ name: 'zhang', roles: ['technician'] }, 'test')
  const planted = 'hallwatt_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  const body = { user: 'zhang', password: added.ok ? added.value.password : '' }
  const login = await hall.post('/api/v1/login', body, { headers: { cookie: planted } })
  expect(login.status).toBe(200)
  expect(cookieOf(login)).not.toBe(planted)
  expect((await hall.get('/api/v1/me', { headers: { cookie: planted } })).status).toBe(401)
})

test('after logging out the cookie is worth nothing', async () => {
  const hall = await repairHall()
  const cookie = await hall.signIn('zhang', ['technician'])
  const out = await hall.post('/api/v1/logout', {}, { headers: { cookie } })
  expect(out.headers.get('set-cookie')).toMatch(/^hallwatt_session=; .*Expires=Thu, 01 Jan 1970/)
  expect((await hall.get('/api/v1/me', { headers: { cookie } })).status).toBe(401)
})

test('five wrong passwords close the door for the right one too, but only to that address and user', async () => {
  const hall = await repairHall()
  const added = await hall.auth.users.add({ name: 'zhang', roles: ['technician'] }, 'test')
  const right = added.ok ? added.value.password : ''
  const wrong = await Promise.all(
    Array.from({ length: 6 }, () => hall.post('/api/v1/login', { user: 'zhang', password: 'wrong' })),
  )
  expect(wrong.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429])
  const late = await hall.post('/api/v1/login', { user: 'zhang', password: right })
  expect([late.status, late.headers.get('retry-after')]).toEqual([429, '300'])
  expect(await codeOf(late)).toBe('HW_AUTH_LIMITED')
  expect(await hall.auth.login('zhang', right, '192.0.2.7')).toMatchObject({ ok: true })
  expect(hall.auth.stats()).toMatchObject({ failedLogins: 5, limitedLogins: 2 })
})

test('an unknown user is answered like a wrong password', async () => {
  const hall = await repairHall()
  const answer = await hall.post('/api/v1/login', { user: 'nobody', password: 'x' })
  expect([answer.status, await codeOf(answer)]).toEqual([401, 'HW_AUTH_WRONG'])
})

test.each([
  ['another web page', { ...JSON_TYPE, origin: 'https://evil.example' }, 403, 'HW_HTTP_ORIGIN_REFUSED'],
  ['another port of this machine', { ...JSON_TYPE, origin: 'http://127.0.0.1:1' }, 403, 'HW_HTTP_ORIGIN_REFUSED'],
  ['a page without an origin', { ...JSON_TYPE, origin: 'null' }, 403, 'HW_HTTP_ORIGIN_REFUSED'],
  ['a form of another page', { 'content-type': 'text/plain' }, 415, 'HW_HTTP_NOT_JSON'],
])('%s cannot act with the session of who is signed in', async (_who, headers, status, code) => {
  const hall = await repairHall()
  const cookie = await hall.signIn('zhang', ['technician'])
  const { alarm } = hall.chain.raise('kiosk-01')
  const answer = await hall.post(`/api/v1/alarms/${alarm}/acknowledge`, {}, { headers: { ...headers, cookie } })
  expect([answer.status, await codeOf(answer)]).toEqual([status, code])
  expect((await hall.chain.alarm(alarm))?.state).toBe('unacknowledged')
})

test('our own page and the public address may act', async () => {
  const hall = await repairHall({ publicUrl: 'https://hall.example' })
  const cookie = await hall.signIn('zhang', ['technician'])
  const { alarm } = hall.chain.raise('kiosk-01')
  for (const origin of [hall.url, 'https://hall.example']) {
    const answer = await hall.post(`/api/v1/alarms/${alarm}/acknowledge`, {}, { headers: { cookie, origin } })
    expect(answer.status).toBe(200)
  }
})

test('the token is a service account, named in the audit log', async () => {
  const token = 'correct-horse-battery-staple'
  const hall = await repairHall({ token })
  const { order } = hall.chain.raise('kiosk-01')
  const headers = { authorization: `Bearer ${token}` }
  expect((await hall.post(`/api/v1/orders/${order}/accept`, {}, { headers })).status).toBe(200)
  const [entry] = await hall.auth.audit.list({ limit: 1 })
  expect(entry).toMatchObject({ actor: 'api-token', action: 'order.accept', subject: order, detail: { via: 'token' } })
  expect((await hall.get('/api/v1/orders')).status).toBe(401)
  const cookie = await hall.signIn('zhang', ['viewer'])
  expect((await hall.get('/api/v1/orders', { headers: { cookie } })).status).toBe(200)
})

test('who acknowledged and what happened to an alarm can be read afterwards', async () => {
  const hall = await repairHall()
  const cookie = await hall.signIn('zhang', ['technician'])
  const { alarm } = hall.chain.raise('kiosk-01')
  await hall.post(`/api/v1/alarms/${alarm}/acknowledge`, {}, { headers: { cookie } })
  expect(await (await hall.get(`/api/v1/alarms/${alarm}`)).json()).toMatchObject({
    faultName: { zh: '卡纸' },
    deviceName: '1号缴费机',
    transitions: [{ cause: 'acknowledged', actorName: '张师傅' }, { cause: 'raised' }],
  })
  expect(await (await hall.get('/api/v1/alarms?state=unacknowledged')).json()).toMatchObject({ total: 1, alarms: [] })
})
