const MOST = 3

/** A first action is one sentence; its parts are done one after the other, so they are shown one below the other. */
export function firstSteps(sentence: string): string[] {
  const parts = sentence
    .split(/\uff0c|,\s+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.length <= MOST ? parts : [...parts.slice(0, MOST - 1), parts.slice(MOST - 1).join(', ')]
}
