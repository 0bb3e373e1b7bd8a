import { numberText } from '../../../format/number.ts'

const STEPS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `2 GiB`; one decimal below 10, none above. */
export function bytesText(bytes: number): string {
  let size = bytes
  let step = 0
  while (size >= 1024 && step < STEPS.length - 1) {
    size /= 1024
    step += 1
  }
  return numberText(size < 10 ? Math.round(size * 10) / 10 : Math.round(size), STEPS[step] ?? 'B')
}
