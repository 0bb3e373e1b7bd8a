import type { TryAnswer } from '../http/setup-views.ts'
import type { ReadRow } from '../polling/read-once.ts'
import { plausibilityOf, type Range } from './plausible.ts'

type Plausible = TryAnswer['points'][number]['plausible']

/** Words that came and mean nothing are as telling as a wrong value; "not available" is the device's own word. */
export function plausibilityOfRow({ bad, value, words }: ReadRow, range: Range | null): Plausible {
  if (bad === undefined) return plausibilityOf(value, range)
  return words !== '' && bad !== 'not-available' ? 'no' : 'unknown'
}

/** How many points of a profile a device answered, and how many of the answers can be right. */
export function summaryOf(
  points: readonly { readonly words: { readonly length: number }; readonly plausible: Plausible }[],
): TryAnswer['summary'] {
  const count = (is: (point: (typeof points)[number]) => boolean) => points.filter(is).length
  return {
    points: points.length,
    answered: count(({ words }) => words.length > 0),
    plausible: count(({ plausible }) => plausible === 'yes'),
    implausible: count(({ plausible }) => plausible === 'no'),
  }
}

/** Whether the device is what the profile says. */
export function verdictOf(
  { points, answered, plausible, implausible }: TryAnswer['summary'],
  asked: readonly { readonly bad?: string | undefined; readonly exceptionCode?: number | undefined }[],
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
  if (implausible > 0 || answered < points)
    return { fits: 'partly', zh: '大部分合适，有几点要看', en: 'Mostly right; a few points need a look' }
  return { fits: 'yes', zh: '合适', en: 'It fits' }
}
