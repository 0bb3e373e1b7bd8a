import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  launcher: 'Demonstrations',
  run: 'Demonstration',
  rehearse: 'Rehearsal',
  records: 'Records',
  cards: 'Speaking cards',
}
