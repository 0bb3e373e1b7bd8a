import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'

// What a page says when all is not as usual; states that belong to a story are told in the tests of their area.

let hall: ConsoleHall
let browser: Browser
beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

test('a list that is well says when it was looked at last, and is no empty box', async () => {
  const page = await openPage(browser, hall, { as: 'zhang', size: 'phone', path: '/m/alarms' })
  await page.getByText(/全部正常，最近一次检查 \d\d:\d\d:\d\d/).waitFor()
})

test('a filter that finds nothing is told in words and can be cleared', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops/devices?q=no-such-thing' })
  await page.getByText(/没有符合“.*no-such-thing.*”的条目/).waitFor()
  await page.getByRole('button', { name: '清除' }).first().click()
  await page.getByRole('row').nth(5).waitFor()
})

test('what takes long shows its shape, then asks for patience, then comes', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await page.route('**/api/v1/kpis*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 6_500))
    await route.continue()
  })
  await page.goto('/ops/reports')
  await page.getByText('仍在读取').first().waitFor()
  await page.getByText('仍在读取').first().waitFor({ state: 'detached' })
})

test('an error of the gateway has its code, a remedy and a way to try again', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  const failure = { code: 'HW_STORE_IO', message: 'The disk refuses writes.', remedy: 'Look at the disk.' }
  await page.route('**/api/v1/kpis*', (route) => route.fulfill({ status: 500, json: failure }))
  await page.goto('/ops/reports')
  const card = page.getByRole('alert').filter({ hasText: 'HW_STORE_IO' }).first()
  await card.getByText('Look at the disk.').waitFor()
  await page.unroute('**/api/v1/kpis*')
  await card.getByRole('button', { name: '重试' }).click()
  await card.waitFor({ state: 'detached' })
})

test('a device whose clock is ten minutes wrong is told so on every page', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: 'about:blank' })
  await page.addInitScript(() => {
    const now = Date.now
    Date.now = () => now() + 600_000
  })
  for (const path of ['/ops', '/m/orders', '/counter']) {
    await page.goto(path)
    await page.getByText(/时钟未校准：本机与网关相差 (10|9) 分钟/).waitFor()
  }
})

test('a meter that fell silent keeps its last value, greyed and with its age, and is never 0', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops/devices/meter-server-room' })
  const power = page.getByRole('row', { name: /^有功功率/ })
  await power.locator('span.stale').waitFor({ state: 'detached' })
  await power.getByText(/W$/).waitFor()
  await hall.fault('silent on meter-server-room')
  await power.locator('.stale').first().waitFor({ timeout: 30_000 })
  expect(await power.textContent()).toMatch(/\d/)
  expect(await power.textContent()).toMatch(/秒前/)
  await hall.fault('clear silent on meter-server-room')
}, 60_000)

test('an order that does not exist is refused with words, not with an empty page', async () => {
  const page = await openPage(browser, hall, { as: 'zhang', size: 'phone', path: '/m/orders/no-such-order' })
  await page.getByRole('alert').first().waitFor()
})
