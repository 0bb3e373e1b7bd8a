import type { EnglishOf } from '../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  table: 'Show as a table',
  time: 'Time',
  empty: 'Nothing was recorded in this time',
  nothing: '{name}: nothing recorded',
  summary: '{name}: lowest {low} ({lowAt}), highest {high} ({highAt}), last {last}',
  gaps: ', with {n} gaps',
  gap: 'gap',
}
