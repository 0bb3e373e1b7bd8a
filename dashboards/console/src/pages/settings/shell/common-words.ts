import { wordsOf } from '../../../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

/** Words that every page of the settings uses. */
export const commonWords = wordsOf(zh, en)
