import type { Page } from 'playwright-core'

// What is wrong with a page at a glance, one line each.

/** Letters smaller than a visitor can read from the back row, and letters that stand outside the screen. */
export const unreadable = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    const least = 1.55 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim()
      const parent = node.parentElement
      if (!text || !parent || parent.closest('.visually-hidden, noscript, script')) continue
      const drawn = parent.closest('text')
      const scale = drawn?.getScreenCTM()?.a ?? 1
      const pixels = Number.parseFloat(getComputedStyle(parent).fontSize) * (drawn ? scale : 1)
      if (pixels < least) found.push(`${text.slice(0, 30)}: ${pixels.toFixed(1)} px`)
      const range = document.createRange()
      range.selectNodeContents(node)
      const { left, right, top, bottom } = range.getBoundingClientRect()
      if (left < 0 || right > innerWidth || top < 0 || bottom > innerHeight) found.push(`${text.slice(0, 30)} is cut`)
    }
    return found
  })

/** Two texts that lie over one another. */
export const overlapping = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const boxes: { text: string; box: DOMRect }[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim()
      if (!text || !node.parentElement || node.parentElement.closest('.visually-hidden, noscript, script')) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const box of range.getClientRects()) boxes.push({ text, box })
    }
    return boxes.flatMap(({ text, box }, i) =>
      boxes.slice(i + 1).flatMap((other) => {
        // The box of a line is half as high again as its letters.
        const inset = 0.18 * box.height
        const otherInset = 0.18 * other.box.height
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left)
        const tall =
          Math.min(box.bottom - inset, other.box.bottom - otherInset) -
          Math.max(box.top + inset, other.box.top + otherInset)
        return wide > 4 && tall > 2 ? [`${text} | ${other.text}`] : []
      }),
    )
  })

/** At the size of the tablet nothing of a run has to be scrolled to, and every target is big enough for a thumb. */
export async function fitsTheTablet(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    if (document.documentElement.scrollHeight > innerHeight + 1) found.push('the page scrolls')
    for (const card of document.querySelectorAll('.column > .card'))
      if (card.scrollHeight > card.clientHeight + 2) found.push(`scrolls: ${card.textContent?.slice(0, 20)}`)
    for (const target of document.querySelectorAll('main button, main a.button, main summary, header button')) {
      const { width, height } = target.getBoundingClientRect()
      if (width > 0 && (width < 47.5 || height < 47.5)) found.push(`small: ${target.textContent} ${width}×${height}`)
    }
    return found
  })
}
