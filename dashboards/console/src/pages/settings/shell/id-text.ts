/** As in gateway/docs: lower-case words joined by hyphens. */
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/
export const ID_PATTERN = '[a-z0-9]+(-[a-z0-9]+)*'
const LONGEST = 64

export const isId = (text: string): boolean => ID.test(text) && text.length <= LONGEST

/** The part of a name that can stand in an id: `1号 Kiosk A` → `1-kiosk-a`; '' when nothing can. */
export const idPart = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')

/** `meter`, then `meter-02`, `meter-03`: the first that nobody has. Numbers already in the row go on: beside kiosk-02 comes kiosk-03. */
export function freeId(stem: string, taken: readonly string[]): string {
  const cut = stem.slice(0, LONGEST - 4)
  const numbers = taken.flatMap((id) => new RegExp(`^${cut}-(\\d+)$`).exec(id)?.[1] ?? [])
  if (numbers.length === 0) return taken.includes(cut) ? `${cut}-02` : cut
  const next = Math.max(...numbers.map(Number)) + 1
  return `${cut}-${String(next).padStart(Math.max(...numbers.map(({ length }) => length)), '0')}`
}
