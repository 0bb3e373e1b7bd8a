import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenedPage, openBrowser, openPage } from './browser.ts'
import { type ConsoleHall, consoleHall } from './console-hall.ts'
import { type PageSample, watchPage } from './page-watch.ts'
import { guideOf, pairedScreen, tabletOf } from './screen-guide.ts'

/* Pages that stand open for hours, against a real gateway. A short while in every test run; `npm run soak -- screen --minutes 60`. */

const MINUTES = Number(process.env.MINUTES ?? 0.1)
const MS = MINUTES * 60_000
/** A sample every minute; of a short watch a dozen. */
const EVERY_MS = Math.min(60_000, MS / 12)
/** Until every picture was drawn a few times the browser still compiles. */
const WARM = 1 / 4
const RUNS_AT = [1 / 4, 5 / 8]
/** What a page may keep more at the end than in the middle (UX: heap flat, ±10 %). */
const GROWS_AT_MOST = 1.1

let hall: ConsoleHall
let browser: Browser
beforeAll(async () => {
  ;[hall, browser] = await Promise.all([consoleHall(), openBrowser()])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await hall?.close()
})

type Sample = PageSample & { readonly minute: number }

test(
  `a big screen in its loop with a run and its replay, a desk, a tablet and a phone stand open for ${MINUTES} min and do not grow`,
  async () => {
    const guide = await guideOf(browser, hall)
    const tablet = tabletOf(guide, hall)
    const pages: Record<string, OpenedPage> = {
      screen: await pairedScreen(browser, hall, guide, { size: 'wide' }),
      desk: await openPage(browser, hall, { as: 'li', size: 'desk', path: '/ops' }),
      tablet: await openPage(browser, hall, { as: 'guide', size: 'tablet', path: '/guide' }),
      phone: await openPage(browser, hall, { as: 'zhang', size: 'phone', path: '/m/orders' }),
    }
    const watched = Object.entries(pages)
    const takes = await Promise.all(watched.map(([, page]) => watchPage(page)))
    const samples = watched.map((): Sample[] => [])
    const gatewayMB: (readonly [minute: number, mb: number])[] = []
    const began = performance.now()
    const minute = () => (performance.now() - began) / 60_000

    let live: string | undefined
    const play = async () => {
      const run = await tablet.prepare('where-from', live === undefined ? {} : { replay: live })
      live ??= run.id
      await tablet.act(run.id, 'start')
      await tablet.onwardTo(run.id, pages.screen!.locator('[data-scene=result]'))
    }
    const due = [...RUNS_AT]
    for (let next = EVERY_MS; next <= MS; next += EVERY_MS) {
      if (due[0] !== undefined && next >= due[0] * MS) {
        due.shift()
        await play()
      }
      await pages.screen!.waitForTimeout(Math.max(0, next - (performance.now() - began)))
      gatewayMB.push([minute(), await residentMB(hall.gateway().child.pid!)])
      const taken = await Promise.all(takes.map((take) => take()))
      for (const [i, sample] of taken.entries()) samples[i]!.push({ minute: minute(), ...sample })
      if (MINUTES >= 5) say(minute(), watched, samples, gatewayMB)
    }

    const warm = minute() * WARM
    for (const [i, [name]] of watched.entries()) {
      const own = samples[i]!.filter((sample) => sample.minute >= warm)
      const heap = slopePerHour(own.map((sample) => [sample.minute, sample.heapMB]))
      console.log(`${name}: heap ${heap.toFixed(2)} MB/h, ${own.at(-1)!.heapMB.toFixed(1)} MB at the end`)
    }
    const resident = slopePerHour(gatewayMB.filter(([at]) => at >= warm))
    console.log(`gateway: resident ${resident.toFixed(1)} MB/h, ${gatewayMB.at(-1)![1].toFixed(0)} MB at the end`)

    for (const [i, [name, page]] of watched.entries()) {
      expect(page.complaints, name).toEqual([])
      for (const what of ['heapMB', 'nodes', 'listeners'] as const) {
        const course = samples[i]!.filter((sample) => sample.minute >= warm).map((sample) => sample[what])
        // Of each part the least: panels in turn differ by what they hold, a leak raises all of them.
        const third = Math.floor(course.length / 3)
        const early = Math.min(...course.slice(0, third))
        const late = Math.min(...course.slice(-third))
        expect(late, `${what} of ${name}: ${course.map(Math.round).join(' ')}`).toBeLessThanOrEqual(
          early * GROWS_AT_MOST,
        )
      }
    }
    await guide.close()
  },
  MS + 120_000,
)

function say(
  minute: number,
  watched: readonly (readonly [string, unknown])[],
  samples: readonly Sample[][],
  gatewayMB: readonly (readonly [number, number])[],
): void {
  const cells = watched.map(([name], i) => {
    const { heapMB, nodes, listeners, fps, busyPercent } = samples[i]!.at(-1)!
    return `${name} ${heapMB.toFixed(2)} MB ${nodes} nodes ${listeners} listeners ${fps.toFixed(0)}/s ${busyPercent.toFixed(1)} %`
  })
  console.log(`${minute.toFixed(1)} min · ${cells.join(' · ')} · gateway ${gatewayMB.at(-1)![1].toFixed(0)} MB`)
}

/** Memory of a process that is really there. */
async function residentMB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024
}

/** Least squares. */
function slopePerHour(points: readonly (readonly [minute: number, value: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const x = mean(([minute]) => minute)
  const y = mean(([, value]) => value)
  const over = points.reduce((sum, [minute, value]) => sum + (minute - x) * (value - y), 0)
  return (60 * over) / points.reduce((sum, [minute]) => sum + (minute - x) ** 2, 0)
}
