import { HallwattError } from '../domain/errors.ts'

/** A topic of a profile made concrete for one device. */
export interface TopicPattern {
  /** The MQTT topic filter it stands for. */
  readonly filter: string
  /** Does it name exactly one topic? */
  readonly exact: boolean
  /** Names of captures by level; empty for most. */
  readonly captures: readonly { readonly level: number; readonly name: string }[]
}

const PARAMETER = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/**
 * Fills `{names}` and reads `+name` levels: `zt200/{terminal}/part/+part` → `zt200/T07/part/+` with the capture `part` on level 3.
 * @throws HallwattError HW_INGEST_PROFILE when a parameter is missing, or a value would widen the filter beyond this device
 */
export function topicPattern(template: string, parameters: Readonly<Record<string, string>>): TopicPattern {
  const captures: { level: number; name: string }[] = []
  const levels = template.split('/').map((part, level) => {
    if (part.startsWith('+')) {
      if (part.length > 1) captures.push({ level, name: part.slice(1) })
      return '+'
    }
    return part.replaceAll(PARAMETER, (_, name: string) => parameterOf(name, parameters, template))
  })
  const filter = levels.join('/')
  const hash = filter.indexOf('#')
  if (hash >= 0 && (hash !== filter.length - 1 || (hash > 0 && filter[hash - 1] !== '/'))) {
    throw new HallwattError('HW_INGEST_PROFILE', `The topic ${template} may have # only as its last level.`)
  }
  if (filter === '' || filter === '+' || filter === '#' || Buffer.byteLength(filter) > 65_535) {
    throw new HallwattError('HW_INGEST_PROFILE', `The topic ${template} would take in every topic, or none.`)
  }
  // A parameter may hold slashes (Zigbee2MQTT names do), so captures are counted on the filled filter.
  const filled = captures.length === 0 ? captures : recount(template, parameters, captures)
  return { filter, exact: !/[+#]/.test(filter), captures: filled }
}

function parameterOf(name: string, parameters: Readonly<Record<string, string>>, template: string): string {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (value === undefined || value === '') {
    throw new HallwattError('HW_INGEST_PROFILE', `The topic ${template} needs a value for {${name}}.`)
  }
  if (/[+#\0]/.test(value)) {
    throw new HallwattError(
      'HW_INGEST_PROFILE',
      `{${name}} of the topic ${template} names one device: it has no + and no #.`,
    )
  }
  return value
}

function recount(
  template: string,
  parameters: Readonly<Record<string, string>>,
  captures: readonly { level: number; name: string }[],
): { level: number; name: string }[] {
  const parts = template.split('/')
  return captures.map(({ level, name }) => {
    const before = parts
      .slice(0, level)
      .map((part) => part.replaceAll(PARAMETER, (_, p: string) => parameters[p] ?? ''))
    return { level: before.join('/').split('/').length, name }
  })
}

/** Does the topic lie within the filter? [MQTT-4.7.1-2, 4.7.1-3]; a topic that begins with $ only by name [MQTT-4.7.2-1]. */
export function topicMatches(filter: string, topic: string): boolean {
  if (filter === topic) return true
  const want = filter.split('/')
  const have = topic.split('/')
  if (topic.startsWith('$') && (want[0] === '+' || want[0] === '#')) return false
  for (let i = 0; i < want.length; i++) {
    if (want[i] === '#') return true
    if (i >= have.length || (want[i] !== '+' && want[i] !== have[i])) return false
  }
  return want.length === have.length
}
