import { didYouMean } from '../documents/documents.ts'
import { quantityOf } from '../domain/quantity.ts'
import { isRecord, itemsOf, type Loose, type Report, textOf } from './loose.ts'
import { canonicalOf } from './ocpp-units.ts'
import { OCPP_LOCATIONS, OCPP_MEASURANDS, OCPP_PHASES } from './ocpp-words.ts'
import { checkBounds, checkQuantity } from './register-checks.ts'

type Path = readonly PropertyKey[]

/** What the schema cannot say of the OCPP part of a profile. */
export function checkOcpp(ocpp: Loose, report: Report): void {
  for (const { item, path } of itemsOf(ocpp.status, ['ocpp', 'status'])) checkValues(item, path, statesOf(item), report)
  const errors = isRecord(ocpp.errors) ? ocpp.errors : {}
  for (const [code, rule] of Object.entries(errors)) {
    if (!isRecord(rule)) continue
    const { value = true, well = false } = rule
    checkValues(rule, ['ocpp', 'errors', code], { value, well }, report)
  }
  for (const { item, path } of itemsOf(ocpp.meterValues, ['ocpp', 'meterValues'])) checkSample(item, path, report)
  for (const [key, unit] of [
    ['sessionEnergy', 'kWh'],
    ['limit', 'A'],
  ] as const)
    checkMeasured(ocpp[key], ['ocpp', key], unit, report)
  for (const quantity of isRecord(ocpp.boot) ? Object.keys(ocpp.boot) : [])
    checkQuantity({ quantity }, ['ocpp', 'boot', quantity], report)
}

const statesOf = (line: Loose): Loose => (isRecord(line.states) ? line.states : {})

/** Every value a line may give fits its quantity. */
function checkValues(line: Loose, path: Path, values: Loose, report: Report): void {
  const definition = checkQuantity(line, path, report)
  if (!definition) return
  for (const [said, value] of Object.entries(values)) {
    if (value === null) continue
    const fits =
      definition.type === 'state'
        ? definition.states?.includes(String(value))
        : typeof value === { number: 'number', boolean: 'boolean', text: 'string' }[definition.type]
    if (!fits) report(path, `${said}: ${JSON.stringify(value)} is no value of ${line.quantity}.`)
  }
}

function checkSample(line: Loose, path: Path, report: Report): void {
  const definition = checkQuantity(line, path, report)
  checkBounds(line, path, report)
  checkWords(line.phase, [...path, 'phase'], OCPP_PHASES, report)
  checkWords(line.location, [...path, 'location'], OCPP_LOCATIONS, report)
  const measurand = textOf(line.measurand)
  if (measurand === undefined) return
  const known = Object.hasOwn(OCPP_MEASURANDS, measurand) ? OCPP_MEASURANDS[measurand] : undefined
  if (known === undefined) {
    const hint = didYouMean(measurand, Object.keys(OCPP_MEASURANDS))
    report([...path, 'measurand'], `"${measurand}" is no measurand of OCPP 1.6.${hint}`)
    return
  }
  const unit = textOf(line.unit) ?? known
  const canonical = canonicalOf(unit)
  if (canonical === undefined) report([...path, 'unit'], `"${unit}" is no unit of OCPP 1.6.`)
  else if (definition && definition.unit !== canonical && !isPlain(definition, canonical))
    report(path, `${measurand} is in ${canonical || 'no unit'}, ${line.quantity} in ${definition.unit || 'no unit'}.`)
}

/** A count or a ratio has no unit on either side. */
const isPlain = ({ type, unit }: { type: string; unit: string }, canonical: string) =>
  type === 'number' && unit === '' && canonical === ''

function checkWords(written: unknown, path: Path, known: readonly string[], report: Report): void {
  for (const one of [written ?? []].flat())
    if (typeof one === 'string' && !known.includes(one))
      report(path, `"${one}" is not one of ${known.map((word) => word || '""').join(', ')}.`)
}

function checkMeasured(id: unknown, path: Path, unit: string, report: Report): void {
  const quantity = textOf(id)
  if (quantity === undefined) return
  if (checkQuantity({ quantity }, path, report) && quantityOf(quantity)?.unit !== unit)
    report(path, `${quantity} is not in ${unit}.`)
}
