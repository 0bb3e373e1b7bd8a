const encoder = new TextEncoder()

export const byteLength = (text: string): number => encoder.encode(text).length

/** The longest beginning of `text` that fits into `maxBytes` of UTF-8. Never cuts what a reader takes for one character. */
export function cutBytes(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text
  let end = 0
  let bytes = 0
  for (const { segment, index } of new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(text)) {
    bytes += byteLength(segment)
    if (bytes > maxBytes) break
    end = index + segment.length
  }
  return text.slice(0, end)
}

/**
 * As many whole lines as fit; when some are left over, a last line says how many. A first line that is too long by itself is cut.
 * @param more  the last line for so many left-over lines; counted in
 */
export function fitLines(lines: readonly string[], maxBytes: number, more: (left: number) => string): string[] {
  const fitted: string[] = []
  let bytes = 0
  for (const [index, line] of lines.entries()) {
    const left = lines.length - index - 1
    const reserve = left > 0 ? byteLength(more(left)) + 1 : 0
    const size = byteLength(line) + 1
    if (bytes + size + reserve > maxBytes) {
      if (index === 0) return [cutBytes(line, maxBytes - reserve - 1), ...(left > 0 ? [more(left)] : [])]
      return [...fitted, more(lines.length - index)]
    }
    fitted.push(line)
    bytes += size
  }
  return fitted
}
