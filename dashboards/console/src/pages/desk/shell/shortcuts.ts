import { onMounted, onUnmounted, ref } from 'vue'
import { kept } from '../../../session/kept.ts'

/** `?`, `g o`, `Escape` and what they do. */
export type Keys = Readonly<Record<string, () => void>>

/** A second key belongs to the first one only within this time. */
const TOGETHER_MS = 1_500

export const shortcutsOn = ref(kept.get('shortcutsOff') !== 'yes')
export function switchShortcuts(on: boolean): void {
  shortcutsOn.value = on
  kept.set('shortcutsOff', on ? null : 'yes')
}

const layers: Keys[] = []
let first: { key: string; at: number } | undefined

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

function take(event: KeyboardEvent): void {
  if (!shortcutsOn.value || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return
  const before = first && performance.now() - first.at < TOGETHER_MS ? `${first.key} ` : ''
  first = undefined
  const act = find(`${before}${event.key}`) ?? find(event.key)
  if (act) {
    event.preventDefault()
    act()
  } else if (layers.some((keys) => Object.keys(keys).some((name) => name.startsWith(`${event.key} `)))) {
    first = { key: event.key, at: performance.now() }
  }
}

/** The page over the layout, the layout over nothing. */
const find = (name: string): (() => void) | undefined =>
  [...layers].reverse().find((keys) => keys[name] !== undefined)?.[name]

/** Keys that work while this part of the page stands. */
export function useShortcuts(keys: Keys): void {
  onMounted(() => {
    if (layers.length === 0) document.addEventListener('keydown', take)
    layers.push(keys)
  })
  onUnmounted(() => {
    layers.splice(layers.indexOf(keys), 1)
    if (layers.length === 0) document.removeEventListener('keydown', take)
  })
}
