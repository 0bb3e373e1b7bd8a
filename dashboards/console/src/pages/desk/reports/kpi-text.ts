import type { Shape } from '../../../api/client.ts'
import { numberText } from '../../../format/number.ts'
import { durationText } from '../../../format/time.ts'
import { hall } from '../../../live/hall.ts'
import { kindName } from '../../../live/vocabulary.ts'
import { reportsWords as t } from './reports-words.ts'

type Kpi = Shape<'Kpi'>

const WORDS = [
  'detect',
  'acknowledge',
  'arrive',
  'fix',
  'verify',
  'toSite',
  'toRepair',
  'telemetry',
  'qr',
  'counter',
  'preventive',
  'parts',
  'vendor',
  'other',
] as const

/** What a figure is of, in words. */
export function kpiSubject({ by }: Pick<Kpi, 'by'>): string {
  if (by === '') return t('whole')
  const [sort, id = ''] = by.split(':', 2)
  if (sort === 'device') return hall.device(id)?.name ?? id
  if (sort === 'kind') return kindName(id)
  const word = WORDS.find((each) => each === by)
  return word ? t(word) : by
}

/** Times as lengths of time; what cannot be computed is a dash, never 0. */
export function kpiValue({ value, unit }: Pick<Kpi, 'value' | 'unit'>): string {
  if (value === null) return t('none')
  if (unit === 's') return value < 1 && value > 0 ? numberText(value, 's') : durationText(value * 1000)
  if (unit === 'min') return durationText(value * 60_000)
  return numberText(unit === '%' ? Math.round(value * 10) / 10 : value, unit)
}
