import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, type OpenedPage, openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'
import { guideOf, pairScreen } from './screen-pairing.ts'

// Stories of the big screen against a real gateway. What each panel looks like is told in screen-panels.test.ts.

let hall: ConsoleHall
let browser: Browser
let guide: BrowserContext
let screen: OpenedPage
beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
  guide = await guideOf(browser, hall)
  screen = await openPage(browser, hall, { size: 'wide', path: '/screen/main' })
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

test('a screen nobody paired shows six digits and where to enter them, and can be read by everybody', async () => {
  await screen.getByText('在引导员平板：演示台 › 换屏，输入这六位数').waitFor()
  expect(await screen.getByRole('img', { name: /^配对码 \d{6}$/ }).count()).toBe(1)
  expect(await axeFindings(screen)).toEqual([])
})

test('digits that no screen shows lead nowhere', async () => {
  const answer = await guide.request.post(`${hall.url}/api/v1/screens/pair`, { data: { code: '000000' } })
  expect(answer.ok()).toBe(false)
  expect(await screen.locator('[data-scene=pairing]').count()).toBe(1)
})

test('once the guide has entered the digits the screen shows the hall by itself, and no account is in it', async () => {
  await pairScreen(screen, guide, hall)
  await screen.locator('[data-link=live]').waitFor()
  await screen.getByRole('heading', { level: 1 }).waitFor()
  expect(await screen.evaluate(() => document.cookie)).toBe('')
  const asked = await screen.context().request.get(`${hall.url}/api/v1/orders`)
  expect(asked.status()).toBe(401)
  expect(screen.complaints).toEqual([])
})

test('a screen that was loaded anew is still paired', async () => {
  await screen.reload()
  await screen.locator('[data-link=live]').waitFor()
})

test('the guide makes the screen black, and bright again', async () => {
  const dark = (is: boolean) => guide.request.post(`${hall.url}/api/v1/screens/main/dark`, { data: { dark: is } })
  expect((await dark(true)).ok()).toBe(true)
  await screen.locator('[data-scene=dark]').waitFor()
  await dark(false)
  await screen.locator('[data-scene=attract]').waitFor()
})

test('a name that the hall does not have is told to whoever sets the screen up', async () => {
  const page = await openPage(browser, hall, { size: 'wide', path: '/screen/no-such' })
  await page.getByText('本厅没有名为“no-such”的大屏').waitFor()
  await page.context().close()
})

test('a gateway that goes leaves the last picture grey, then facts and “connecting”, never an error; and the screen comes back alone', async () => {
  await hall.gateway().kill()
  await screen.locator('[data-scene=attract].greyed').waitFor()
  await screen.getByText('连接中').waitFor()
  await screen.locator('[data-scene=facts]').waitFor({ timeout: 20_000 })
  await screen.getByText('关于一度电').waitFor()
  expect(await screen.locator('main').textContent()).not.toMatch(/错误|失败|HW_|error/i)
  expect(await screen.locator('.live-dot').count()).toBe(0)
  await hall.startGateway()
  await screen.locator('[data-scene=attract]:not(.greyed)').waitFor({ timeout: 45_000 })
  expect(await screen.getByText('连接中').count()).toBe(0)
  expect(screen.complaints).toEqual([])
}, 120_000)
