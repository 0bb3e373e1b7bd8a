import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import type { OpenedPage } from './browser.ts'
import type { ConsoleHall } from './console-hall.ts'
import { guideOf, pairedScreen, tabletOf } from './screen-guide.ts'

/** Both sizes of a big screen, each in both languages, all showing the same run. */
const SCREENS = {
  '1080-zh': { size: 'wide', language: 'zh' },
  '1080-en': { size: 'wide', language: 'en' },
  '4k-zh': { size: 'wall', language: 'zh' },
  '4k-en': { size: 'wall', language: 'en' },
} as const

/** The loop, three scenarios (live, rehearsed, without a device) and a replay, as the audience sees them. */
export async function screenPictures(browser: Browser, hall: ConsoleHall, folder: string): Promise<void> {
  const guide = await guideOf(browser, hall)
  const tablet = tabletOf(guide, hall)
  const screens: [string, OpenedPage][] = []
  for (const [name, options] of Object.entries(SCREENS))
    screens.push([name, await pairedScreen(browser, hall, guide, options)])
  const first = screens[0]![1]
  const shoot = async (what: string, shown: string) => {
    for (const [name, screen] of screens) {
      await screen.locator(shown).first().waitFor()
      await screen.screenshot({ path: join(folder, `screen-${what}-${name}.png`) })
    }
    console.log(`screen-${what}`)
  }
  const play = async (scenario: string, body: object, scenes: Readonly<Record<string, string>>) => {
    const run = await tablet.prepare(scenario, body)
    await tablet.act(run.id, 'start')
    for (const [what, shown] of Object.entries(scenes)) {
      await tablet.onwardTo(run.id, first.locator(shown).first())
      // Four pictures take longer than the time for guesses.
      if (what === 'question') await tablet.act(run.id, 'pause')
      await shoot(what, shown)
      if (what === 'question') await tablet.act(run.id, 'resume')
    }
    return run.id
  }

  await shoot('loop', '[data-kind=flow]')
  const live = await play('where-from', {}, { question: '[data-scene=question]', 'result-live': '[data-scene=result]' })
  await play('boil-off', { rehearsal: true }, { 'race-rehearsal': '[data-kind=race]' }).then((id) =>
    tablet.act(id, 'finish'),
  )
  await play('the-stairs', {}, { stairs: '[data-kind=stairs]' }).then((id) => tablet.act(id, 'finish'))
  await play('where-from', { replay: live }, { replay: '[data-scene=result] [data-mark=replay]' })
  for (const [, screen] of screens) await screen.context().close()
}
