import type { Bilingual, FigureView } from './screen-view.ts'
import { said } from './screen-words.ts'

/** Where the figures of a run come from, in a few words a passer-by understands: meters, factor, prices, other facts. */
export function sourcesOf(figures: readonly FigureView[]): readonly Bilingual[] {
  const marks = new Set(figures.flatMap((figure) => figure.marks))
  const facts = [...new Set(figures.flatMap((figure) => figure.facts))]
  const grid = facts.find((id) => id.startsWith('ef.grid'))
  const hasTariff = facts.some(
    (id) => /(?:^|-)(?:tou|tariff|household|business|tier)/.test(id) || id.startsWith('tariff'),
  )
  const others = facts.filter(
    (id) => id !== grid && !id.startsWith('ef.grid') && !/tou|tariff|household|business|tier/.test(id),
  )
  return [
    ...(marks.has('live') ? [said('sourceLive')] : []),
    ...(marks.has('replay') ? [said('sourceReplay')] : []),
    ...(marks.has('simulated') && marks.size === 1 ? [said('sourceSimulated')] : []),
    ...(grid ? [said('sourceGrid', { year: /\d{4}$/.exec(grid)?.[0] ?? '' })] : []),
    ...(hasTariff ? [said('sourceTariff')] : []),
    ...(others.length > 0 ? [said('sourceFacts')] : []),
  ]
}
