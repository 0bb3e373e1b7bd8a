// `npm run console:budgets`: measures what is promised about the console and fails when a promise is broken.
import { parseArgs } from 'node:util'
import { openBrowser } from './browser.ts'
import { measureBudgets } from './budgets.ts'
import { consoleHall } from './console-hall.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, minutes: { type: 'string', default: '1' } },
})
const [hall, browser] = await Promise.all([consoleHall(), openBrowser()])
try {
  const budgets = await measureBudgets(browser, hall, Number(values.minutes))
  for (const { name, value, limit, unit, ok } of budgets)
    console.log(`${ok ? '✓' : '✕'} ${name}: ${value} ${unit} (≤ ${limit} ${unit})`)
  const broken = budgets.filter(({ ok }) => !ok).length
  if (values.json) console.log(JSON.stringify({ budgets, held: budgets.length - broken, of: budgets.length }))
  process.exitCode = broken === 0 ? 0 : 1
} finally {
  await browser.close()
  await hall.close()
}
