/** Stands for what is not shown. */
export const MASK = '***'

/** An address without what may be a secret in it: user, password and query. Anything else as it is. */
export function maskedAddress(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text
  const { username, password, search, hash } = new URL(text)
  if (username === '' && password === '' && search === '' && hash === '') return text
  const withoutQuery = text.replace(/[?#].*$/s, '')
  const withoutUser = withoutQuery.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, `$1${MASK}@`)
  return search === '' && hash === '' ? withoutUser : `${withoutUser}?${MASK}`
}

/** A group of settings as it may be shown. */
export const masked = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, typeof value === 'string' ? maskedAddress(value) : value]),
  )

/** What was shown masked and came back unchanged is what it was; undefined when a mask stands for nothing. */
export function unmasked(
  sent: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> | undefined {
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(sent)) {
    if (typeof value !== 'string' || !value.includes(MASK)) result[key] = value
    else {
      const was = current?.[key]
      if (typeof was !== 'string' || maskedAddress(was) !== value) return undefined
      result[key] = was
    }
  }
  return result
}
