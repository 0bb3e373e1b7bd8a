import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type OpenedPage, openBrowser } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'
import { guideOf, pairedScreen, type Tablet, tabletOf } from './screen-guide.ts'

/* What people before the big screen see while something goes wrong: nothing alarming, no reason, and no figure that is not true. What
   the gateway tells a screen then is told in gateway/test/demos-gone-wrong.test.ts. PICTURES=<folder> keeps a picture of each. */

let hall: ConsoleHall
let browser: Browser
let guide: BrowserContext
let tablet: Tablet
let screen: OpenedPage
beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
  guide = await guideOf(browser, hall)
  tablet = tabletOf(guide, hall)
  screen = await pairedScreen(browser, hall, guide, { size: 'wide' })
}, 120_000)
afterEach(async () => {
  await guide.request.post(`${hall.url}/api/v1/all-off`, { data: {} })
})
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

const ALARMING = /HW_|error|fail|错误|失败|故障|告警|急停|断开|粘连|中断|停滞|undefined|NaN/i
const CALM = { timeout: 30_000 }

/** The loop of the hall stands there as if nothing had been. */
async function theLoopGoesOn(what: string): Promise<void> {
  await screen.locator('[data-scene=attract]').waitFor(CALM)
  await isCalm(what)
}

async function isCalm(what: string): Promise<void> {
  if (process.env.PICTURES) await screen.screenshot({ path: join(process.env.PICTURES, `audience-${what}.png`) })
  expect(await screen.locator('main').textContent()).not.toMatch(ALARMING)
  expect(screen.complaints).toEqual([])
}

/** A live run in the step whose load is on. */
async function switchedOn(scenario: string, steps: number): Promise<string> {
  const run = await tablet.prepare(scenario)
  await tablet.act(run.id, 'start')
  for (let i = 0; i < steps; i++) await tablet.act(run.id, 'next')
  await screen.locator('[data-scene=run][data-link=live] .live-dot').first().waitFor()
  return run.id
}

test('a hob falls silent in the race: the race is gone, and the loop goes on', async () => {
  await switchedOn('boil-off', 2)
  await hall.fault('disconnect on pots-ceramic')
  await theLoopGoesOn('device-lost')
  await hall.fault('clear disconnect on pots-ceramic')
}, 90_000)

// What the screen is sent in these is told in every test run (gateway/test/demos-gone-wrong.test.ts); how it looks, with `npm run soak -- played`.
if (process.env.PLAYED === 'all') {
  test('somebody presses the emergency stop: the run is gone, and nobody is frightened', async () => {
    await switchedOn('lamps', 1)
    await hall.fault('e_stop on safety-panel')
    await theLoopGoesOn('e-stop')
    await hall.fault('clear e_stop on safety-panel')
  }, 90_000)

  test('the tablet is lost: the run stands still and says so kindly', async () => {
    await switchedOn('leaving-home', 0)
    await screen.locator('[data-state=paused]').waitFor(CALM)
    await screen.getByText('稍等一下').waitFor()
    await isCalm('tablet-lost')
  }, 90_000)

  test('a relay sticks: half a run leaves no result', async () => {
    const run = await switchedOn('meter-error', 1)
    await hall.fault('relay_welded on proof-load')
    await tablet.act(run, 'finish')
    await theLoopGoesOn('not-off')
    expect(await screen.locator('[data-figure]').count()).toBe(0)
    await hall.fault('clear relay_welded on proof-load')
  }, 90_000)

  test('a meter stands still: its figure does not stay on the screen as if it were of now', async () => {
    await switchedOn('hundred-km', 1)
    await hall.fault('frozen on manners-evse')
    await theLoopGoesOn('meter-lost')
    await hall.fault('clear frozen on manners-evse')
  }, 90_000)
}

test('the gateway dies in the middle of a run: a grey picture, then facts; and after its return the loop, not half a run', async () => {
  await switchedOn('lamps', 1)
  await hall.gateway().kill()
  await screen.locator('main.greyed').waitFor()
  await isCalm('restart-grey')
  await screen.locator('[data-scene=facts]').waitFor(CALM)
  await isCalm('restart-facts')
  expect(await screen.locator('.live-dot').count()).toBe(0)
  await hall.startGateway()
  await screen.locator('[data-link=live]').waitFor({ timeout: 60_000 })
  await theLoopGoesOn('restart-back')
}, 120_000)
