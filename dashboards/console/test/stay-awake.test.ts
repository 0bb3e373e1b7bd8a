import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openPage } from './browser.ts'
import { type ScreenStandIn, screenStandIn } from './screen-stand-in.ts'
import { viewOf } from './screen-views.ts'

// That a browser plays, or holds a lock, can be seen here; that the panel of a PC then stays lit can not.

let browser: Browser
let gateway: ScreenStandIn
beforeAll(async () => {
  ;[gateway, browser] = await Promise.all([screenStandIn(viewOf(null)), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

const FILM = 'video[data-keeps-awake]'

test('over plain HTTP, where a browser cannot be asked, a big screen plays a film that nobody sees', async () => {
  const page = await openPage(browser, gateway, { size: 'wide', path: '/login' })
  await page.context().addInitScript(() => {
    // What a page finds outside a secure context.
    Reflect.deleteProperty(Navigator.prototype, 'wakeLock')
  })
  await page.goto('/screen/main')
  await page.locator('[data-link=live]').waitFor()
  await page.waitForFunction((film) => (document.querySelector<HTMLVideoElement>(film)?.currentTime ?? 0) > 1, FILM)
  const film = await page.locator(FILM).evaluate((element) => {
    const { paused, muted, currentSrc, ariaHidden } = element as HTMLVideoElement
    const box = element.getBoundingClientRect()
    const inView = box.right <= innerWidth && box.bottom <= innerHeight && box.width > 0
    return { paused, muted, currentSrc, ariaHidden, inView, small: box.width <= 2 }
  })
  expect(film).toEqual({ paused: false, muted: true, currentSrc: '', ariaHidden: 'true', inView: true, small: true })
  expect(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight)).toBe(true)
  expect(page.complaints).toEqual([])
  await page.context().close()
})

test('in a secure context the browser is asked, and nothing is played', async () => {
  const page = await openPage(browser, gateway, { size: 'wide', path: '/login' })
  await page.context().addInitScript(() => {
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    navigator.wakeLock.request = async (type = 'screen') => {
      asked.push(type)
      return new EventTarget() as WakeLockSentinel
    }
  })
  await page.goto('/screen/main')
  await page.waitForFunction(() => (globalThis as unknown as { asked: string[] }).asked.includes('screen'))
  expect(await page.locator(FILM).count()).toBe(0)
  await page.context().close()
})
