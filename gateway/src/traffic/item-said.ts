import type { Overheard } from '../dlt645/overhear.ts'
import { unanswered } from './modbus-frames.ts'

/** A question to a DL/T 645 meter and its answer in one line: address, control word, data identifier, length or error word. */
export function saidOfItem(heard: Overheard, ms: number | undefined): { zh: string; en: string } {
  const { meter, control, identifier, sequence, answer } = heard
  const item = identifier === undefined ? '' : ` ${identifier}${sequence > 0 ? ` #${sequence}` : ''}`
  const where = `${meter} · ${hex(control)}${item}`
  if (!answer) return unanswered(where, ms)
  // Behind a wildcard it tells who is there.
  const word = `${answer.meter === meter ? '' : `${answer.meter} `}${hex(answer.control)}`
  if (!answer.ok) {
    const error = hex(answer.errorWord)
    const reasons = (language: 'zh' | 'en', comma: string) => answer.reasons.map((one) => one[language]).join(comma)
    return {
      zh: `${where}：拒绝 ${word}，错误字 ${error} ${reasons('zh', '、')}`.trimEnd(),
      en: `${where}: refused ${word}, error word ${error} ${reasons('en', ', ')}`.trimEnd(),
    }
  }
  const { length } = answer.data
  const more = answer.moreFollows ? { zh: '，未完', en: ', more follows' } : { zh: '', en: '' }
  return {
    zh: `${where}：${word}，${length} 字节${more.zh}，${ms ?? 0} ms`,
    en: `${where}: ${word}, ${length} bytes${more.en}, ${ms ?? 0} ms`,
  }
}

/** As the standard writes it: 91H. */
const hex = (byte: number) => `${byte.toString(16).toUpperCase().padStart(2, '0')}H`
