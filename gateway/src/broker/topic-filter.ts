/**
 * Topic names and topic filters as MQTT 3.1.1 §4.7 has them. A topic that starts with `$` is met only by a filter that
 * starts with the same word, never by a leading wildcard [MQTT-4.7.2-1].
 */

/** More levels than this are refused; our own contract has at most seven. */
export const MAX_TOPIC_LEVELS = 32

/** U+FFFD is what the parser makes of bytes that are not UTF-8, so a name that holds it cannot be told from a broken one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is exactly what [MQTT-4.7.3-2] forbids
const BROKEN_TEXT = /[\u0000\uFFFD]/

/** True for text a client may use as a name: well-formed UTF-8 without NUL [MQTT-1.5.3-1, MQTT-1.5.3-2]. */
export const isCleanText = (text: string) => !BROKEN_TEXT.test(text)

/** True for a topic a message can be published on: not empty, no wildcard, no NUL, UTF-8, at most 32 levels. */
export const isTopic = (topic: string) =>
  topic.length > 0 && !/[+#]/.test(topic) && isCleanText(topic) && topic.split('/').length <= MAX_TOPIC_LEVELS

/** True for a well-formed topic filter: `+` fills a whole level, `#` a whole last level [MQTT-4.7.1-2, MQTT-4.7.1-3]. */
export function isTopicFilter(filter: string): boolean {
  if (filter.length === 0 || !isCleanText(filter)) return false
  const levels = filter.split('/')
  if (levels.length > MAX_TOPIC_LEVELS) return false
  return levels.every((level, i) => {
    if (level.includes('#')) return level === '#' && i === levels.length - 1
    return !level.includes('+') || level === '+'
  })
}

/** True when the filter meets the topic. `sport/#` meets `sport` too [MQTT-4.7.1-2]. */
export function filterMeetsTopic(filter: string, topic: string): boolean {
  if (filter === topic) return true
  return covers(filter.split('/'), topic.split('/'))
}

/**
 * True when every topic the asked filter can meet is met by the granted one: `a/#` covers `a/+/b`, `a/+` does not cover `a/#`.
 */
export function filterCovers(granted: string, asked: string): boolean {
  return covers(granted.split('/'), asked.split('/'))
}

function covers(granted: readonly string[], asked: readonly string[]): boolean {
  const first = granted[0]
  if (asked[0]?.startsWith('$') && first !== asked[0]) return false
  for (let i = 0; i < granted.length; i++) {
    const wanted = granted[i]
    if (wanted === '#') return true
    const level = asked[i]
    if (level === undefined || level === '#') return false
    if (wanted !== '+' && wanted !== level) return false
  }
  return asked.length === granted.length
}
