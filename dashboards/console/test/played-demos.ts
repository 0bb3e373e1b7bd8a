import type { Page } from 'playwright-core'
import type { ConsoleHall } from './console-hall.ts'

/** A demonstration as a guide plays it on the tablet, with what hands do meanwhile. */
export interface PlayedDemo {
  readonly id: string
  readonly name: string
  readonly asksGuard: boolean
  /** By step: what visitors do when it begins, for the simulators. */
  readonly hands: Readonly<Record<string, string>>
}

export const PLAYED: readonly PlayedDemo[] = [
  { id: 'boil-off', name: '一锅水的比赛', asksGuard: true, hands: { fill: 'fill on pots' } },
  {
    id: 'standby-hunt',
    name: '待机大搜查',
    asksGuard: false,
    hands: {
      guess: 'plug in on hunt',
      unplugSettopBox: 'unplug 1 on hunt',
      unplugTelevision: 'unplug 2 on hunt',
      unplugPrinter: 'unplug 3 on hunt',
      unplugMicrowave: 'unplug 4 on hunt',
    },
  },
  {
    id: 'hundred-km',
    name: '百公里多少钱',
    asksGuard: false,
    hands: { plugIn: 'plug car on manners', compare: 'unplug car on manners' },
  },
]

interface RunNow {
  readonly state: string
  readonly reason?: unknown
  readonly step?: { readonly id: string; readonly waits: string }
  readonly replay?: object
  readonly ask?: { readonly open: boolean; readonly options: readonly unknown[] }
}

/** So long until the readings have followed the hands. */
const FOLLOWS_MS = 3_000
const LOOK_MS = 400

/** From the launcher to a run that is ready. @returns the id of the run */
export async function prepareOnTablet(page: Page, { name, asksGuard }: PlayedDemo): Promise<string> {
  await page.goto('/guide')
  await page.getByRole('button', { name: `开始 ${name}` }).click({ timeout: 60_000 })
  await page.getByRole('heading', { name: '可以开始' }).waitFor()
  if (asksGuard) await page.getByLabel('防护罩已放好').check()
  return page.url().split('/').at(-1)!
}

/**
 * From the start to the end of the run that the tablet shows.
 * @param options.hurries  goes on past steps of a clock or a condition as well: figures may then be missing
 * @param options.shows    called in every step, once it has been there for a moment, and at the end with `done`
 */
export async function playOnTablet(
  page: Page,
  hall: ConsoleHall,
  demo: Pick<PlayedDemo, 'hands'>,
  options: { readonly run: string; readonly hurries: boolean; readonly shows: (step: string) => Promise<void> },
): Promise<void> {
  const { run, hurries, shows } = options
  await page.getByRole('button', { name: '开始', exact: true }).click()
  let seen = ''
  for (;;) {
    const { state, step, ask, reason, replay } = await hall.api<RunNow>(`/api/v1/demo-runs/${run}`)
    if (state === 'done') break
    if (state === 'aborted' || state === 'refused') throw new Error(`${run} is ${state}: ${JSON.stringify(reason)}`)
    if (state !== 'running' || !step || step.id === seen) {
      await page.waitForTimeout(LOOK_MS)
      continue
    }
    seen = step.id
    // What was recorded has its hands and guesses in it.
    const hands = replay ? undefined : demo.hands[step.id]
    if (hands !== undefined) {
      await hall.happen(hands)
      await page.waitForTimeout(FOLLOWS_MS)
    }
    if (ask?.open && !replay) await page.getByRole('button', { name: /加一$/ }).first().click()
    await shows(step.id)
    if (step.waits === 'guide' || hurries) await page.keyboard.press('PageDown')
  }
  await page.getByRole('heading', { name: '演完了' }).waitFor()
  await shows('done')
}
