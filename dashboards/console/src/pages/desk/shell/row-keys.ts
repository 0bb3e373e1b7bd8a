const PREFIX = 'row-'
const ROW = `[id^="${PREFIX}"]`

/** The id of the element that shows one thing of a list. */
export const rowId = (id: string): string => `${PREFIX}${id}`

/** The id of the row that has the focus. */
export const focusedRow = (): string | undefined => document.activeElement?.closest(ROW)?.id.slice(PREFIX.length)

/** Puts the focus on the link of the next or previous row of the page; Enter then opens it. */
export function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROW)]
  if (rows.length === 0) return
  const now = rows.findIndex((row) => row.contains(document.activeElement))
  const next = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by))
  const row = rows[next]
  const target = row?.matches('a, button') ? row : row?.querySelector<HTMLElement>('a, button')
  target?.focus()
  target?.scrollIntoView({ block: 'nearest' })
}

/** `j` and `k`, for every page with rows. */
export const ROW_KEYS = { j: () => moveRow(1), k: () => moveRow(-1) }
