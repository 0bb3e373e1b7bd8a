import type { EnglishOf } from '../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  now: 'just now',
  ago: '{duration} ago',
  seconds: '{n} s',
  minutes: '{n} min',
  hours: '{h} h {m} min',
  days: '{d} d {h} h',
}
