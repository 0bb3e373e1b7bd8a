import type { ApiFailure } from '../../../api/client.ts'
import { wordsOf } from '../../../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

export const userWords = wordsOf(zh, en)

const WHY = {
  HW_AUTH_LAST_ADMIN: 'lastAdmin',
  HW_AUTH_USER_EXISTS: 'exists',
  HW_AUTH_USER_INVALID: 'invalid',
  HW_AUTH_USER_UNKNOWN: 'gone',
} as const satisfies Record<string, keyof typeof zh>

/** Why the gateway refused, in the language of the page; undefined for what is no refusal of this kind. */
export const refusalText = (failure: ApiFailure | undefined): string | undefined =>
  failure && failure.code in WHY ? userWords(WHY[failure.code as keyof typeof WHY]) : undefined
