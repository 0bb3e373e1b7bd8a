import type { Happening } from './experience/thing.ts'

/**
 * Reads one line a person types: `unplug 3 on hunt`, `ride on pedal`, `press test on strip`. The stand comes last; a number is how much.
 */
export function parseHappening(
  line: string,
  happenings: ReadonlyMap<string, Happening>,
):
  | { readonly ok: true; readonly happening: Happening; readonly n?: number }
  | { readonly ok: false; readonly message: string } {
  const words = line
    .trim()
    .toLowerCase()
    .split(/[\s_-]+/)
  const numbers = words.filter((word) => /^\d+(\.\d+)?$/.test(word))
  const stand = words.at(-1) ?? ''
  const verb = words.slice(0, -1).filter((word) => word !== 'on' && word !== 'the' && !numbers.includes(word))
  const happening = happenings.get(`${verb.join('_')} ${stand}`)
  if (happening) return { ok: true, happening, ...(numbers[0] !== undefined && { n: Number(numbers[0]) }) }
  const known = [...happenings.keys()].map((one) => one.replace(' ', ' on '))
  return { ok: false, message: `Nobody can do "${line.trim()}" here. Possible: ${known.join(', ') || 'nothing'}.` }
}
