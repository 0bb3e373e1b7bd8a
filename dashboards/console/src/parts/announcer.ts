import { ref } from 'vue'

/** Polite counts are spoken at most this often. */
const POLITE_EVERY_MS = 10_000

export const urgent = ref('')
export const polite = ref('')
let lastPoliteAt = 0

/** Read aloud at once: a new P1. */
export const announceUrgent = (text: string): void => {
  urgent.value = text
}

/** Read aloud when there is a pause; of several within ten seconds the first. */
export function announce(text: string): void {
  const now = performance.now()
  if (polite.value !== '' && now - lastPoliteAt < POLITE_EVERY_MS) return
  lastPoliteAt = now
  polite.value = text
}
