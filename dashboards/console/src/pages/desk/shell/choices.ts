import { deskWords } from '../desk-words.ts'

/** What several lists of the desk are narrowed by, in the language of the device. */

type Options = readonly (readonly [value: string, text: string])[]

const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const

export const priorityOptions = (): Options =>
  PRIORITIES.map((priority) => [priority, `${priority} ${deskWords(priority)}`])

/** Days back → name. */
const PERIODS = [
  ['1', 'last24h'],
  ['7', 'last7d'],
  ['30', 'last30d'],
  ['90', 'last90d'],
] as const

export const periodOptions = (): Options => PERIODS.map(([days, name]) => [days, deskWords(name)])
