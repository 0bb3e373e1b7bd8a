import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenedPage, openBrowser, openPage, type Size } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'
import { fitsTheTablet, overlapping, unreadable } from './looks.ts'
import { PLAYED, type PlayedDemo, playOnTablet, prepareOnTablet } from './played-demos.ts'
import { guideOf, pairedScreen } from './screen-guide.ts'

/* Three live demonstrations from the launcher to their result and to their replay: a tablet of 1280×800, and screens of three sizes
   that show what the guide does. One in every test run, all with `npm run soak -- played`; `npm run console:pictures -- demo` takes pictures of the same. */

const SIZES: readonly Size[] = ['pad', 'wide', 'wall']
let hall: ConsoleHall
let browser: Browser
let tablet: OpenedPage
const screens: OpenedPage[] = []
beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
  const guide = await guideOf(browser, hall)
  for (const size of SIZES) screens.push(await pairedScreen(browser, hall, guide, { size }))
  tablet = await openPage(browser, hall, { as: 'guide', size: 'pad', path: '/guide' })
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

/** Plays on; in every step tablet and screens look as they should, and bear the mark of what they show. */
async function play(demo: PlayedDemo, isReplay: boolean): Promise<void> {
  await playOnTablet(tablet, hall, demo, {
    run: tablet.url().split('/').at(-1)!,
    hurries: true,
    async shows(step) {
      expect(await fitsTheTablet(tablet), step).toEqual([])
      for (const [i, screen] of screens.entries()) {
        const where = `${demo.id} ${step} ${SIZES[i]}`
        // The result before stands until the next run has begun.
        await screen
          .getByText(isReplay ? /^回放 · 录于 / : '实时')
          .first()
          .waitFor()
        expect(await unreadable(screen), where).toEqual([])
        expect(await overlapping(screen), where).toEqual([])
        if (isReplay) expect(await screen.locator('.live-dot').count(), where).toBe(0)
        expect(screen.complaints, where).toEqual([])
      }
    },
  })
  for (const screen of screens) await screen.locator('[data-scene=result]').waitFor()
}

test.each(process.env.PLAYED === 'all' ? PLAYED : PLAYED.slice(0, 1))(
  '$id is played live, ends with its result, and is played again from its record',
  async (demo) => {
    await prepareOnTablet(tablet, demo)
    await play(demo, false)
    await tablet.getByRole('link', { name: '看记录' }).click()
    await tablet.getByRole('button', { name: '放这段回放' }).click()
    await tablet.getByRole('heading', { name: '可以开始' }).waitFor()
    await play(demo, true)
    expect(tablet.complaints).toEqual([])
  },
  180_000,
)
