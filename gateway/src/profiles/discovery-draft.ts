import { stringify } from 'yaml'
import type { Unit } from '../domain/unit.ts'

/** What came of discovery messages: a profile to look over, and what could not be taken, each with its reason. */
export interface DiscoveryDraft {
  /** Undefined when nothing could be taken. */
  readonly profile: string | undefined
  readonly left: readonly { readonly entity: string; readonly why: string }[]
}

type Config = Record<string, unknown>

/** Short keys of the convention → long ones, as far as they are read here. */
const LONG: Readonly<Record<string, string>> = {
  avty_t: 'availability_topic',
  dev: 'device',
  dev_cla: 'device_class',
  mdl: 'model',
  mf: 'manufacturer',
  pl_avail: 'payload_available',
  pl_not_avail: 'payload_not_available',
  pl_off: 'payload_off',
  pl_on: 'payload_on',
  stat_off: 'state_off',
  stat_on: 'state_on',
  stat_t: 'state_topic',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
}

const QUANTITIES: Readonly<Record<string, string>> = {
  power: 'activePower',
  energy: 'activeEnergyImport',
  voltage: 'voltageL1',
  current: 'currentL1',
  frequency: 'frequency',
  power_factor: 'powerFactor',
  reactive_power: 'reactivePower',
  apparent_power: 'apparentPower',
  temperature: 'temperature.device',
  battery: 'socPercent',
}
const UNITS = ['W', 'kW', 'Wh', 'kWh', 'V', 'mV', 'A', 'mA', 'Hz', 'var', 'VA', '°C', '%'] as const satisfies Unit[]

interface Taken {
  readonly topic: string
  readonly payload: 'json' | 'text'
  readonly line: Readonly<Record<string, unknown>>
}

/**
 * Makes the draft of a profile of what a device announces by the Home Assistant convention (`homeassistant/<component>/…/config`).
 * Only plain templates are read, `{{ value_json.a.b }}` and the like: whatever computes is left to a person. Pure; never throws.
 * @param messages topic and payload of everything the device announced
 */
export function draftFromDiscovery(
  messages: readonly { readonly topic: string; readonly payload: string }[],
): DiscoveryDraft {
  const left: { entity: string; why: string }[] = []
  const taken: Taken[] = []
  const quantities = new Set<string>()
  const presence = new Map<string, { online: string; offline: string }>()
  let device: Config = {}
  for (const { topic, payload } of messages) {
    const [, component = ''] =
      /\/(sensor|binary_sensor|switch|number|select|button|climate|light)\/.*config$/.exec(topic) ?? []
    const config = configOf(payload)
    if (component === '' || !config) {
      if (payload.trim() !== '') left.push({ entity: topic, why: 'no announcement this can read' })
      continue
    }
    const one = takenFrom(component, config)
    if (typeof one === 'string') left.push({ entity: topic, why: one })
    else if (quantities.has(String(one.line.quantity)))
      left.push({ entity: topic, why: `${one.line.quantity} is taken by another entity already: give it a qualifier` })
    else {
      quantities.add(String(one.line.quantity))
      taken.push(one)
    }
    if (isConfig(config.device)) device = longKeys(config.device)
    const { availability_topic, payload_available = 'online', payload_not_available = 'offline' } = config
    if (typeof availability_topic === 'string')
      presence.set(availability_topic, { online: String(payload_available), offline: String(payload_not_available) })
  }
  return { profile: taken.length === 0 ? undefined : textOf(device, taken, presence), left }
}

const isConfig = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const longKeys = (config: Config): Config =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [LONG[key] ?? key, value]))

/** With long keys, and the base topic put where `~` stands. */
function configOf(payload: string): Config | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(payload)
  } catch {
    return undefined
  }
  if (!isConfig(parsed)) return undefined
  const base = typeof parsed['~'] === 'string' ? parsed['~'] : ''
  const based = (value: unknown) => (typeof value === 'string' ? value.replace(/^~/, base).replace(/~$/, base) : value)
  return Object.fromEntries(
    Object.entries(longKeys(parsed)).map(([key, value]) => [key, key.endsWith('_topic') ? based(value) : value]),
  )
}

/** The line of the profile, or why there is none. */
function takenFrom(component: string, config: Config): Taken | string {
  const { state_topic: topic } = config
  if (typeof topic !== 'string' || topic === '') return 'it has no state topic'
  const place = pointerOf(config.value_template)
  if (place === undefined) return `its template computes: ${String(config.value_template)}`
  const where = place === '' ? {} : { pointer: place }
  const payload = place === '' ? 'text' : 'json'
  if (component === 'switch') {
    const [on, off] = [config.state_on ?? config.payload_on ?? 'ON', config.state_off ?? config.payload_off ?? 'OFF']
    const states = { [String(on)]: true, [String(off)]: false }
    return { topic, payload, line: { quantity: 'switchedOn', ...where, states } }
  }
  const quantity = component === 'sensor' ? QUANTITIES[String(config.device_class)] : undefined
  if (quantity === undefined)
    return `${component} of class ${String(config.device_class ?? 'none')} has no quantity here`
  const unit = config.unit_of_measurement
  if (quantity === 'powerFactor') {
    const scale = unit === '%' ? { scale: 0.01 } : {}
    return { topic, payload, line: { quantity, ...where, ...scale, min: -1, max: 1 } }
  }
  if (!UNITS.some((known) => known === unit)) return `its unit ${JSON.stringify(unit)} is not known here`
  return { topic, payload, line: { quantity, ...where, unit } }
}

/** The JSON Pointer a plain template stands for, '' for the payload as a whole; undefined when it computes. */
function pointerOf(template: unknown): string | undefined {
  if (template === undefined) return ''
  const inside = /^\s*\{\{\s*(.*?)\s*\}\}\s*$/.exec(String(template))?.[1]
  if (inside === 'value') return ''
  const path = /^value_json((?:\.\w+|\[(?:'[^']+'|"[^"]+"|\d+)\])+)$/.exec(inside ?? '')?.[1]
  if (path === undefined) return undefined
  const steps = [...path.matchAll(/\.(\w+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\]/g)].map(
    ([, name, single, double, index]) => name ?? single ?? double ?? index ?? '',
  )
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function textOf(
  device: Config,
  taken: readonly Taken[],
  presence: ReadonlyMap<string, { online: string; offline: string }>,
): string {
  const base = commonBase([...taken.map(({ topic }) => topic), ...presence.keys()])
  const withBase = (topic: string) => (base === '' ? topic : topic.replace(base, '{base}'))
  const rules = new Map<string, { topic: string; payload: string; values: Taken['line'][] }>()
  for (const { topic, payload, line } of taken) {
    const rule = rules.get(`${payload} ${topic}`) ?? { topic: withBase(topic), payload, values: [] }
    rules.set(`${payload} ${topic}`, rule)
    rule.values.push(line)
  }
  const model = String(device.model ?? 'Unnamed')
  const vendor = String(device.manufacturer ?? 'Unknown')
  const has = (quantity: string) => taken.some(({ line }) => line.quantity === quantity)
  const document = {
    vendor,
    model,
    kind: has('switchedOn') ? 'plug' : has('activePower') || has('activeEnergyImport') ? 'meter' : 'env',
    title: { zh: `${vendor} ${model}`, en: `${vendor} ${model}` },
    level: 'draft',
    source: [{ document: 'What the device announced by the Home Assistant convention' }],
    mqtt: {
      ...(base !== '' && { parameters: { base: { default: base, note: 'Of the device that announced itself.' } } }),
      messages: [
        ...[...rules.values()].map((rule) => ({
          topic: rule.topic,
          payload: rule.payload,
          partial: true,
          values: rule.values,
        })),
        ...[...presence].map(([topic, words]) => ({ topic: withBase(topic), payload: 'text', presence: words })),
      ],
    },
  }
  return `# yaml-language-server: $schema=../profile.schema.json\n${stringify(document, { lineWidth: 0 })}`
}

/** The levels all topics begin with; '' when that is none, or one of the topics as a whole. */
function commonBase(topics: readonly string[]): string {
  const [first = [], ...rest] = topics.map((topic) => topic.split('/'))
  let levels = first.length
  for (const other of rest) {
    let same = 0
    while (same < levels && other[same] === first[same]) same++
    levels = same
  }
  return first.slice(0, Math.min(levels, first.length - 1)).join('/')
}
