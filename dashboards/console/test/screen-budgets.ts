import type { Browser } from 'playwright-core'
import type { PanelView } from '../src/pages/screen/screen-view.ts'
import { openPage } from './browser.ts'
import { type Budget, CPU_SLOWDOWN, held, slow } from './budgets.ts'
import { screenStandIn } from './screen-stand-in.ts'
import { PANELS, runOf, viewOf } from './screen-views.ts'

/** The quietest of so many says what the page costs; the others say what else the machine did meanwhile. */
const ROUNDS = 3
const WATCHED_MS = 8_000
const WARM_MS = 40_000
/** As often as the gateway tells a screen. */
const TELL_MS = 500

/**
 * What a big screen costs an old PC while a run is shown: share of one core at 4K for the picture that moves and for the one with the
 * most points, and memory. Busy time of the page’s main thread (CDP `Performance`, `TaskDuration`) on a CPU slowed down fourfold; what
 * the graphics card of a real screen does is not in it.
 */
export async function measureScreen(browser: Browser, heapMinutes: number): Promise<Budget[]> {
  const flow = await busyShare(browser, 'flow', (t) => ({
    ...PANELS.flow,
    items: PANELS.flow.items.map((item) => ({
      ...item,
      value: (item.value ?? 0) * (1 + 0.1 * Math.sin(t + item.id.length)),
    })),
  }))
  const curves = await busyShare(browser, 'curves', (t) => ({
    ...PANELS.curves,
    series: [0, 1, 2, 3].map((i) => longSeries(i, t)),
  }))
  return [
    held(`大屏动画 big screen, moving picture (CPU ÷ ${CPU_SLOWDOWN})`, flow, 25, '%'),
    held(`大屏曲线 big screen, 4 × 600 points (CPU ÷ ${CPU_SLOWDOWN})`, curves, 25, '%'),
    held(
      `大屏内存增长 big screen heap growth over ${heapMinutes} min`,
      await heapGrowth(browser, heapMinutes),
      10,
      '%',
    ),
  ]
}

const longSeries = (i: number, t: number): PanelView['series'][number] => ({
  id: `line${i}`,
  label: { zh: `第 ${i + 1} 条`, en: `Line ${i + 1}` },
  unit: 'W',
  mark: 'live',
  points: Array.from({ length: 600 }, (_, s) => [s, 900 + 300 * i + 90 * Math.sin(s / 9 + t + i)] as const),
})

/** Share of the time, in per cent, that the page is busy while it is told a new picture twice a second. */
async function busyShare(
  browser: Browser,
  kind: PanelView['kind'],
  panelAt: (seconds: number) => PanelView,
): Promise<number> {
  const told = (s: number) => viewOf(runOf(panelAt(s)))
  const gateway = await screenStandIn(told(0))
  const page = await openPage(browser, gateway, { size: 'wall', path: '/screen/main' })
  await page.locator(`[data-kind=${kind}]`).waitFor()
  const cdp = await page.context().newCDPSession(page)
  await slow(cdp)
  // Time of the thread itself: what else this machine does meanwhile is not the page's.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const metric = async (name: string) =>
    (await cdp.send('Performance.getMetrics')).metrics.find((each) => each.name === name)!.value
  let s = 0
  const timer = setInterval(() => {
    s += TELL_MS / 1000
    gateway.show(told(s))
  }, TELL_MS)
  const shares: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = [await metric('TaskDuration'), performance.now()] as const
    await page.waitForTimeout(WATCHED_MS)
    const busyS = (await metric('TaskDuration')) - began[0]
    shares.push((100_000 * busyS) / (performance.now() - began[1]))
  }
  clearInterval(timer)
  await page.context().close()
  await gateway.close()
  return Math.min(...shares)
}

/** By how much the memory that the page keeps grows over runs and loops: the end against the middle, in per cent. */
async function heapGrowth(browser: Browser, minutes: number): Promise<number> {
  const gateway = await screenStandIn(viewOf(null))
  const page = await openPage(browser, gateway, { size: 'wide', path: '/screen/main' })
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('HeapProfiler.enable')
  const panels = Object.values(PANELS)
  let told = 0
  const timer = setInterval(() => {
    told += 1
    const panel = panels[Math.floor(told / 2) % panels.length]!
    gateway.show(told % 80 < 10 ? viewOf(null) : viewOf(runOf(panel)))
  }, TELL_MS / 5)
  const used = async () => {
    for (let i = 0; i < 2; i++) await cdp.send('HeapProfiler.collectGarbage')
    return (await cdp.send('Runtime.getHeapUsage')).usedSize
  }
  const half = (minutes * 60_000) / 2
  // Until every picture was drawn a dozen times the browser still compiles.
  await page.waitForTimeout(WARM_MS + half)
  const middle = await used()
  await page.waitForTimeout(half)
  const end = await used()
  clearInterval(timer)
  await page.context().close()
  await gateway.close()
  return Math.max(0, (100 * (end - middle)) / middle)
}
