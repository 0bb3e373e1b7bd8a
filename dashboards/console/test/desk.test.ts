import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { axeFindings, cutOff, type OpenedPage, openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'

const HOSTILE = '<img src=x onerror=alert(1)>9号终端'
const PAGES = [
  '/ops',
  '/ops/devices',
  '/ops/devices/kiosk-02',
  '/ops/devices/meter-main?tab=inside',
  '/ops/devices/meter-main?tab=chart&show=voltageL1',
  '/ops/devices/meter-main?tab=record',
  '/ops/alarms',
  '/ops/alarms?tab=past',
  '/ops/orders',
  '/ops/orders?tab=closed',
  '/ops/reports',
  '/ops/boards',
] as const

let hall: ConsoleHall
let browser: Browser
beforeAll(async () => {
  // InfluxDB is named and nobody is there; one device carries a name that tries to be more than a name.
  const edit = (text: string) =>
    `${text.replace('name: 3号自助终端', `name: '${HOSTILE}'`)}\ninflux: { url: 'http://127.0.0.1:9' }\n`
  ;[hall, browser] = await Promise.all([consoleHall(edit), openBrowser()])
  await hall.fault('paper_jam on kiosk-02')
  await hall.fault('charger_tripped on evse-01')
  // A charger is asked every few seconds, and its fault has to last before it is an alarm.
  const raised = async () => expect(await alarmsOf('evse-01')).not.toEqual([])
  await vi.waitFor(raised, { timeout: 60_000, interval: 500 })
}, 150_000)
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

let read: OpenedPage | undefined
/** One page of a signed-in person for all that only look. */
async function reader(path: string): Promise<OpenedPage> {
  read ??= await openPage(browser, hall, { as: 'li', path })
  await read.goto(path)
  await heading(read)
  return read
}
const heading = (page: Page) => page.getByRole('heading', { level: 1 }).waitFor()
/** In the address of this test hall the open alarm of a device. */
const alarmsOf = async (device: string) =>
  (await hall.api<{ alarms: { id: string }[] }>(`/api/v1/alarms?device=${device}`)).alarms
const streams = async () => {
  const answer = await fetch(`${hall.url}/metrics`, {
    headers: { authorization: 'Bearer console-test-token-0123456789' },
  })
  return Number(/^hallwatt_http_streams (\d+)/m.exec(await answer.text())?.[1])
}

test('the first page says whether the hall can serve, on an old screen without scrolling', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await page.getByText('可以服务，1 台终端停用').waitFor()
  await page.getByText('7/8 台').waitFor()
  await page
    .getByRole('region', { name: '现在要看的' })
    .getByRole('link', { name: /2号自助终端 卡纸/ })
    .waitFor()
  await page.getByRole('link', { name: /自助区 6 台.*故障 1/ }).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(768)
  expect(await cutOff(page)).toEqual([])
  expect(page.complaints).toEqual([])
})

test('from a fault to its raw register it is two clicks', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await page
    .getByRole('region', { name: '现在要看的' })
    .getByRole('link', { name: /1号充电桩/ })
    .click()
  await page.getByRole('complementary', { name: '告警详情' }).getByRole('link', { name: '看原始数据' }).first().click()
  const table = page.getByRole('table', { name: /的寄存器/ })
  await table.waitFor()
  expect(await table.getByRole('row').count()).toBe(2)
  expect(await table.getByRole('row').nth(1).textContent()).toMatch(/0x[0-9a-f]{4}/)
  expect(page.complaints).toEqual([])
})

test('an installer sees the frames of a line as they go, and records them for a new profile', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops/devices/meter-main?tab=inside' })
  await page.getByText('看实时报文').click()
  const frames = page.getByRole('table', { name: '线路报文' })
  await frames.waitFor()
  expect(await frames.getByRole('row').nth(1).textContent()).toMatch(/(input|holding) \d+.* ms(\S\S ){11}/)
  await page.getByRole('button', { name: '录 24 小时' }).click()
  await page.getByText(/^录到/).waitFor()
  await page.getByRole('button', { name: '停止录制' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^modbus-tcp-power-room-bus-\d+\.ndjson$/ }).click(),
  ])
  expect(file.suggestedFilename()).toContain('power-room-bus')
  expect(page.complaints).toEqual([])
})

test('a name and a message that bring their own markup are shown as text', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops/devices?zone=self-service' })
  await page.getByRole('link', { name: HOSTILE }).click()
  await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor()
  await page.getByRole('link', { name: '原始数据' }).click()
  await page.getByRole('heading', { name: '最后的 MQTT 消息' }).waitFor()
  expect(await page.locator('img').count()).toBe(0)
  expect(page.complaints).toEqual([])
})

test('seven tabs of one browser share one live stream', async () => {
  const first = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await first.getByText('实时').waitFor()
  const alone = await streams()
  const context: BrowserContext = first.context()
  const others = await Promise.all(
    PAGES.slice(1, 7).map(async (path) => {
      const page = await openPage(browser, hall, { context, path })
      await page.getByText('实时', { exact: true }).waitFor()
      return page
    }),
  )
  expect(others).toHaveLength(6)
  expect(await streams()).toBe(alone)
  await context.close()
})

test.each(PAGES)('%s is usable by everybody', async (path) => {
  const page = await reader(path)
  await page.getByText('实时', { exact: true }).waitFor()
  expect(await axeFindings(page)).toEqual([])
})

test('dark is as readable as light', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops', theme: 'dark' })
  await page.getByText('实时', { exact: true }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.close()
})

test.each(['/ops', '/ops/alarms?tab=past', '/ops/orders', '/ops/reports', '/ops/boards', '/ops/devices/kiosk-02'])(
  '%s in Chinese, English and Chinese again: nothing is cut, nothing is half translated',
  async (path) => {
    const page = await reader(path)
    const choose = async (name: string) => {
      await page.locator('header summary').click()
      await page.getByRole('button', { name, exact: true }).click()
      await page.locator('header summary').click()
    }
    await choose('English')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en-GB')
    // Names of devices are their own; everything else follows the language.
    expect((await chineseIn(page)).filter((text) => !/终端|充电桩/.test(text))).toEqual([])
    expect(await cutOff(page)).toEqual([])
    await choose('中文')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN')
    expect(await cutOff(page)).toEqual([])
    expect(page.complaints).toEqual([])
  },
)

const chineseIn = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button:not([lang]), thead th, nav li a, h2, dt, legend, label > .soft')]
      .map((element) => element.textContent?.trim() ?? '')
      .filter((text) => /[\u4e00-\u9fff]/.test(text)),
  )

test('inside a device that is asked stands what it was asked and answered; inside a charger what it said', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops/devices/printer-01?tab=inside' })
  await page.getByText(/^SNMP 127\.0\.0\.1:\d+，每 /).waitFor()
  await page.getByText(/^最后一次应答/).waitFor()
  const answered = page.getByRole('row').filter({ has: page.locator('code') })
  expect(await answered.filter({ hasText: '好' }).count()).toBeGreaterThan(3)
  expect(await axeFindings(page)).toEqual([])

  await page.goto('/ops/devices/evse-04?tab=inside')
  await page.getByText('EVSE-04 · 接口 1 · 已连接').waitFor()
  const boot = page.getByRole('row', { name: /BootNotification/ })
  await boot.getByText('chargePointVendor').waitFor()
  await page
    .getByRole('row', { name: /StatusNotification/ })
    .first()
    .waitFor()
  expect(await axeFindings(page)).toEqual([])
  expect(page.complaints).toEqual([])
  await page.close()
})

test('on paper without colour each of the five states has its own word and its own shape', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await heading(page)
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await page.emulateMedia({ media: 'print' })
  const marks = await dialog
    .locator('.mark')
    .evaluateAll((all) =>
      all.map((mark) => ({ word: mark.textContent?.trim(), shape: mark.querySelector('svg')?.innerHTML })),
    )
  expect(marks.map(({ word }) => word).sort()).toEqual(['故障', '注意', '无数据', '维护', '正常'].sort())
  expect(new Set(marks.map(({ shape }) => shape)).size).toBe(5)
})

test('while InfluxDB is away the page goes on and says where the data waits', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await page.getByText(/InfluxDB 连不上，数据已在网关缓存/).waitFor({ timeout: 45_000 })
  await page.getByText('实时', { exact: true }).waitFor()
})

test('a lost link greys the figures and takes the commands away', async () => {
  const [alarm] = await alarmsOf('kiosk-02')
  const page = await openPage(browser, hall, { as: 'li', path: `/ops/alarms?alarm=${alarm?.id}` })
  const shelve = page.getByRole('complementary').getByRole('button', { name: '搁置' })
  await shelve.waitFor()
  await page.getByText('实时', { exact: true }).waitFor()
  await hall.gateway().kill()
  await page.getByText(/连接中断 · 数据停在/).waitFor({ timeout: 30_000 })
  expect(await shelve.isDisabled()).toBe(true)
  expect(await page.locator('table.stale').count()).toBe(1)
  await page.close()
  await hall.startGateway()
}, 90_000)

test('a gateway that goes before the shared stream could start is noticed all the same', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await page.addInitScript(() => {
    const Real = window.SharedWorker
    window.SharedWorker = class extends Real {
      constructor(_script: string | URL, options?: string | WorkerOptions) {
        super('/assets/there-is-no-such-script.js', options)
      }
    }
  })
  await page.reload()
  await page.getByText('7/8 台').waitFor()
  await page.getByText('实时', { exact: true }).waitFor()
  await page.close()
}, 60_000)

test('a laptop that slept is right within 5 s of waking', async () => {
  const page = await openPage(browser, hall, { as: 'li', path: '/ops' })
  await page.getByText('7/8 台').waitFor()
  const devtools = await page.context().newCDPSession(page)
  const network = (offline: boolean) =>
    devtools.send('Network.emulateNetworkConditions', {
      offline,
      ...{ latency: 0, downloadThroughput: -1, uploadThroughput: -1 },
    })
  await devtools.send('Network.enable')
  await network(true)
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  // While it sleeps the gateway is started anew and the jam is repaired.
  await hall.gateway().kill()
  await hall.startGateway()
  await hall.fault('clear paper_jam on kiosk-02')
  const isRepaired = async () =>
    (await hall.api<{ alarms: { condition: string }[] }>('/api/v1/alarms?device=kiosk-02')).alarms.every(
      ({ condition }) => condition === 'cleared',
    )
  await expect.poll(isRepaired, { timeout: 40_000 }).toBe(true)

  const woke = performance.now()
  await devtools.send('Page.setWebLifecycleState', { state: 'active' })
  await network(false)
  await page.getByText('8/8 台').waitFor()
  expect(performance.now() - woke).toBeLessThan(5_000)
  await page.getByText('实时', { exact: true }).waitFor()
}, 90_000)
