import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PanelView } from '../src/pages/screen/screen-view.ts'
import { axeFindings, type OpenedPage, openBrowser, openPage } from './browser.ts'
import { overlapping, unreadable } from './looks.ts'
import { type ScreenStandIn, screenStandIn } from './screen-stand-in.ts'
import { marked, PANELS, QUESTION, runOf, viewOf } from './screen-views.ts'

// Every kind of panel, mark and scene of the big screen in a browser. What the gateway says is played by a stand-in, because no hall
// shows all of it; the stories with a real gateway are in screen.test.ts.

const REPLAY = { record: 'R7', recordedAt: Date.parse('2026-05-12T14:05:00+08:00'), hall: '东湖营业厅', speed: 4 }
const RESULT = {
  state: 'done',
  ask: { ...QUESTION, open: false, answer: 0 },
  sentence: { zh: '同样一锅水，电磁炉省 15.7%，少用 19 Wh', en: 'For the same pot, induction saves 15.7%: 19 Wh less' },
} as const

let gateway: ScreenStandIn
let browser: Browser
const pages: Partial<Record<'zh' | 'en', OpenedPage>> = {}
beforeAll(async () => {
  ;[gateway, browser] = await Promise.all([screenStandIn(viewOf(null)), openBrowser()])
  for (const language of ['zh', 'en'] as const)
    pages[language] = await openPage(browser, gateway, { size: 'wide', path: '/screen/main', language })
})
afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

/** What the screen shows once it has been told this view. */
async function showing(view: Parameters<ScreenStandIn['show']>[0], selector: string, language: 'zh' | 'en' = 'zh') {
  const page = pages[language]!
  gateway.show(viewOf(null))
  await page.locator('[data-scene=attract]').waitFor()
  gateway.show(view)
  await page.locator(selector).first().waitFor({ state: 'attached' })
  return page
}

describe.each(Object.values(PANELS).map((panel) => [panel.kind, panel] as const))('the panel %s', (kind, panel) => {
  test.each(['zh', 'en'] as const)('can be read from the back row, whole (%s)', async (language) => {
    const page = await showing(viewOf(runOf(panel)), `[data-kind=${kind}]`, language)
    expect(await unreadable(page)).toEqual([])
    expect(await overlapping(page)).toEqual([])
    expect(page.complaints).toEqual([])
  })

  test.each(['zh', 'en'] as const)('has room enough in a result, with guesses and sources (%s)', async (language) => {
    const page = await showing(viewOf(runOf(panel, RESULT)), `[data-scene=result] [data-kind=${kind}]`, language)
    expect(await unreadable(page)).toEqual([])
  })

  test('as a replay bears the band and no solid dot', async () => {
    const replay = runOf(marked(panel, 'replay'), { mark: 'replay', replay: REPLAY })
    const page = await showing(viewOf(replay), `[data-kind=${kind}][data-mark=replay]`)
    await page.getByText('回放 · 录于 2026-05-12 14:05 · 东湖营业厅 · ×4').waitFor()
    expect(await page.locator('.live-dot').count()).toBe(0)
    expect(await page.getByText('实时').count()).toBe(0)
    expect(await page.locator('svg circle').count()).toBe(0)
    expect(await unreadable(page)).toEqual([])
  })

  test('as an illustration has a dashed frame and says so', async () => {
    const computed = runOf(marked(panel, 'simulated'), { mark: 'simulated' })
    const page = await showing(viewOf(computed), `[data-kind=${kind}][data-mark=simulated]`)
    await page.getByText('示意 · 按公式计算').waitFor()
    const style = await page.locator(`[data-kind=${kind}]`).evaluate((element) => getComputedStyle(element).borderStyle)
    expect(style).toBe('dashed')
    expect(await page.locator('.live-dot').count()).toBe(0)
  })
})

test('a recorded lane beside a live one has its own frame and word', async () => {
  const [live, other] = PANELS.race.items
  const mixed: PanelView = { ...PANELS.race, mark: 'replay', items: [live!, { ...other!, mark: 'replay' }] }
  const page = await showing(viewOf(runOf(mixed, { mark: 'replay' })), '[data-kind=race]')
  const lanes = page.locator('[data-kind=race] li')
  expect(await lanes.nth(0).getAttribute('data-mark')).toBe('live')
  await lanes.nth(0).getByText('实时').waitFor()
  expect(await lanes.nth(1).getAttribute('data-mark')).toBe('replay')
})

test('names of devices are text, whatever stands in them', async () => {
  const hostile = `<img src=x onerror=alert(1)>\u202Ehsals/ {{ 7*7 }} ${'很长的名字'.repeat(20)}`
  const label = { zh: hostile, en: hostile }
  for (const kind of ['flow', 'bars', 'race', 'stairs', 'house'] as const) {
    const panel = { ...PANELS[kind], items: PANELS[kind].items.map((item) => ({ ...item, label })) }
    const page = await showing(viewOf(runOf(panel), { hall: { id: 'x', name: hostile } }), `[data-kind=${kind}]`)
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.locator('main').textContent()).not.toMatch(/\u202E|\b49\b/)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    expect(page.complaints).toEqual([])
  }
})

test('a kind of panel that this page does not know leaves its place empty, and the public sees no error', async () => {
  const page = await showing(viewOf(runOf({ ...PANELS.cup, kind: 'hologram' as 'cup' })), '[data-kind=hologram]')
  expect(await page.locator('[data-figure]').count()).toBe(3)
  expect(page.complaints).toEqual([])
})

describe('the flow picture', () => {
  const picture = (page: OpenedPage) =>
    page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
  const framesLater = (page: OpenedPage) =>
    page.evaluate(async () => {
      for (let i = 0; i < 30; i++) await new Promise(requestAnimationFrame)
    })

  test('moves, also while figures change', async () => {
    const page = await showing(viewOf(runOf(PANELS.flow)), '[data-kind=flow] canvas')
    const before = await picture(page)
    await framesLater(page)
    expect(await picture(page)).not.toBe(before)
  })

  test('stands still for whoever wants no motion, and says the same with arrows', async () => {
    gateway.show(viewOf(runOf(PANELS.flow)))
    const page = await openPage(browser, gateway, { size: 'wide', path: '/screen/main', reducedMotion: true })
    await page.locator('[data-still=yes] canvas').waitFor()
    await framesLater(page)
    const before = await picture(page)
    await framesLater(page)
    expect(await picture(page)).toBe(before)
    const painted = await page.locator('canvas').evaluate((canvas: HTMLCanvasElement) =>
      canvas
        .getContext('2d')!
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some((byte) => byte > 0),
    )
    expect(painted).toBe(true)
    await page.context().close()
  })
})

/** Time goes by for the page, with a word from the gateway every five seconds of it: otherwise the page would take the link for lost. */
async function passing(page: Page, seconds: number): Promise<void> {
  for (let passed = 5; passed <= seconds; passed += 5) {
    await page.clock.runFor(5_000)
    const view = viewOf(null)
    const name = `${view.hall.name} ${passed}`
    gateway.show({ ...view, hall: { ...view.hall, name } })
    await page.getByText(name).waitFor()
  }
}

test('whoever stands before the loop can hold it, and it goes on when they let go', async () => {
  gateway.show(viewOf(null))
  const page = await openPage(browser, gateway, { size: 'wide', path: 'about:blank' })
  await page.clock.install()
  await page.goto('/screen/main')
  await page.locator('[data-kind=flow]').waitFor()
  await page.getByRole('button', { name: '暂停' }).click()
  await passing(page, 60)
  await page.locator('[data-kind=flow]').waitFor()
  await page.getByRole('button', { name: '继续' }).click()
  await passing(page, 20)
  await page.locator('[data-kind=curves]').waitFor()
  await page.context().close()
})

test('outside opening hours the loop is dim; a black screen shows nothing at all', async () => {
  const view = viewOf(null)
  const page = await showing({ ...view, attract: { ...view.attract, dim: true } }, '[data-dim]')
  gateway.show(viewOf(runOf(PANELS.race), { dark: true }))
  await page.locator('[data-scene=dark]').waitFor()
  expect(await page.locator('main').textContent()).toBe('大屏')
  expect(await page.locator('main').evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(
    'rgb(0, 0, 0)',
  )
})

test.each(['zh', 'en'] as const)('the screen can be used by everybody (%s)', async (language) => {
  for (const [view, selector] of [
    [viewOf(null), '[data-scene=attract]'],
    [viewOf(runOf(null, { ask: QUESTION })), '[data-scene=question]'],
    [viewOf(runOf(PANELS.race, RESULT)), '[data-scene=result]'],
    [viewOf(runOf(PANELS.house)), '[data-kind=house]'],
    [viewOf(runOf(marked(PANELS.flow, 'replay'), { mark: 'replay', replay: REPLAY })), '[data-kind=flow]'],
  ] as const) {
    const page = await showing(view, selector, language)
    expect(await axeFindings(page), selector).toEqual([])
  }
})
