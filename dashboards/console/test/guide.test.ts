import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeFindings, cutOff, type OpenedPage, openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'
import { fitsTheTablet } from './looks.ts'

/* The guide's tablet against a real gateway and the simulated experience zone. */

let hall: ConsoleHall
let browser: Browser

type Demos = { scenarios: { id: string; readiness: string }[]; runs: { id: string; state: string }[] }
const readiness = async (id: string) =>
  (await hall.api<Demos>('/api/v1/demos')).scenarios.find((each) => each.id === id)?.readiness
const canBePlayed = (id: string) => expect.poll(() => readiness(id), { timeout: 60_000, interval: 500 }).toBe('live')
const stateOf = async (run: string) => (await hall.api<{ state: string }>(`/api/v1/demo-runs/${run}`)).state

beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

const tablet = (as: 'guide' | 'li', path = '/guide', more = {}) =>
  openPage(browser, hall, { as, size: 'tablet', path, ...more })

/** Two touches: the card on the launcher, then the start; between them what has to be confirmed. */
async function begin(page: Page, name: string, guard = false): Promise<string> {
  await page.getByRole('button', { name: `开始 ${name}` }).click()
  await page.getByRole('heading', { name: '可以开始' }).waitFor()
  if (guard) await page.getByLabel('防护罩已放好').check()
  await page.getByRole('button', { name: '开始', exact: true }).click()
  await page.getByRole('button', { name: /^下一步/ }).waitFor()
  return page.url().split('/').at(-1)!
}
const next = (page: Page) => page.getByRole('button', { name: /^下一步/ }).click()

test('a guide begins the race with two touches; a hob that goes silent is off at once, and the tablet says why', async () => {
  await canBePlayed('boil-off')
  const page = await tablet('guide')
  const run = await begin(page, '一锅水的比赛', true)
  expect(await fitsTheTablet(page)).toEqual([])
  await next(page)
  await page.getByRole('button', { name: '“电磁炉”加一' }).click()
  await page.getByText('1', { exact: true }).first().waitFor()
  expect(await axeFindings(page)).toEqual([])
  await next(page)
  const induction = page.getByRole('row').filter({ hasText: '电磁炉' })
  await induction.getByText(/^开 00:/).waitFor()

  await hall.fault('disconnect on pots-ceramic')
  await page.getByText('原因：电陶炉读数中断').waitFor()
  await induction.getByText('断', { exact: true }).waitFor()
  await hall.fault('clear disconnect on pots-ceramic')
  await page.getByRole('heading', { name: '中途停止' }).waitFor({ timeout: 30_000 })
  expect(await stateOf(run)).toBe('aborted')
  await page.getByRole('link', { name: '看记录' }).click()
  await page.getByText('原因：电陶炉读数中断').waitFor()
  expect(page.complaints).toEqual([])
}, 120_000)

test('a second guide sees who leads and may do one thing: switch everything off', async () => {
  await canBePlayed('lamps')
  const page = await tablet('guide')
  const run = await begin(page, '灯的进化', true)
  await next(page)
  await page.getByRole('row').filter({ hasText: '白炽灯' }).getByText(/^开/).waitFor()
  const second = await tablet('li', `/guide/run/${run}`)
  await second.getByText('正由 guide 操作，这里只能全部断电').waitFor()
  expect(await second.getByRole('button', { name: /^下一步/ }).isDisabled()).toBe(true)
  expect(await second.getByRole('button', { name: /^结束并断电/ }).isDisabled()).toBe(true)

  await second.getByRole('button', { name: '全部断电' }).click()
  await second.getByText(/已全部断电|没有确认/).waitFor()
  await page.getByRole('heading', { name: '中途停止' }).waitFor()
  expect([...page.complaints, ...second.complaints]).toEqual([])
}, 90_000)

test('a tablet that is gone pauses the run; the guide takes it up again and ends it by holding', async () => {
  await canBePlayed('leaving-home')
  const page = await tablet('guide')
  const run = await begin(page, '一键离家')
  await page.context().close()
  await expect.poll(() => stateOf(run), { timeout: 30_000, interval: 300 }).toBe('paused')

  const again = await tablet('guide', `/guide/run/${run}`)
  await again.getByText('已暂停，热的都断开了').waitFor()
  await again.getByRole('button', { name: '继续' }).click()
  await again.getByRole('button', { name: '暂停' }).waitFor()
  const end = (await again.getByRole('button', { name: /^结束并断电/ }).boundingBox())!
  await again.mouse.move(end.x + 40, end.y + 20)
  await again.mouse.down()
  await expect.poll(() => stateOf(run), { timeout: 20_000 }).toMatch(/finishing|stopping|done|aborted/)
  await again.mouse.up()
  await again.getByRole('heading', { name: /演完了|中途停止/ }).waitFor()
  expect(again.complaints).toEqual([])
}, 90_000)

test('what was played live is kept with its formulas, and played again it bears no solid dot', async () => {
  await canBePlayed('where-from')
  const page = await tablet('guide')
  await begin(page, '电从哪里来')
  expect(await page.locator('main .solid-dot').count()).toBeGreaterThan(0)
  // The second step comes by itself. Until then there is enough to play again.
  await page.getByText('看一天里谁在出力').first().waitFor({ timeout: 30_000 })
  await endBySteps(page)
  await page.getByRole('link', { name: '看记录' }).click()
  await page.getByRole('row').filter({ hasText: '未计量份额' }).getByText('F8').waitFor()
  await page.getByLabel('观众人数').fill('14')
  await page.getByLabel('备注').fill('下午场')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('已保存').waitFor()
  expect(await axeFindings(page)).toEqual([])

  await page.getByRole('button', { name: '放这段回放' }).click()
  await page.getByRole('button', { name: '开始', exact: true }).click()
  // Four times as fast unless somebody wants to explain.
  await page
    .getByText(/^回放 · 录于.* · ×4$/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: '改成 ×1 播放' }).click()
  expect(await page.locator('.solid-dot').count()).toBe(0)
  await page
    .getByText(/^回放 · .* · ×1$/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: '改成 ×4 播放' }).waitFor()
  await endBySteps(page)
  // Its figures are those of the record that was played: nothing was measured anew.
  await page.getByRole('link', { name: '看记录' }).click()
  await expect.poll(() => page.getByLabel('观众人数').inputValue(), { timeout: 15_000 }).toBe('14')
  expect(page.complaints).toEqual([])
}, 120_000)

/** With the presenter remote, to the end. */
async function endBySteps(page: OpenedPage): Promise<void> {
  const over = page.getByRole('heading', { name: '演完了' })
  for (let i = 0; i < 12 && !(await over.isVisible()); i++) {
    await page.keyboard.press('PageDown')
    await page.waitForResponse((answer) => /\/(next|beat)$/.test(answer.url())).catch(() => {})
  }
  await over.waitFor()
}

test('a rehearsal switches nothing, says that it is simulated, and the visitor’s wish is two buttons', async () => {
  const page = await tablet('guide', '/guide/rehearse')
  await page.getByRole('button', { name: '彩排 峰谷挪一挪' }).click()
  await page.getByText('示意 · 按公式计算').waitFor()
  await page.getByRole('button', { name: '开始', exact: true }).click()
  const wish = page.getByRole('group', { name: '热水几点开始' })
  await wish.getByText('18:00').waitFor()
  await page.getByRole('button', { name: '热水几点开始加' }).click()
  await wish.getByText('19:00').waitFor()
  expect(await fitsTheTablet(page)).toEqual([])
  await page.getByRole('button', { name: '全部断电' }).click()
  await page.getByRole('heading', { name: '中途停止' }).waitFor()
  expect(page.complaints).toEqual([])
}, 60_000)

test('a big screen is paired by the six digits it shows, and goes black from the tablet', async () => {
  const screen = await openPage(browser, hall, { size: 'wide', path: '/screen/main' })
  await expect.poll(() => screen.locator('body').textContent(), { timeout: 20_000 }).toMatch(/(?:\d\s*){6}/)
  const code = /(?:\d\s*){6}/.exec((await screen.locator('body').textContent()) ?? '')![0].replaceAll(/\s/g, '')
  const page = await tablet('guide')
  await page.getByRole('button', { name: '换屏' }).click()
  expect(await axeFindings(page)).toEqual([])
  await page.getByLabel('六位数字').fill(code)
  await page.getByRole('button', { name: '配对', exact: true }).click()
  await page.getByText('已配对：主屏').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('大屏：主屏 已连接').waitFor()
  await page.getByRole('button', { name: '黑场' }).click()
  await page.getByRole('button', { name: '恢复画面' }).waitFor()
  await page.getByRole('button', { name: '恢复画面' }).click()
  await page.getByRole('button', { name: '黑场' }).waitFor()
  await screen.context().close()
}, 60_000)

test('a playlist tells how far it is, and the cards can be printed', async () => {
  const page = await tablet('guide', '/guide?list=three-minutes')
  await page.getByText('1/2').waitFor()
  await page.getByRole('button', { name: '下一个：电从哪里来' }).waitFor()
  await page.goto('/guide/cards')
  await page.getByRole('heading', { name: 'D22 踩出一杯热水' }).waitFor()
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('button', { name: '全部断电' }).isVisible()).toBe(false)
  const sheets = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  // Every card on a page of A6: 105 × 148 mm in points.
  expect(sheets.match(/\/MediaBox \[0 0 29[78][.\d]* 4(?:19|20)[.\d]*\]/g)?.length).toBeGreaterThanOrEqual(22)
  expect(page.complaints).toEqual([])
}, 60_000)

test('nobody who is not a guide can begin something', async () => {
  const page = await openPage(browser, hall, { as: 'counter', size: 'tablet', path: '/guide' })
  await page.getByText('没有引导员权限').waitFor()
  expect(await page.getByRole('button', { name: '开始 电从哪里来' }).isDisabled()).toBe(true)
  expect(page.complaints).toEqual([])
})

test('every page is clean in both languages and themes', async () => {
  for (const [language, theme] of [
    ['zh', 'light'],
    ['en', 'dark'],
  ] as const)
    for (const path of ['/guide', '/guide/rehearse', '/guide/records', '/guide/cards']) {
      const page = await tablet('guide', path, { language, theme })
      await page.locator('main h1').waitFor({ state: 'attached' })
      await page.locator('main .card').first().waitFor()
      expect(await axeFindings(page), `${path} ${language}`).toEqual([])
      expect(await cutOff(page), `${path} ${language}`).toEqual([])
      expect(page.complaints).toEqual([])
      await page.context().close()
    }
}, 120_000)

test('without a link commands are grey, and 全部断电 goes on asking until the gateway answers', async () => {
  const page = await tablet('guide')
  const start = page.getByRole('button', { name: '开始 峰谷挪一挪' })
  await start.waitFor()
  await hall.gateway().stop()
  await page.getByText(/^连接中断/).waitFor()
  expect(await start.isDisabled()).toBe(true)
  await page.getByRole('button', { name: '全部断电' }).click()
  await page.getByText('网关没有应答，继续断电').waitFor()
  await hall.startGateway()
  await page.getByText(/已全部断电|没有确认/).waitFor({ timeout: 40_000 })
}, 90_000)
