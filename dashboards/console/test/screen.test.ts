import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, type OpenedPage, openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'
import { guideOf, pairScreen, type Tablet, tabletOf } from './screen-guide.ts'

// Stories of the big screen against a real gateway. What each panel looks like is told in screen-panels.test.ts.

let hall: ConsoleHall
let browser: Browser
let guide: BrowserContext
let tablet: Tablet
let screen: OpenedPage
beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
  guide = await guideOf(browser, hall)
  tablet = tabletOf(guide, hall)
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

test('a live run: power of the hall as it is, the hall’s guess beside the truth, and a result that names its sources', async () => {
  const run = await tablet.prepare('where-from')
  await screen.getByText('马上开始').waitFor()
  await tablet.act(run.id, 'start')
  await screen.locator('[data-kind=flow][data-mark=live] .live-dot').waitFor()
  expect(await screen.locator('[data-node=grid]').getAttribute('data-direction')).toBe('1')
  await tablet.onwardTo(run.id, screen.locator('[data-scene=question]'))
  await tablet.guess(run.id, 1)
  await screen.getByRole('listitem').filter({ hasText: '不够' }).getByText('1', { exact: true }).waitFor()
  await tablet.onwardTo(run.id, screen.locator('[data-scene=result]'))
  await screen.getByText('大家猜').waitFor()
  await screen.getByText('计量：本厅电表').waitFor()
  expect(await screen.locator('[data-figure]').count()).toBe(3)
  expect(screen.complaints).toEqual([])
}, 120_000)

test('a rehearsal: everything is marked as an illustration, and nothing as live', async () => {
  const run = await tablet.prepare('boil-off', { rehearsal: true })
  await tablet.act(run.id, 'start')
  await screen.locator('[data-kind=race][data-mark=simulated]').getByText('示意 · 按公式计算').waitFor()
  expect(await screen.locator('.live-dot').count()).toBe(0)
  await tablet.onwardTo(run.id, screen.locator('[data-scene=result]'))
  await screen.getByText('按公式计算，不是读数').waitFor()
  expect(await screen.locator('.live-dot').count()).toBe(0)
}, 120_000)

test('a run that switches: the bar of a lamp grows while it is on', async () => {
  const run = await tablet.prepare('lamps')
  await tablet.act(run.id, 'start')
  await tablet.onwardTo(run.id, screen.locator('[data-kind=bars][data-mark=live] li .bar.lit').first())
  await tablet.act(run.id, 'finish')
  await screen.locator('[data-scene=result], [data-scene=attract]').waitFor()
}, 120_000)

test('a replay: the band on every panel, and no solid dot from beginning to end', async () => {
  const record = (await tablet.records('where-from')).find(({ playable }) => playable)!
  const run = await tablet.prepare('where-from', { replay: record.id })
  await screen.evaluate(() => {
    const seen = { dots: 0, panels: 0, bands: 0 }
    Object.assign(globalThis, { seen })
    new MutationObserver(() => {
      const panels = document.querySelectorAll('.big-screen [data-run] .panel')
      if (!document.querySelector('[data-run]')) return
      seen.dots += document.querySelectorAll('.live-dot').length
      seen.panels += panels.length
      seen.bands += [...panels].filter((panel) => panel.textContent?.includes('回放 · 录于')).length
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  })
  await tablet.act(run.id, 'start')
  await screen.locator('[data-kind=flow][data-mark=replay]').waitFor()
  await screen.getByText(/^回放 · 录于 .* · ×4$/).waitFor()
  // The guide wants to explain: the band says how fast it goes now.
  await guide.request.patch(`${hall.url}/api/v1/demo-runs/${run.id}/inputs`, { data: { speed: 1 } })
  await screen.getByText(/^回放 · 录于 .* · ×1$/).waitFor()
  await tablet.onwardTo(run.id, screen.locator('[data-scene=result]'))
  const seen = await screen.evaluate(
    () => (globalThis as unknown as { seen: { dots: number; panels: number; bands: number } }).seen,
  )
  expect(seen.dots).toBe(0)
  expect(seen.panels).toBeGreaterThan(0)
  expect(seen.bands).toBe(seen.panels)
  expect(screen.complaints).toEqual([])
}, 120_000)

test('a name that the hall does not have is told to whoever sets the screen up', async () => {
  const page = await openPage(browser, hall, { size: 'wide', path: '/screen/no-such' })
  await page.getByText('本厅没有名为“no-such”的大屏').waitFor()
  await page.context().close()
})

test('a gateway that goes leaves the last picture grey, then facts and “connecting”, never an error; and the screen comes back alone', async () => {
  await hall.gateway().kill()
  await screen.locator('main.greyed').waitFor()
  await screen.getByText('连接中').waitFor()
  await screen.locator('[data-scene=facts]').waitFor({ timeout: 20_000 })
  await screen.getByText('关于一度电').waitFor()
  expect(await screen.locator('main').textContent()).not.toMatch(/错误|失败|HW_|error/i)
  expect(await screen.locator('.live-dot').count()).toBe(0)
  await hall.startGateway()
  await screen.locator('[data-link=live]:not(.greyed)').waitFor({ timeout: 60_000 })
  expect(await screen.getByText('连接中').count()).toBe(0)
  expect(screen.complaints).toEqual([])
}, 120_000)
