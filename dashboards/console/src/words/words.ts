import { language } from './language.ts'

/** `{name}` in a text becomes a hole of that name. */
type HolesOf<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | HolesOf<Rest> : never
type Filled<Text extends string> = [HolesOf<Text>] extends [never]
  ? []
  : [holes: Record<HolesOf<Text>, string | number>]

/** Chinese is written first; English has the same keys with the same holes, which words.test.ts checks. */
export type EnglishOf<Zh> = { readonly [Key in keyof Zh]: string }

/**
 * The words of one room of the console: `const t = wordsOf(zh, en)`, then `t('stale', { s: 12 })` in the language of the device.
 * A key that does not exist, or a hole left open, is a type error.
 */
export const wordsOf =
  <const Zh extends Readonly<Record<string, string>>>(zh: Zh, en: EnglishOf<Zh>) =>
  <Key extends keyof Zh & string>(key: Key, ...filled: Filled<Zh[Key]>): string => {
    const text: string = (language.value === 'zh' ? zh : en)[key]
    const holes = (filled as [Record<string, string | number>?])[0]
    return holes === undefined ? text : text.replace(/\{(\w+)\}/g, (_, name: string) => String(holes[name]))
  }
