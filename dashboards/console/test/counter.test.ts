import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, cutOff, openBrowser, openPage } from './browser.ts'
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

test('a clerk reads what does not work and where customers can go, undisturbed', async () => {
  const page = await openPage(browser, hall, { as: 'guide' })
  await page.addInitScript(() => {
    const Real = AudioContext
    const made: number[] = []
    Object.assign(globalThis, {
      soundsMade: made,
      AudioContext: class extends Real {
        constructor() {
          super()
          made.push(1)
        }
      },
    })
  })
  await page.goto('/counter')
  await page.getByText('全部正常，最近一次检查').waitFor()
  await page.getByLabel('补充（可不填）').fill('客户说')
  expect(await page.title()).toBe('柜台 · Hallwatt')

  await hall.fault('paper_jam on kiosk-02')
  const card = page.getByRole('listitem').filter({ hasText: '2号自助终端' })
  await card.getByText('客户打印不了凭条').waitFor()
  await card.getByText('请客户去 1号自助终端').waitFor()
  expect(await page.title()).toBe('(1) 柜台 · Hallwatt')
  // Whoever was typing goes on typing, and nothing sounds.
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('客户说')
  expect(await page.evaluate(() => (globalThis as unknown as { soundsMade: number[] }).soundsMade.length)).toBe(0)
  expect(page.complaints).toEqual([])
})

test('a guide reports a fault at the counter, a viewer is shown the page that needs no account', async () => {
  const page = await openPage(browser, hall, { as: 'guide', path: '/counter' })
  await page.getByLabel('哪台机器').selectOption('kiosk-03')
  await page.getByLabel('哪里不好用').selectOption('money')
  await page.getByRole('button', { name: '报给维修' }).click()
  await page.getByText('维修人员已收到通知').waitFor()
  const { orders } = await hall.api<{ orders: { device: string; source: string; text: string }[] }>(
    '/api/v1/orders?device=kiosk-03',
  )
  expect(orders[0]).toMatchObject({ source: 'counter', text: '柜台报修：吞钱，或钱没到账' })

  const viewer = await openPage(browser, hall, { as: 'counter', path: '/counter' })
  await viewer.getByLabel('哪台机器').selectOption('kiosk-04')
  expect(await viewer.getByRole('link', { name: '打开报故障页面' }).getAttribute('href')).toBe('/r/kiosk-04')
})

test('the page of the counter is usable by everybody, in both languages, large and narrow', async () => {
  for (const [language, theme, size, largeText] of [
    ['zh', 'light', 'desk', false],
    ['en', 'dark', 'small', true],
  ] as const) {
    const page = await openPage(browser, hall, { as: 'guide', path: '/counter', language, theme, size, largeText })
    await page.getByRole('listitem').first().waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await cutOff(page)).toEqual([])
    await page.close()
  }
})
