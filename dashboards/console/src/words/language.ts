import { ref } from 'vue'
import { kept } from '../session/kept.ts'

export type Language = 'zh' | 'en'

/** The language of this device. Chinese until somebody chooses. */
export const language = ref<Language>(kept.get('language') === 'en' ? 'en' : 'zh')

/** Tag of the page and of `Intl`. */
export const languageTag = (): 'zh-CN' | 'en-GB' => (language.value === 'zh' ? 'zh-CN' : 'en-GB')

export function chooseLanguage(next: Language): void {
  language.value = next
  kept.set('language', next)
  document.documentElement.lang = languageTag()
}

/** A name that comes with both languages: of a fault, a priority, a kind of device. */
export const named = (name: { readonly zh: string; readonly en: string } | undefined): string =>
  name === undefined ? '' : name[language.value]
