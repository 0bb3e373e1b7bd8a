import { numberText } from '../../../format/number.ts'

/** As every number, but what is absurdly large or small (words in the wrong order) is short: `9.2e+23 V`. */
export const roughText = (value: number, unit: string): string => {
  const size = Math.abs(value)
  return size >= 1e7 || (size > 0 && size < 1e-3) ? `${value.toExponential(1)} ${unit}` : numberText(value, unit)
}
