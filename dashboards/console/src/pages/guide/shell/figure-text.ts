import { named } from '../../../words/language.ts'
import { shownFigure } from '../../screen/figure-text.ts'
import { guideWords as t } from '../guide-words.ts'

const THIN = '\u2009'

/** A figure or a setting as one text, as the big screen rounds it: `99 Wh`, `3:08`, `20:00`. */
export function figureText(value: number | null | undefined, unit: string, digits?: number): string {
  if (unit === 'hour-of-day' && typeof value === 'number') return t('unitHour', { h: value })
  const shown = shownFigure(value, unit, digits)
  const name = named(shown.unit)
  return name === '' ? shown.digits : `${shown.digits}${THIN}${name}`
}
