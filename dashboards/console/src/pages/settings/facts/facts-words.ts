import { wordsOf } from '../../../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

export const factsWords = wordsOf(zh, en)
