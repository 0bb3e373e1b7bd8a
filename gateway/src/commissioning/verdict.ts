import type { TryAnswer } from '../http/setup-views.ts'
import type { ReadRow } from '../polling/read-once.ts'
import { type PolledProfile, writtenLines } from '../profiles/polled.ts'
import { probeFits } from '../profiles/probe-fits.ts'
import { plausibilityOf, type Range, rangeOf } from './plausible.ts'

/** One point of a profile as a device answered it, and whether that can be right. */
export interface JudgedRow extends ReadRow {
  readonly type: string
  readonly range: Range | null
  readonly plausible: TryAnswer['points'][number]['plausible']
  /** Not every device of the profile has it, and this one refuses it: that says nothing. */
  readonly isSpare: boolean
}

/** What a device answered once, held against its profile. */
export interface Judgement extends Pick<TryAnswer, 'summary' | 'verdict'> {
  readonly points: readonly JudgedRow[]
}

/** @param profile with wire addresses, as the rows were read by */
export function judge(rows: readonly ReadRow[], profile: PolledProfile, variant: string | undefined): Judgement {
  const lines = writtenLines(profile, variant)
  const points = rows.map((row, i): JudgedRow => {
    const { type = '', optional = false, ...own } = lines[i] ?? {}
    const range = rangeOf(row.quantity, own)
    const isSpare = optional && row.bad === 'exception'
    return { ...row, type, range, plausible: plausibilityOfRow(row, range), isSpare }
  })
  const count = (is: (point: JudgedRow) => boolean) => points.filter(is).length
  const summary = {
    points: count(({ isSpare }) => !isSpare),
    answered: count(({ words }) => words !== ''),
    plausible: count(({ plausible }) => plausible === 'yes'),
    implausible: count(({ plausible }) => plausible === 'no'),
  }
  const verdict = misfit(points, profile.probe) ?? verdictOf(summary, points)
  return { points, summary, verdict }
}

/** Words that came and mean nothing are as telling as a wrong value; "not available" is the device's own word. */
function plausibilityOfRow({ bad, value, words }: ReadRow, range: Range | null): JudgedRow['plausible'] {
  if (bad === undefined) return plausibilityOf(value, range)
  return words !== '' && bad !== 'not-available' ? 'no' : 'unknown'
}

/** What the hall looks at first: with this value it takes none of the others. */
function misfit(points: readonly JudgedRow[], probe: PolledProfile['probe']): TryAnswer['verdict'] | undefined {
  const point = probe && points.find(({ quantity, words }) => quantity === probe.quantity && words !== '')
  if (!point || probeFits(probe, point.value ?? { bad: point.bad ?? 'not-available' })) return undefined
  const shows = `${point.quantity} = ${point.value ?? point.bad}`
  return {
    fits: 'no',
    zh: `不是这个档案的设备（${shows}）：换档案、变体或单元号`,
    en: `Not a device of this profile (${shows}): try another profile, variant or unit id`,
  }
}

function verdictOf(
  { points, answered, plausible, implausible }: TryAnswer['summary'],
  asked: readonly JudgedRow[],
): TryAnswer['verdict'] {
  if (answered === 0 && asked.some(({ bad }) => bad === 'link-down'))
    return {
      fits: 'silent',
      zh: '连不上：检查地址、端口和网线',
      en: 'No connection: check address, port and cable',
    }
  // 10 and 11: a gateway says that nobody is there.
  if (answered === 0 && asked.some(({ exceptionCode = 10 }) => exceptionCode < 10))
    return {
      fits: 'no',
      zh: '有设备应答，但拒绝了每个量：换档案、变体或单元号',
      en: 'It answers, but refuses everything: try another profile, variant or unit id',
    }
  if (answered === 0)
    return { fits: 'silent', zh: '没有读到任何值：检查单元号和接线', en: 'Nothing was read: check unit id and cable' }
  if (implausible > plausible)
    return {
      fits: 'no',
      zh: '多数值不合理：换档案、变体或字序',
      en: 'Most values cannot be right: try another profile, variant or word order',
    }
  // An inverter at night, or a device of states only.
  if (plausible === 0 && implausible === 0)
    return {
      fits: 'partly',
      zh: '有应答，但没有能核对的值：和设备显示对照，或等它工作时再读',
      en: 'It answers, with nothing that could be checked: compare with its display, or read again while it works',
    }
  if (implausible > 0 || answered < points)
    return { fits: 'partly', zh: '大部分合适，有几点要看', en: 'Mostly right; a few points need a look' }
  return { fits: 'yes', zh: '合适', en: 'It fits' }
}
