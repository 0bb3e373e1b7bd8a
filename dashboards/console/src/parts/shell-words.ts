import { wordsOf } from '../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

/** Words that every area of the console uses. */
export const shellWords = wordsOf(zh, en)
