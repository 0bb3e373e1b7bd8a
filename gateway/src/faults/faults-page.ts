import { CAPABILITIES } from '../domain/capability.ts'
import { FAULT_CODES, type FaultCode } from '../domain/fault-codes.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import { PARTS, partWord } from '../domain/part-states.ts'
import { PRIORITIES } from '../domain/priority.ts'
import { DEFAULT_RULES } from './default-rules.ts'

const codes = Object.keys(FAULT_CODES) as FaultCode[]

/** Brings the table between `<!-- table: faults -->` and `<!-- /table -->` of gateway/docs/faults.md up to the vocabulary. */
export const renderFaultsPage = (page: string): string =>
  page.replace(
    /(<!-- table: faults -->\n)[\s\S]*?(<!-- \/table -->)/,
    (_whole, begin: string, end: string) => `${begin}${table()}\n${end}`,
  )

function table(): string {
  const rows = codes.map((code, i) => {
    const { zh, en } = FAULT_CODES[code]
    const { priority, latched, impact, firstAction, sparePart, loses } = faultFacts(code)
    const cells = [
      String(i + 1),
      `\`${code}\` ${zh} / ${en}`,
      `${priority} ${PRIORITIES[priority].zh}${latched ? ' 锁定' : ''}`,
      `${impact.zh} / ${impact.en}`,
      `${firstAction.zh} / ${firstAction.en}`,
      sparePart ? `${sparePart.zh} / ${sparePart.en}` : '—',
      loses.map((capability) => CAPABILITIES[capability].zh).join('、') || '—',
      foundBy(code) || '—',
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head =
    '| # | Fault 故障 | Priority 优先级 | Customer 客户 | First action 第一步 | Bring 备件 | Lost 失去的功能 | Found by 依据 |'
  return [head, '|---|---|---|---|---|---|---|---|', ...rows].join('\n')
}

/** Words of parts, then kinds of rules. */
function foundBy(code: FaultCode): string {
  const words = Object.entries(PARTS).flatMap(([name, part]) => {
    const quantity = 'qualifier' in part ? `${name}.any` : name
    return Object.keys(part.words)
      .filter((word) => partWord(quantity, word)?.fault === code)
      .map((word) => `\`${name} = ${word}\``)
  })
  const rules = Object.values(DEFAULT_RULES)
    .flat()
    .filter((rule) => rule.code === code)
    .map((rule) => `${rule.type} ${('quantity' in rule && rule.quantity) || 'device'}`)
  return [...words, ...new Set(rules)].join(', ')
}
