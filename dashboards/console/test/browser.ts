import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { ConsoleHall } from './console-hall.ts'

/** Sizes of the wireframes. */
const SIZES = {
  phone: { width: 390, height: 844 },
  small: { width: 320, height: 640 },
  tablet: { width: 1180, height: 820 },
  /** The smallest tablet that is common, and a screen that is not 16:9. */
  pad: { width: 1280, height: 800 },
  desk: { width: 1366, height: 768 },
  wide: { width: 1920, height: 1080 },
  wall: { width: 3840, height: 2160 },
} as const

export type Size = keyof typeof SIZES

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  // The user's own pages only: the browser asks nobody else.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
]

/** The system's Chromium; one for all pages of a test file. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })

export interface OpenedPage extends Page {
  /** Everything the page complained of: errors, refused scripts and styles. A test ends with none. */
  readonly complaints: string[]
}

/** Somebody who serves the console; nobody can sign in where there is no password. */
type Served = Pick<ConsoleHall, 'url'> & Partial<Pick<ConsoleHall, 'password'>>

export interface PageOptions {
  /** Signed in as this user of the hall; nobody when absent. */
  readonly as?: ConsoleHall['users'][number]
  readonly size?: Size
  readonly path?: string
  readonly theme?: 'light' | 'dark'
  readonly language?: 'zh' | 'en'
  readonly largeText?: boolean
  readonly reducedMotion?: boolean
  /** A tab beside another one, in the same browser profile. */
  readonly context?: BrowserContext
}

/** Opens one page as a person would find it: on a device of that size, already signed in, in their language. */
export async function openPage(browser: Browser, hall: Served, options: PageOptions = {}): Promise<OpenedPage> {
  const { as, size = 'desk', path = '/', theme = 'light', language = 'zh', largeText = false } = options
  const context =
    options.context ??
    (await browser.newContext({
      baseURL: hall.url,
      viewport: SIZES[size],
      colorScheme: theme,
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      // A PC whose zone is wrong must not matter.
      timezoneId: 'America/New_York',
      reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
      hasTouch: ['phone', 'small', 'tablet', 'pad'].includes(size),
    }))
  if (!options.context) {
    await context.addInitScript(
      ([language, large]) => {
        if (localStorage.getItem('hallwatt.language') === null) localStorage.setItem('hallwatt.language', language)
        if (large === 'yes') localStorage.setItem('hallwatt.largeText', 'yes')
      },
      [language, largeText ? 'yes' : 'no'] as const,
    )
    if (as) await signIn(context, hall, as)
  }
  // A machine of two cores runs several of these at once.
  context.setDefaultTimeout(15_000)
  const page = (await context.newPage()) as OpenedPage
  const complaints: string[] = []
  Object.assign(page, { complaints })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A lost link is part of many stories; the browser's own note about it is not the page's mistake.
    if (isUnderCheck.has(page) && message.text().startsWith('Applying inline style')) return
    if (message.type() === 'error' && !/Failed to load resource|net::ERR_/.test(message.text()))
      complaints.push(message.text())
  })
  await page.goto(path)
  return page
}

/** Gives the browser the session of a person, as if they had signed in before. */
export async function signIn(context: BrowserContext, hall: Served, user: string): Promise<void> {
  const answer = await context.request.post(`${hall.url}/api/v1/login`, { data: { user, password: hall.password } })
  if (!answer.ok()) throw new Error(`sign in as ${user}: ${answer.status()} ${await answer.text()}`)
}

/** Pages that the checker has been at: it lays styles of its own over what it measures, and the page's policy refuses them. */
const isUnderCheck = new WeakSet<Page>()

/** What the accessibility rules (WCAG 2.2 AA) find on the page as it is now: one line each, with the element. */
export async function axeFindings(page: Page): Promise<string[]> {
  isUnderCheck.add(page)
  // Evaluated by the debugger, past the page's own policy on scripts.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  )
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} ${target.join(' ')}`))
}

/** Elements that stick out of the screen to the side, or whose text is cut off. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    if (document.documentElement.scrollWidth > innerWidth + 1)
      found.push(`page scrolls sideways: ${document.documentElement.scrollWidth} > ${innerWidth}`)
    for (const element of document.querySelectorAll('button, a, th, td, h1, h2, h3, label, p')) {
      const style = getComputedStyle(element)
      if (style.overflowX === 'visible' || element.closest('.visually-hidden')) continue
      if (element.scrollWidth > element.clientWidth + 1)
        found.push(`cut: <${element.tagName.toLowerCase()}> ${element.textContent?.slice(0, 40)}`)
    }
    return found
  })
