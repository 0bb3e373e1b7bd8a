// `npm run console:pictures`: a picture of every wireframe size, light and dark, Chinese and English, for people to compare.
// `npm run console:pictures -- screen` takes only those whose name begins so; `-- demo` three demonstrations, step by step.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openBrowser, openPage, type PageOptions } from './browser.ts'
import { settled } from './budgets.ts'
import { consoleHall } from './console-hall.ts'
import { demoPictures } from './demo-pictures.ts'
import { screenPictures } from './screen-pictures.ts'

/** What is there to be compared; elsewhere with PICTURES=<folder>. */
const folder = process.env.PICTURES ?? join(import.meta.dirname, '..', 'docs', 'pictures')

const PICTURES: Readonly<Record<string, PageOptions>> = {
  'phone-orders': { as: 'zhang', size: 'phone', path: '/m/orders' },
  'phone-orders-dark-en': { as: 'zhang', size: 'phone', path: '/m/orders', theme: 'dark', language: 'en' },
  'phone-orders-small-large-text': { as: 'zhang', size: 'small', path: '/m/orders', largeText: true },
  'phone-alarms': { as: 'zhang', size: 'phone', path: '/m/alarms' },
  'phone-device': { as: 'zhang', size: 'phone', path: '/m/devices/kiosk-02' },
  'desk-overview': { as: 'li', size: 'desk', path: '/ops' },
  'desk-overview-wide-dark-en': { as: 'li', size: 'wide', path: '/ops', theme: 'dark', language: 'en' },
  'desk-overview-tablet': { as: 'li', size: 'tablet', path: '/ops' },
  'desk-overview-wall': { as: 'li', size: 'wall', path: '/ops', reducedMotion: true },
  'desk-devices': { as: 'li', size: 'desk', path: '/ops/devices' },
  'desk-device': { as: 'li', size: 'desk', path: '/ops/devices/kiosk-02' },
  'desk-device-dark-en': { as: 'li', size: 'desk', path: '/ops/devices/kiosk-02', theme: 'dark', language: 'en' },
  'desk-registers': { as: 'li', size: 'desk', path: '/ops/devices/meter-main?tab=inside' },
  'desk-alarms': { as: 'li', size: 'desk', path: '/ops/alarms' },
  'desk-orders': { as: 'li', size: 'desk', path: '/ops/orders' },
  'settings-devices': { as: 'admin', size: 'desk', path: '/settings/devices' },
  'settings-wizard': { as: 'admin', size: 'desk', path: '/settings/devices/add' },
  'settings-facts': { as: 'admin', size: 'desk', path: '/settings/tariffs-and-facts' },
  'settings-rules-dark-en': { as: 'admin', size: 'desk', path: '/settings/rules', theme: 'dark', language: 'en' },
  'guide-launcher': { as: 'guide', size: 'tablet', path: '/guide' },
  'guide-launcher-dark-en': { as: 'guide', size: 'tablet', path: '/guide', theme: 'dark', language: 'en' },
  'guide-cards': { as: 'guide', size: 'tablet', path: '/guide/cards' },
  counter: { as: 'counter', size: 'desk', path: '/counter' },
  login: { size: 'phone', path: '/login' },
  'qr-report': { size: 'phone', path: '/r/kiosk-02' },
}

const [hall, browser] = await Promise.all([consoleHall(), openBrowser()])
try {
  await mkdir(folder, { recursive: true })
  const wanted = process.argv[2] ?? ''
  for (const fault of ['paper_jam on kiosk-02', 'paper_low on kiosk-03']) await hall.fault(fault)
  for (;;) {
    const { total } = await hall.api<{ total: number }>('/api/v1/orders')
    if (total > 0) break
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  for (const [name, options] of Object.entries(PICTURES)) {
    if (!name.startsWith(wanted)) continue
    const page = await openPage(browser, hall, options)
    if (options.as) await settled(page)
    await page.waitForLoadState('load')
    // Ages and charts come with the first figures of the stream.
    await page.waitForTimeout(1500)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    await page.context().close()
    console.log(name)
  }
  if ('screen'.startsWith(wanted)) await screenPictures(browser, hall, folder)
  // A quarter of an hour and some 150 pictures: only when asked for.
  if (wanted === 'demo') await demoPictures(browser, hall, folder)
} finally {
  await browser.close()
  await hall.close()
}
