import { didYouMean } from '../documents/documents.ts'
import { isRecord, type Loose, type LooseItem, type Report, textOf } from './loose.ts'

/** Names of SunSpec models: every one that is used must be declared, and one that is declared must be used. */
export function checkModels(modbus: Loose, registers: readonly LooseItem[], report: Report): void {
  const { sunspec } = modbus
  const models = isRecord(sunspec) && isRecord(sunspec.models) ? Object.keys(sunspec.models) : []
  const used = new Set<string>()
  for (const { item, path } of registers) {
    const model = textOf(item.model)
    if (model === undefined) continue
    used.add(model)
    if (!models.includes(model)) {
      const hint = didYouMean(model, models)
      report([...path, 'model'], `"${model}" is not in modbus.sunspec.models.${hint}`)
    }
    if ((textOf(item.table) ?? textOf(modbus.table) ?? 'holding') !== 'holding')
      report([...path, 'table'], 'SunSpec models stand in holding registers: remove "table".')
    if (item.ratioRegisters !== undefined)
      report([...path, 'ratioRegisters'], 'A SunSpec point has a scale factor and no ratios: use "scaleRegister".')
  }
  if (!isRecord(sunspec)) return
  for (const name of models)
    if (!used.has(name))
      report(['modbus', 'sunspec', 'models', name], `No register stands in "${name}": remove it, or use it.`)
  const needs = Array.isArray(sunspec.needs) ? sunspec.needs : []
  needs.forEach((name, i) => {
    if (typeof name !== 'string' || models.includes(name)) return
    report(['modbus', 'sunspec', 'needs', i], `"${name}" is not in models.${didYouMean(name, models)}`)
  })
}
