import { wordsOf } from '../../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

/** Words that several pages of the desk use. */
export const deskWords = wordsOf(zh, en)
