/** Texts come from people and devices: what would turn other text around or break a line is taken out. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu, ' ').trim()

const WIDE =
  /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
/** Mean of the system fonts; digits and small letters are narrower, capitals wider. */
const NARROW_EM = 0.55

/** About how wide a text will be, in its own font size. */
export const widthEm = (text: string): number => {
  let em = 0
  for (const letter of text) em += WIDE.test(letter) ? 1 : NARROW_EM
  return em
}

/** As much of a text as fits into so many em, with an ellipsis where something is left out: pictures do not break lines. */
export function fitted(text: string, em: number): string {
  if (widthEm(text) <= em) return text
  let kept = ''
  let used = 1
  for (const letter of text) {
    used += WIDE.test(letter) ? 1 : NARROW_EM
    if (used > em) break
    kept += letter
  }
  return `${kept.trimEnd()}…`
}

/** The one number of a sentence, to be shown large: what stands before it, the number with its unit, what follows. */
export function emphasised(sentence: string): readonly [before: string, number: string, after: string] {
  const found =
    /[¥]?[−-]?\d[\d,]*(?:\.\d+)?[\s\u2009\u202f]?(?:%|kWh|Wh|kW|W|°C|km|\u5143|\u5206|\u5ea6|\u500d)?/u.exec(sentence)
  if (!found) return [sentence, '', '']
  const end = found.index + found[0].length
  return [sentence.slice(0, found.index), found[0].trim(), sentence.slice(end)]
}
