import { wordsOf } from '../../../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

/** Names of the tablet's pages: the only words of it that the shell carries. */
export const guideTitles = wordsOf(zh, en)
