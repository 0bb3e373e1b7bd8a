import { kept } from './kept.ts'
import type { Me } from './session.ts'

/** The first page of each area that can be somebody's home. */
const AREAS = ['/m', '/ops', '/counter', '/guide'] as const

/** Remembers in which area this device was used last. */
export function rememberHome(path: string): void {
  const area = AREAS.find((each) => path === each || path.startsWith(`${each}/`))
  if (area !== undefined) kept.set('home', area)
}

/** Where `/` goes: the area used last on this device, else the one of the person's work. */
export function homeOf(me: Pick<Me, 'roles'> | undefined, narrow: boolean): string {
  const last = AREAS.find((area) => area === kept.get('home'))
  if (last !== undefined) return last
  if (me?.roles.includes('technician') && narrow) return '/m'
  if (me?.roles.includes('guide') && !narrow) return '/guide'
  return narrow ? '/m' : '/ops'
}
