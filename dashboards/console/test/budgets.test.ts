import { expect, test } from 'vitest'
import { openBrowser } from './browser.ts'
import { contention, measureBudgets } from './budgets.ts'
import { consoleHall } from './console-hall.ts'

/** Long enough to see a page that keeps every event; `npm run console:budgets -- --minutes 480` watches a whole day of work. */
const HEAP_MINUTES = 0.5

test('the console keeps what it promises of weight, speed and memory', { timeout: 180_000 }, async () => {
  const [hall, browser] = await Promise.all([consoleHall(), openBrowser()])
  try {
    const budgets = await measureBudgets(browser, hall, HEAP_MINUTES, contention)
    expect(budgets.filter(({ ok }) => !ok)).toEqual([])
    expect(budgets.length).toBeGreaterThanOrEqual(9)
  } finally {
    await browser.close()
    await hall.close()
  }
})
