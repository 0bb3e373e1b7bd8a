import { expect, test } from 'vitest'
import { openStream } from './http-fixture.ts'
import { repairHall } from './signed-in-fixture.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const tap = (body = '') => ({ method: 'POST', headers: FORM, body })
const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
const policyOf = (answer: Response) => answer.headers.get('content-security-policy')

test('opening a link changes nothing, its button takes the order', async () => {
  const hall = await repairHall()
  const { order } = hall.chain.raise('kiosk-01')
  const link = hall.tapLink({ order })
  const page = await hall.get(link)
  expect(await page.text()).toMatch(/以“张师傅”的名义[\s\S]*<form method="post" action="\/t\//)
  expect(policyOf(page)).toBe(
    "default-src 'none';style-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
  )
  expect((await hall.chain.order(order))?.state).toBe('pending')
  expect(await (await hall.get(link, tap())).text()).toContain('已记录：接单')
  expect(await hall.chain.order(order)).toMatchObject({ state: 'accepted', assignee: 'zhang' })
  expect(await hall.auth.audit.list({ limit: 9 })).toMatchObject([
    { actor: 'zhang', action: 'order.accept', subject: order, detail: { via: 'link' } },
  ])
})

test('a second tap of the same person is answered as done and leaves no second entry', async () => {
  const hall = await repairHall()
  const link = hall.tapLink({ order: hall.chain.raise('kiosk-01').order })
  await hall.get(link, tap())
  const again = await hall.get(link, tap())
  expect([again.status, await again.text()]).toEqual([200, expect.stringContaining('已记录：接单')])
  expect(await (await hall.get(link)).text()).not.toContain('<form')
  expect(await hall.auth.audit.list({ limit: 9 })).toHaveLength(1)
})

test('when two people tap at once one has the order and the other sees who', async () => {
  const hall = await repairHall()
  const { order } = hall.chain.raise('kiosk-01')
  const links = [hall.tapLink({ order }), hall.tapLink({ order, person: 'li' })]
  const answers = await Promise.all(links.map((link) => hall.get(link, tap())))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  const winner = (await hall.chain.order(order))?.assignee === 'zhang' ? '张师傅' : '李师傅'
  const second = answers.find(({ status }) => status === 409)!
  expect(await second.text()).toMatch(new RegExp(`由 ${winner} 负责`))
  const loser = links[answers.indexOf(second)]!
  expect(await (await hall.get(loser)).text()).toContain(`已由 ${winner} 负责`)
})

test('a stale link says so and does nothing', async () => {
  const hall = await repairHall()
  const { order } = hall.chain.raise('kiosk-01')
  const answer = await hall.get(hall.tapLink({ order, expiresAt: Date.now() - 2000 }), tap())
  expect([answer.status, await answer.text()]).toEqual([410, expect.stringContaining('链接已过期')])
  expect((await hall.chain.order(order))?.state).toBe('pending')
})

test('a link that was changed is not valid', async () => {
  const hall = await repairHall()
  const link = hall.tapLink({ order: hall.chain.raise('kiosk-01').order })
  const answer = await hall.get(`${link.slice(0, -2)}AA`, tap())
  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('链接无效')])
})

test('a visitor reports a fault with one tap, without an account', async () => {
  const hall = await repairHall()
  const page = await (await hall.get('/r/kiosk-01')).text()
  expect(page.match(/<button name="reason"/g)).toHaveLength(6)
  expect(page).toContain('吞钱，或钱没到账')
  const answer = await hall.get('/r/kiosk-01', tap('reason=money&name=secret'))
  const [order] = hall.chain.openOrders()
  expect(order).toMatchObject({ source: 'qr', device: 'kiosk-01', text: '扫码报修：吞钱，或钱没到账' })
  expect(await answer.text()).toContain(`工单 ${order?.id}`)
  expect(JSON.stringify(order)).not.toMatch(/secret|127\.0\.0\.1/)
})

test('each of the six reasons has a picture that the page may show, and nothing else', async () => {
  const hall = await repairHall()
  const page = await hall.get('/r/kiosk-01')
  expect(policyOf(page)).toBe(
    "default-src 'none';style-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none';img-src 'self'",
  )
  const pictures = [...(await page.text()).matchAll(/<img src="([^"]+)"/g)].map(([, address]) => address as string)
  expect(new Set(pictures).size).toBe(6)
  for (const address of pictures) {
    const picture = await hall.get(address)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    expect(picture.headers.get('cache-control')).toContain('immutable')
    expect(await picture.text()).toMatch(/^<svg /)
  }
})

test('who can get an order is told by name, without phone numbers', async () => {
  const hall = await repairHall()
  const cookie = await hall.signIn('zhang', ['technician'])
  const answer = await hall.get('/api/v1/persons', { headers: { cookie } })
  expect(await answer.json()).toEqual({
    persons: [
      { id: 'zhang', name: '张师傅', onDuty: true },
      { id: 'li', name: '李师傅', onDuty: true },
    ],
  })
})

test('an act with a time or key of the wrong shape is refused', async () => {
  const hall = await repairHall()
  const cookie = await hall.signIn('zhang', ['technician'])
  const { order } = hall.chain.raise('kiosk-01')
  const accept = (body: object) => hall.post(`/api/v1/orders/${order}/accept`, body, { headers: { cookie } })
  expect((await accept({ doneAt: 'yesterday' })).status).toBe(400)
  expect((await accept({ key: '<script>' })).status).toBe(400)
  expect((await accept({ doneAt: Date.now() - 1000, key: 'phone-0001' })).status).toBe(200)
})

test('a reason that is not one of the six is asked for again', async () => {
  const hall = await repairHall()
  expect((await hall.get('/r/kiosk-01', tap(`reason=${HOSTILE}`))).status).toBe(400)
  expect((await hall.get('/r/kiosk-01', tap())).status).toBe(400)
  expect((await hall.get('/r/kiosk-99')).status).toBe(404)
  expect(hall.chain.openOrders()).toEqual([])
})

test('the sixth report of one machine in ten minutes is turned away kindly', async () => {
  const hall = await repairHall()
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) statuses.push((await hall.get('/r/kiosk-01', tap('reason=paper'))).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  expect(hall.chain.openOrders()).toHaveLength(5)
})

test('one phone cannot report every machine of the hall', async () => {
  const hall = await repairHall()
  const statuses: number[] = []
  for (let i = 0; i < 11; i++) {
    hall.add({ id: `kiosk-1${i}`, kind: 'kiosk' })
    statuses.push((await hall.get(`/r/kiosk-1${i}`, tap('reason=paper'))).status)
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429])
})

test('hostile names and texts are shown as text', async () => {
  const hall = await repairHall()
  hall.add({ id: 'kiosk-02', kind: 'kiosk', name: HOSTILE })
  const report = { device: 'kiosk-02', source: 'counter', text: HOSTILE, by: HOSTILE } as const
  const made = await hall.chain.report(report)
  const order = made.ok ? made.value.id : ''
  const pages = [
    await hall.get('/r/kiosk-02'),
    await hall.get('/r/kiosk-02', tap('reason=other')),
    await hall.get(hall.tapLink({ order, person: HOSTILE })),
    await hall.get(hall.tapLink({ order, person: HOSTILE }), tap()),
  ]
  for (const page of pages) {
    const text = await page.text()
    expect(text).toContain('&lt;script&gt;')
    expect(text).not.toMatch(/<script|<img src=x|onerror=alert\(1\)>(?!&)/)
    expect(policyOf(page)).toContain("default-src 'none'")
  }
})

test('a link of 工作结束 asks what was done', async () => {
  const hall = await repairHall()
  const { order } = hall.chain.raise('kiosk-01')
  const page = await (await hall.get(hall.tapLink({ order, act: 'finish' }))).text()
  expect(page).toContain('<textarea name="remark"')
  expect((await hall.get(hall.tapLink({ order, act: 'finish' }), tap('remark=换了切刀&noFault=yes'))).status).toBe(200)
})

test('the page after 接单 leads on to 已到现场, in the name of the same person', async () => {
  const hall = await repairHall()
  const { order } = hall.chain.raise('kiosk-01')
  const page = await (await hall.get(hall.tapLink({ order }), tap())).text()
  const [, next = ''] = /href="(\/t\/[^"]+)"/.exec(page) ?? []
  expect(await (await hall.get(next)).text()).toContain('<h1>已到现场')
})

test('a link that only shows an order leads to no act', async () => {
  const hall = await repairHall()
  const { order } = hall.chain.raise('kiosk-01')
  await hall.get(hall.tapLink({ order }), tap())
  expect(await (await hall.get(hall.tapLink({ order, act: 'view' }))).text()).not.toContain('href="/t/')
})

test('alarms and orders are told on the live stream', async () => {
  const hall = await repairHall()
  const stream = await openStream(hall)
  await stream.next()
  const { alarm, order } = hall.chain.raise('kiosk-01')
  const events = [await stream.next(), await stream.next(), await stream.next()]
  expect(events.find((event) => event?.event === 'alarm')?.data).toMatchObject({ type: 'alarm', alarm: { id: alarm } })
  expect(events.find((event) => event?.event === 'order')?.data).toMatchObject({
    ...{ type: 'order', state: 'pending', event: { order, type: 'created' } },
  })
})

test('a report brings its own style and no script', async () => {
  const hall = await repairHall()
  const weekly = await hall.get('/reports/weekly?at=2026-11-22T08:00:00%2B08:00')
  expect(policyOf(weekly)).toMatch(/^default-src 'none';style-src 'sha256-[\w+/]+=*';img-src data:/)
  expect(await weekly.text()).toContain(String(Date.parse('2026-11-22T08:00:00+08:00')))
  const csv = await hall.get('/api/v1/kpis?from=1&to=2', { headers: { accept: 'text/csv' } })
  expect([csv.headers.get('content-type'), await csv.text()]).toEqual([
    'text/csv; charset=utf-8',
    'kpi,from,to\r\navailability,1,2\r\n',
  ])
  expect(await (await hall.get('/api/v1/kpis?from=1&to=2')).json()).toMatchObject({ from: 1, to: 2 })
})
