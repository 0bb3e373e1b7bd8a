import type { Page } from 'playwright-core'

/** What a page that has been open for long costs at one moment. */
export interface PageSample {
  /** After the collector has run twice. */
  readonly heapMB: number
  readonly nodes: number
  readonly listeners: number
  /** Pictures a second that the browser gets through while the page does what it does. */
  readonly fps: number
  /** Share of the time since the last sample that the page’s main thread was busy. */
  readonly busyPercent: number
}

const MB = 1024 * 1024
const COUNTED_MS = 1_000

/** @returns takes a sample of the page; each one collects its garbage first */
export async function watchPage(page: Page): Promise<() => Promise<PageSample>> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await cdp.send('HeapProfiler.enable')
  const read = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    return new Map(metrics.map(({ name, value }) => [name, value]))
  }
  let busyS = (await read()).get('TaskDuration')!
  let at = performance.now()
  return async () => {
    // Busy time first: collecting and counting are the watcher’s, not the page’s.
    const nowBusyS = (await read()).get('TaskDuration')!
    const busyPercent = (100_000 * (nowBusyS - busyS)) / (performance.now() - at)
    const fps = await page.evaluate(framesPerSecond, COUNTED_MS)
    for (let i = 0; i < 2; i++) await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    const metrics = await read()
    busyS = metrics.get('TaskDuration')!
    at = performance.now()
    return {
      heapMB: usedSize / MB,
      nodes: metrics.get('Nodes')!,
      listeners: metrics.get('JSEventListeners')!,
      fps,
      busyPercent,
    }
  }
}

const framesPerSecond = (countedMs: number): Promise<number> =>
  new Promise((resolve) => {
    const began = performance.now()
    let frames = 0
    const tick = () => {
      frames += 1
      const passed = performance.now() - began
      if (passed >= countedMs) resolve((1000 * frames) / passed)
      else requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
