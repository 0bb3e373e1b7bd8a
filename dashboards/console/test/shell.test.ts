import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'

let hall: ConsoleHall
let browser: Browser
beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

test('a link out of a chat survives signing in', async () => {
  const page = await openPage(browser, hall, { size: 'phone', path: '/m/alarms?state=unacknowledged' })
  await page.getByLabel('用户名').fill('zhang')
  await page.getByLabel('密码或 PIN').fill(hall.password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.waitForURL('**/m/alarms?state=unacknowledged')
  expect(page.complaints).toEqual([])
})

test('a wrong password is told in one sentence and the user name stays', async () => {
  const page = await openPage(browser, hall, { size: 'phone', path: '/login' })
  await page.getByLabel('用户名').fill('zhang')
  await page.getByLabel('密码或 PIN').fill('not it')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('alert').filter({ hasText: '用户名或密码不对' }).waitFor()
  expect(await page.getByLabel('用户名').inputValue()).toBe('zhang')
})

test('a link cannot lead away from the gateway after signing in', async () => {
  const page = await openPage(browser, hall, { size: 'phone', path: '/login?to=//example.com/evil' })
  await page.getByLabel('用户名').fill('zhang')
  await page.getByLabel('密码或 PIN').fill(hall.password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.waitForURL((url) => url.origin === hall.url && !url.pathname.startsWith('/login'))
})

test('the sign-in page is usable by everybody, in both languages and both themes', async () => {
  for (const [language, theme] of [
    ['zh', 'light'],
    ['en', 'dark'],
  ] as const) {
    const page = await openPage(browser, hall, { size: 'phone', path: '/login', language, theme })
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.close()
  }
})

test('no secret of the session can be read by a script of the page', async () => {
  const page = await openPage(browser, hall, { as: 'zhang', size: 'phone', path: '/m' })
  const seen = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }))
  expect(seen).not.toContain('hallwatt_session')
  expect(seen).not.toContain(hall.password)
})
