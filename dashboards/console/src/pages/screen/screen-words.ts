import { language } from '../../words/language.ts'
import { wordsOf } from '../../words/words.ts'
import type { Bilingual } from './screen-view.ts'
import { plain } from './text-fit.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

/** For what is said in one language only: labels that nobody but a screen reader meets. */
export const screenWords = wordsOf(zh, en)

/** A text of the screen itself in both languages, holes filled in. */
export function said(
  key: keyof typeof zh,
  holes: Readonly<Record<string, string | number | Bilingual>> = {},
): Bilingual {
  const filled = (text: string, tag: 'zh' | 'en') =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => {
      const hole = holes[name] ?? ''
      return String(typeof hole === 'object' ? hole[tag] : hole)
    })
  return { zh: filled(zh[key], 'zh'), en: filled(en[key], 'en') }
}

/** A text in the language of this screen. */
export const mainOf = (text: Bilingual): string => plain(text[language.value])

/** The same in the other language; empty when it says nothing new. */
export function otherOf(text: Bilingual): string {
  const other = plain(text[language.value === 'zh' ? 'en' : 'zh'])
  return other === mainOf(text) ? '' : other
}

/** `lang` of the two. */
export const mainTag = (): string => (language.value === 'zh' ? 'zh-CN' : 'en')
export const otherTag = (): string => (language.value === 'zh' ? 'en' : 'zh-CN')
