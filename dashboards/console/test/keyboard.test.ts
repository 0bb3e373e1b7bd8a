import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'

let hall: ConsoleHall
let browser: Browser
beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
  await hall.fault('paper_jam on kiosk-02')
})
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

test('without a mouse an alarm is found, acknowledged, shelved with a reason, and the list exported', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
  await page.keyboard.type('ga')
  await page.waitForURL('**/ops/alarms')
  await page.getByRole('link', { name: '2号自助终端 卡纸' }).waitFor()
  await page.keyboard.press('j')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('卡纸')
  await page.keyboard.press('a')
  await page.getByRole('row').filter({ hasText: '卡纸' }).getByText('已确认', { exact: true }).waitFor()

  await page.keyboard.press('s')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('等配件')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('row').filter({ hasText: '等配件' }).waitFor()
  const { alarms } = await hall.api<{ alarms: { shelved?: { reason: string; by: string } }[] }>(
    '/api/v1/alarms?device=kiosk-02',
  )
  expect(alarms[0]?.shelved).toMatchObject({ reason: '等配件', by: 'li' })

  const file = page.waitForEvent('download')
  await page.keyboard.press('e')
  expect((await file).suggestedFilename()).toBe('alarms.csv')
  expect(page.complaints).toEqual([])
})

test('single keys can be switched off, and typing in a field is never a shortcut', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await page.getByRole('heading', { level: 1, name: '总览' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('gd kiosk')
  expect(new URL(page.url()).pathname).toBe('/ops')
  await page.keyboard.press('Escape')

  await page.keyboard.press('?')
  await page.getByLabel('使用单键快捷键').uncheck()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.type('gd')
  await page.keyboard.press('?')
  expect(new URL(page.url()).pathname).toBe('/ops')
  expect(await page.getByRole('dialog').count()).toBe(0)
})

test('the search answers with Enter, from any page', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops/orders' })
  await page.getByRole('heading', { level: 1, name: '工单' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('kiosk-03')
  await page.getByRole('option', { name: '3号自助终端' }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/ops/devices/kiosk-03')
})
