import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { cutOff, type OpenedPage, openPage, type PageOptions } from './browser.ts'
import type { ConsoleHall } from './console-hall.ts'
import { PLAYED, playOnTablet, prepareOnTablet } from './played-demos.ts'
import { guideOf, pairedScreen } from './screen-guide.ts'

/** What the audience may stand before: a screen that is no 16:9, the common one in both languages and without motion, and 4K. */
const SCREENS = {
  800: { size: 'pad' },
  1080: { size: 'wide' },
  '1080-en': { size: 'wide', language: 'en', reducedMotion: true },
  '4k': { size: 'wall' },
} as const satisfies Record<string, PageOptions>

/** Until what has just begun stands on the screen as it will: figures grow, and a hob needs half a minute before it says anything. */
const SETTLES_MS: Readonly<Record<string, number>> = { heat: 75_000, charge: 25_000, done: 3_000 }
const SETTLES_ELSE_MS = 2_500

/** Three live demonstrations from the tablet to their result, and each played again from its record. */
export async function demoPictures(browser: Browser, hall: ConsoleHall, folder: string): Promise<void> {
  const guide = await guideOf(browser, hall)
  const pages: [string, OpenedPage][] = []
  for (const [name, options] of Object.entries(SCREENS))
    pages.push([`screen-${name}`, await pairedScreen(browser, hall, guide, options)])
  const tablet = await openPage(browser, hall, { as: 'guide', size: 'pad', path: '/guide' })
  pages.push(['tablet', tablet])
  const shoot = async (what: string) => {
    for (const [name, page] of pages) {
      await page.screenshot({ path: join(folder, `demo-${what}-${name}.png`) })
      const findings = [...(await cutOff(page)), ...page.complaints]
      if (findings.length > 0) console.log(`demo-${what}-${name}:`, findings)
    }
    console.log(`demo-${what}`)
  }
  for (const demo of PLAYED) {
    const play = async (prefix: string) => {
      const run = tablet.url().split('/').at(-1)!
      await tablet.waitForTimeout(SETTLES_ELSE_MS)
      await shoot(`${prefix}-ready`)
      const shows = async (step: string) => {
        if (step.startsWith('unplug') && step !== 'unplugPrinter') return
        await tablet.waitForTimeout(SETTLES_MS[step] ?? SETTLES_ELSE_MS)
        await shoot(`${prefix}-${step}`)
      }
      await playOnTablet(tablet, hall, demo, { run, hurries: false, shows })
    }
    await prepareOnTablet(tablet, demo)
    await play(demo.id)
    await tablet.getByRole('link', { name: '看记录' }).click()
    await tablet.getByRole('button', { name: '放这段回放' }).click()
    await tablet.getByRole('heading', { name: '可以开始' }).waitFor()
    await play(`${demo.id}-replay`)
  }
  for (const [, page] of pages) await page.context().close()
}
