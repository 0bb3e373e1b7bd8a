import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  pages: 'Pages',
  newP1: 'New urgent alarm: {device} {fault}',
  look: 'Look',
  toDesk: 'Desk version',
  menu: 'Menu',
  toMain: 'Skip to content',
}
