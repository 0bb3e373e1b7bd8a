/** Text in a terminal, where a Chinese character takes two columns and an escape sequence in a device's name must do nothing. */

const graphemes = new Intl.Segmenter('zh-CN', { granularity: 'grapheme' })

/**
 * East Asian Wide and Fullwidth (Unicode UAX #11), and emoji. Ambiguous characters (●, —) count as one, as terminals draw them
 * unless told otherwise.
 */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** What would move the cursor or turn the writing direction becomes a visible replacement character. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')

export function columnsOf(text: string): number {
  let columns = 0
  for (const { segment } of graphemes.segment(text)) columns += widthOf(segment)
  return columns
}

/** Exactly `columns` wide: filled with spaces, or cut at a whole character and ended with `…`. */
export function fitted(text: string, columns: number): string {
  const width = columnsOf(text)
  if (width <= columns) return text + ' '.repeat(columns - width)
  if (columns <= 0) return ''
  let taken = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const next = used + widthOf(segment)
    if (next > columns - 1) break
    taken += segment
    used = next
  }
  return `${taken}…${' '.repeat(columns - 1 - used)}`
}

export const fittedEnd = (text: string, columns: number): string => {
  const missing = columns - columnsOf(text)
  return missing >= 0 ? ' '.repeat(missing) + text : fitted(text, columns)
}

/** As many lines as it takes, broken between words: whoever copies a command must get all of it. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<= )/)) {
    if (line !== '' && columnsOf((line + word).trimEnd()) > columns) {
      lines.push(line.trimEnd())
      line = '  '
    }
    line += word
  }
  return [...lines, fitted(line.trimEnd(), columns).trimEnd()]
}

const widthOf = (grapheme: string): number => (NO_WIDTH.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1)
