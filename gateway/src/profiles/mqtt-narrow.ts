import type { MqttMapping } from './profile-schema.ts'

/** Takes what stands at the pointer; gives the part of it that is the value, `undefined` when there is none. Never throws. */
export type Narrow = (raw: unknown) => unknown

/** No value of any kind: what was to be searched is something else, which is a wrong type and not an absence. */
export const WRONG = Symbol('wrong')

/** What is wrong with how a mapping narrows; undefined when it can be compiled. */
export function narrowProblem({ item, words, states, jsonata }: MqttMapping): string | undefined {
  if (jsonata !== undefined && (item || words))
    return 'Leave item and words out: the JSONata expression searches by itself.'
  if (!words) return undefined
  if (!states) return 'words needs states: which word means what, the one that counts most first.'
  return Object.keys(states).some((word) => /^\d+$/.test(word))
    ? 'words of digits only keep no order: no telling which counts most.'
    : undefined
}

/** Compiles `item` and `words` of a mapping; undefined when it has neither. */
export function compileNarrow({ item, words, states }: MqttMapping): Narrow | undefined {
  const find = item && compileItem(item)
  const pick = words ? compileWords(Object.keys(states ?? {})) : undefined
  return find && pick ? (raw) => pick(find(raw)) : (find ?? pick)
}

/** The first item of a list whose members say what they should. */
function compileItem({ where, member }: NonNullable<MqttMapping['item']>): Narrow {
  const wanted = Object.entries(where)
  return (raw) => {
    if (raw === undefined || raw === null) return raw
    if (!Array.isArray(raw)) return WRONG
    for (const item of raw) {
      if (wanted.every(([name, said]) => ownMember(item, name) === said)) return ownMember(item, member)
    }
    return undefined
  }
}

const ownMember = (item: unknown, name: string): unknown =>
  typeof item === 'object' && item !== null && Object.hasOwn(item, name)
    ? (item as Record<string, unknown>)[name]
    : undefined

/** The first of the listed words that is among those of a text. */
function compileWords(listed: readonly string[]): Narrow {
  return (raw) => (typeof raw === 'string' ? listed.find((word) => hasWord(raw, word)) : raw)
}

const SPACE = 0x20

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length
    if ((at === 0 || text.charCodeAt(at - 1) === SPACE) && (end === text.length || text.charCodeAt(end) === SPACE))
      return true
  }
  return false
}
