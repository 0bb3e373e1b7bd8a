import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
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

interface Run {
  readonly id: string
  readonly state: string
  readonly reason?: unknown
}

/** What a guide does on the tablet, asked of the gateway directly. */
export interface Tablet {
  /** A run that is ready; throws with its reason when it is not. */
  prepare(scenario: string, body?: object): Promise<Run>
  act(run: string, act: 'start' | 'next' | 'pause' | 'resume' | 'finish'): Promise<Run>
  guess(run: string, option: number): Promise<void>
  records(scenario: string): Promise<readonly { readonly id: string; readonly playable: boolean }[]>
  /** Goes on to the next step until the screen shows this. The tablet is there all the time. */
  onwardTo(run: string, shown: Locator): Promise<void>
}

/** The longest scenario has fewer steps than this. */
const MOST_STEPS = 40

export function tabletOf(guide: BrowserContext, hall: ConsoleHall): Tablet {
  const ask = async <T>(path: string, data?: object): Promise<T> => {
    const url = `${hall.url}/api/v1${path}`
    const answer = await (data ? guide.request.post(url, { data }) : guide.request.get(url))
    const text = await answer.text()
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${text}`)
    return (text === '' ? {} : JSON.parse(text)) as T
  }
  const tablet: Tablet = {
    async prepare(scenario, body = {}) {
      // Right after its start a gateway has not read every device yet.
      for (let left = 20; ; left--) {
        let run = await ask<Run>(`/demos/${scenario}/runs`, { screen: 'main', ...body })
        // A record is read from the disk first.
        while (run.state === 'checking') {
          await new Promise((resolve) => setTimeout(resolve, 200))
          run = await ask<Run>(`/demo-runs/${run.id}`)
        }
        if (run.state === 'ready') return run
        if (left === 0) throw new Error(`${scenario} is ${run.state}: ${JSON.stringify(run.reason)}`)
        await new Promise((resolve) => setTimeout(resolve, 1000))
      }
    },
    act: (run, act) => ask(`/demo-runs/${run}/${act}`, act === 'start' ? { guardConfirmed: true } : {}),
    guess: (run, option) => ask(`/demo-runs/${run}/guess`, { option, change: 1 }),
    records: async (scenario) =>
      (await ask<{ records: { id: string; playable: boolean }[] }>(`/demo-records?scenario=${scenario}&limit=20`))
        .records,
    async onwardTo(run, shown) {
      for (let step = 0; step < MOST_STEPS; step++) {
        const came = await shown.waitFor({ timeout: 2_500 }).then(
          () => true,
          () => false,
        )
        if (came) return
        const { state } = await ask<Run>(`/demo-runs/${run}`)
        if (state === 'running') await tablet.act(run, 'next')
      }
      throw new Error(`${run} never showed ${shown}`)
    },
  }
  return tablet
}
