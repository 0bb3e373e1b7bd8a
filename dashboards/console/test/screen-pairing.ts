import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type OpenedPage, openPage, type PageOptions, signIn } from './browser.ts'
import type { ConsoleHall } from './console-hall.ts'

/** The tablet of the guide, as far as a screen needs it. */
export async function guideOf(browser: Browser, hall: ConsoleHall): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: hall.url })
  await signIn(context, hall, 'guide')
  return context
}

/** Enters the digits that the screen shows; resolves once it follows the gateway. */
export async function pairScreen(screen: Page, guide: BrowserContext, hall: ConsoleHall): Promise<void> {
  const shown = await screen.getByRole('img', { name: /\d{6}$/ }).getAttribute('aria-label')
  const answer = await guide.request.post(`${hall.url}/api/v1/screens/pair`, { data: { code: shown?.slice(-6) } })
  if (!answer.ok()) throw new Error(`pair: ${answer.status()} ${await answer.text()}`)
  await screen.locator('[data-link=live]').waitFor()
}

/** A screen that is paired already. */
export async function pairedScreen(
  browser: Browser,
  hall: ConsoleHall,
  guide: BrowserContext,
  options: PageOptions,
): Promise<OpenedPage> {
  const screen = await openPage(browser, hall, { path: '/screen/main', ...options })
  await pairScreen(screen, guide, hall)
  return screen
}
