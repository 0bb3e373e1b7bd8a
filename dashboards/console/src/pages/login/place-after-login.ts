/** Where somebody wanted to go; only ever a page of this console, whatever a link says. */
export function placeAfterLogin(to: unknown): string {
  if (typeof to !== 'string' || !/^\/(?![/\\])/.test(to) || to.startsWith('/login')) return '/'
  return to
}
