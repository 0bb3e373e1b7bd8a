import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, cutOff, openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'

const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'

let hall: ConsoleHall
let browser: Browser
beforeAll(async () => {
  const quick = (text: string) =>
    text
      .replace(/verify: \{[^}]*\}/, 'verify: { healthyMinutes: 0.05, feedback: true, selfTest: true }')
      .replace('name: 6号自助终端', `name: '6号${HOSTILE}'`)
  ;[hall, browser] = await Promise.all([consoleHall(quick), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

interface Event {
  readonly type: string
  readonly at: number
  readonly doneAt?: number
  readonly actor: string
  readonly text?: string
}
interface Order {
  readonly id: string
  readonly state: string
  readonly device: string
  readonly assignee?: string
  readonly events: readonly Event[]
}
const orderOf = (id: string) => hall.api<Order>(`/api/v1/orders/${id}`)
const eventsOf = async (id: string, type: string) => (await orderOf(id)).events.filter((event) => event.type === type)

/** Looks until it is so; the gateway looks at its orders once a second. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
const openOrderOf = (device: string) =>
  until(async () => {
    const { orders } = await hall.api<{ orders: Order[] }>('/api/v1/orders')
    return orders.find((order) => order.device === device)
  })

/** An order that `zhang` holds, made by a report. */
async function heldOrder(device: string, user = 'zhang'): Promise<string> {
  const { id } = await hall.api<Order>('/api/v1/orders', { device, source: 'counter', text: '黑屏' })
  const { assignee } = await orderOf(id)
  if (assignee !== user)
    await hall.api(`/api/v1/orders/${id}/${assignee === undefined ? 'dispatch' : 'hand-over'}`, {
      to: user,
      reason: '试验',
    })
  return id
}
const step = (page: Page, name: string) => page.locator(`li#${name}`)

test('a jam becomes a closed order on the phone, through a dead spot, with every time right', async () => {
  await hall.fault('paper_jam on kiosk-02')
  const { id, assignee } = await openOrderOf('kiosk-02')
  const page = await openPage(browser, hall, { as: assignee as 'zhang', size: 'phone', path: `/m/orders/${id}` })
  await page.getByRole('heading', { level: 1, name: '卡纸' }).waitFor()
  await page.getByText('确认切刀已复位').waitFor()
  await page.getByRole('button', { name: '接单' }).click()
  await page.getByRole('button', { name: '已到现场' }).waitFor()

  await page.context().setOffline(true)
  const there = Date.now()
  await page.getByRole('button', { name: '已到现场' }).click()
  await step(page, 'arrive').getByText('待发送').waitFor()
  await page.getByText('1 个操作待发送').waitFor()
  expect(await eventsOf(id, 'arrived')).toEqual([])
  // What lies behind a dead spot: the walk back out of it.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const back = Date.now()
  await page.context().setOffline(false)
  await page.getByText('个操作待发送').waitFor({ state: 'hidden' })
  const arrived = await eventsOf(id, 'arrived')
  expect(arrived).toHaveLength(1)
  expect(arrived[0]?.doneAt).toBeGreaterThanOrEqual(there - 200)
  expect(arrived[0]?.doneAt).toBeLessThan(back)
  expect(arrived[0]?.at).toBeGreaterThanOrEqual(back - 50)
  await page.getByText(/收到\)/).waitFor()

  await hall.fault('clear paper_jam on kiosk-02')
  await page.getByLabel('做了什么').fill('取出卡纸')
  await page.getByRole('button', { name: '工作结束' }).click()
  await step(page, 'verify').getByText('通过').waitFor({ timeout: 30_000 })
  await page.getByText('等班长或报修人回访').waitFor()

  const lead = await openPage(browser, hall, { as: 'li', size: 'phone', path: `/m/orders/${id}` })
  await lead.getByRole('button', { name: '满意', exact: true }).click()
  await lead.getByText('已关闭').first().waitFor()
  await page.getByText('已关闭').first().waitFor()
  const order = await orderOf(id)
  expect(order.state).toBe('closed')
  expect(order.events.filter(({ type }) => ['accepted', 'arrived', 'finished'].includes(type))).toHaveLength(3)
  expect([...page.complaints, ...lead.complaints]).toEqual([])
  await Promise.all([page.context().close(), lead.context().close()])
})

test('what somebody else took meanwhile is shown beside what I did, and kept as a note', async () => {
  const id = await heldOrder('kiosk-03')
  const page = await openPage(browser, hall, { as: 'zhang', size: 'phone', path: `/m/orders/${id}` })
  await page.getByRole('button', { name: '接单' }).click()
  await page.getByRole('button', { name: '已到现场' }).waitFor()
  await page.context().setOffline(true)
  await page.getByRole('button', { name: '已到现场' }).click()
  await page.getByText('1 个操作待发送').waitFor()
  await hall.api(`/api/v1/orders/${id}/hand-over`, { to: 'wang', reason: '换班' })
  await page.context().setOffline(false)
  const dialog = page.getByRole('dialog', { name: '这一步没被接受' })
  await dialog.getByRole('heading', { name: '我做的' }).waitFor()
  await dialog.getByText('王师傅').first().waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByText('1 个操作没被接受').waitFor()
  await page.getByRole('button', { name: '处理' }).click()
  await dialog.getByRole('button', { name: '记为备注' }).click()
  await page.getByText('个操作没被接受').waitFor({ state: 'hidden' })
  const [note] = await until(async () => {
    const notes = await eventsOf(id, 'noted')
    return notes.length > 0 ? notes : undefined
  })
  expect(note).toMatchObject({ actor: 'zhang', text: expect.stringContaining('已到现场') })
  expect(page.complaints).toEqual([])
  await page.context().close()
})

test('a session that ends on the way keeps what was done; signing in sends it, leaving asks first', async () => {
  const id = await heldOrder('kiosk-04')
  const page = await openPage(browser, hall, { as: 'zhang', size: 'phone', path: `/m/orders/${id}` })
  await page.getByRole('button', { name: '接单' }).click()
  await page.getByRole('button', { name: '已到现场' }).waitFor()
  await page.context().setOffline(true)
  await page.getByRole('button', { name: '已到现场' }).click()
  await page.getByText('1 个操作待发送').waitFor()
  await page.getByRole('link', { name: '我', exact: true }).click()
  await page.getByRole('button', { name: '退出' }).click()
  const question = page.getByRole('dialog', { name: '还有 1 个操作没有发送' })
  await question.getByRole('button', { name: '不退出' }).click()
  await page.context().setOffline(false)
  await until(async () => ((await eventsOf(id, 'arrived')).length > 0 ? true : undefined))

  await page.goto(`/m/orders/${id}`)
  await page.getByRole('button', { name: '工作结束' }).waitFor()
  await page.context().request.post(`${hall.url}/api/v1/logout`, { data: {} })
  await page.getByRole('button', { name: '工作结束' }).click()
  await page.getByText('登录已过期').waitFor()
  expect(await eventsOf(id, 'finished')).toEqual([])
  await page.getByRole('link', { name: '登录' }).click()
  await page.getByLabel('用户名').fill('zhang')
  await page.getByLabel('密码或 PIN').fill(hall.password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.waitForURL(`**/m/orders/${id}`)
  await until(async () => ((await eventsOf(id, 'finished')).length > 0 ? true : undefined))
  expect(await eventsOf(id, 'finished')).toHaveLength(1)
  await page.context().close()
})

test('an order I hold opens in a dead spot, with the time it is of', async () => {
  const id = await heldOrder('kiosk-05')
  const page = await openPage(browser, hall, { as: 'zhang', size: 'phone', path: '/m/orders' })
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.getByText('黑屏').first().waitFor()
  await until(() =>
    page.evaluate(
      (wanted) =>
        new Promise<true | undefined>((resolve) => {
          const open = indexedDB.open('hallwatt')
          open.onsuccess = () => {
            const all = open.result.transaction('orders').objectStore('orders').getAllKeys()
            all.onsuccess = () => {
              open.result.close()
              resolve(all.result.includes(wanted) ? true : undefined)
            }
          }
        }),
      id,
    ),
  )
  await page.context().setOffline(true)
  await page.goto(`/m/orders/${id}`)
  await page.getByRole('heading', { level: 1, name: '黑屏' }).waitFor()
  await page.getByText('数据停在').first().waitFor()
  await page.getByRole('button', { name: '接单' }).click()
  await step(page, 'accept').getByText('待发送').waitFor()
  // A reload without signal loses nothing.
  await page.reload()
  await step(page, 'accept').getByText('待发送').waitFor()
  await page.context().setOffline(false)
  await until(async () => ((await eventsOf(id, 'accepted')).length > 0 ? true : undefined))
  expect(await eventsOf(id, 'accepted')).toHaveLength(1)
  await page.context().close()
})

test('a visitor reports a machine that took money within twenty seconds, without account or scripts', async () => {
  const begin = Date.now()
  const context = await browser.newContext({
    baseURL: hall.url,
    viewport: { width: 360, height: 740 },
    javaScriptEnabled: false,
  })
  const page = await context.newPage()
  await page.goto('/r/kiosk-01')
  expect(await page.locator('img').count()).toBe(6)
  await page.getByRole('button', { name: '吞钱' }).click()
  await page.getByText('已收到，谢谢').waitFor()
  expect(Date.now() - begin).toBeLessThan(20_000)
  expect(await openOrderOf('kiosk-01')).toMatchObject({ source: 'qr' })
  await context.close()
})

test('names and notes with markup in them are text', async () => {
  const { id } = await hall.api<Order>('/api/v1/orders', { device: 'kiosk-06', source: 'counter', text: HOSTILE })
  await hall.api(`/api/v1/orders/${id}/note`, { text: HOSTILE })
  const page = await openPage(browser, hall, { as: 'li', size: 'phone', path: `/m/orders/${id}` })
  for (const path of [
    `/m/orders/${id}`,
    '/m/orders?list=all',
    '/m/devices?q=kiosk-06',
    '/m/devices/kiosk-06',
    '/m/scan',
  ]) {
    await page.goto(path)
    if (path === '/m/scan') await page.getByLabel('编号或名称').fill('kiosk-06')
    await page.getByText('<img src=x', { exact: false }).first().waitFor()
    expect(
      await page.evaluate(() => [
        (globalThis as { hacked?: number }).hacked,
        document.querySelectorAll('main img, main script').length,
      ]),
    ).toEqual([undefined, 0])
  }
  await page.goto('/r/kiosk-06')
  await page.getByRole('heading', { level: 1 }).getByText('<img src=x').waitFor()
  expect(page.complaints).toEqual([])
  await page.context().close()
})

test('a new urgent alarm is said once; it is acknowledged, and another shelved with a reason until a time', async () => {
  const page = await openPage(browser, hall, { as: 'wang', size: 'phone', path: '/m/devices' })
  await page.getByText('正常').first().waitFor()
  await page.evaluate(() => {
    const said: string[] = []
    Object.assign(globalThis, { said })
    const region = document.querySelector('[aria-live="assertive"]')
    new MutationObserver(() => said.push(region?.textContent ?? '')).observe(region as Node, {
      childList: true,
      characterData: true,
      subtree: true,
    })
  })
  await hall.fault('paper_jam on queue-01')
  const notice = page.locator('.urgent')
  await notice.getByText('取号机').waitFor()
  await notice.getByRole('link', { name: '查看' }).click()
  const card = page.locator('article').filter({ hasText: '取号机' })
  await card.getByRole('button', { name: '确认' }).click()
  await card.getByText('已确认').waitFor()
  expect(await page.evaluate(() => (globalThis as unknown as { said: string[] }).said)).toEqual([
    expect.stringContaining('取号机'),
  ])

  await card.getByRole('button', { name: '搁置' }).click()
  const dialog = page.getByRole('dialog', { name: '搁置' })
  expect(await axeFindings(page)).toEqual([])
  await dialog.getByLabel('2 小时').check()
  await dialog.getByRole('button', { name: '等配件' }).click()
  await dialog.getByRole('button', { name: '提交' }).click()
  await page.getByRole('link', { name: /搁置与抑制/ }).click()
  const shelved = page.locator('article').filter({ hasText: '取号机' })
  await shelved.getByText('搁置到').waitFor()
  await shelved.getByText('等配件').waitFor()
  await hall.fault('clear paper_jam on queue-01')
  expect(page.complaints).toEqual([])
  await page.context().close()
})

/** Tabs on until the focused element says this. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document
      return element?.getAttribute('aria-label') ?? element?.closest('label')?.textContent ?? element?.textContent ?? ''
    })
    if (focused.trim().startsWith(name)) return
  }
  throw new Error(`80 tabs do not lead to "${name}"`)
}

test('an order is taken, done and closed with the keyboard alone, and the focus is never hidden behind a bar', async () => {
  const id = await heldOrder('kiosk-07', 'li')
  const page = await openPage(browser, hall, { as: 'li', size: 'phone', path: '/m/orders' })
  await page.getByText('黑屏').first().waitFor()
  await tabTo(page, '查看 7号')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '接单' }).waitFor()
  for (const name of ['接单', '已到现场', '工作结束']) {
    await page.getByRole('button', { name }).waitFor()
    await tabTo(page, name)
    const [bottom, bar] = await page.evaluate(() => [
      document.activeElement?.getBoundingClientRect().bottom ?? 0,
      document.querySelector('.bottom')?.getBoundingClientRect().top ?? 0,
    ])
    expect(bottom).toBeLessThanOrEqual(bar ?? 0)
    await page.keyboard.press('Enter')
  }
  await page.getByRole('button', { name: '满意', exact: true }).waitFor({ timeout: 30_000 })
  await tabTo(page, '满意')
  await page.keyboard.press('Enter')
  await until(async () => ((await orderOf(id)).state === 'closed' ? true : undefined))
  expect(page.complaints).toEqual([])
  await page.context().close()
})

/** What is wider than the screen within the part that scrolls. */
const sticksOut = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('main *, header *, nav *')]
      .filter(
        (element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.visually-hidden'),
      )
      .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 20)}`),
  )

const PAGES = [
  '/m/orders?list=all',
  '/m/alarms',
  '/m/alarms?list=quiet',
  '/m/devices',
  '/m/devices/kiosk-02',
  '/m/scan',
  '/m/me',
] as const

test.each([
  ['phone', 'light', 'zh', false],
  ['small', 'dark', 'en', false],
  ['small', 'light', 'zh', true],
] as const)(
  'every page is usable by everybody: %s, %s, %s, twice the text: %s',
  async (size, theme, language, twice) => {
    const id = await heldOrder('kiosk-08')
    const page = await openPage(browser, hall, { as: 'zhang', size, theme, language, path: `/m/orders/${id}` })
    for (const path of [`/m/orders/${id}`, ...PAGES]) {
      if (page.url() !== hall.url + path) await page.goto(path)
      await page.locator('main .card, main ul, main form').first().waitFor()
      if (twice) await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
      expect([path, await cutOff(page), await sticksOut(page)]).toEqual([path, [], []])
      expect([path, await axeFindings(page)]).toEqual([path, []])
    }
    expect(page.complaints).toEqual([])
    await page.context().close()
  },
  60_000,
)
