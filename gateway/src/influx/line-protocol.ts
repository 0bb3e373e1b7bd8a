import type { Frame, Series, Value } from '../domain/frame.ts'
import { influxField } from '../domain/quantity.ts'

/**
 * One frame as one line of line protocol, time in milliseconds; '' when it holds no good value.
 * Measurement: device kind, `device_status`, `gateway`, `alarm` or `work_order`. Tags: hall, zone, device, profile, code. Fields: one per quantity, numbers as
 * floats, states and text as strings.
 * @see gateway/docs/influxdb.md (the contract), InfluxDB line protocol reference (escaping)
 */
export function lineOf(series: Series, frame: Frame): string {
  let fields = ''
  for (const id in frame.values) {
    const text = fieldValue(frame.values[id]!)
    if (text === '') continue
    fields += fields === '' ? fieldKey(id) + text : `,${fieldKey(id)}${text}`
  }
  return fields === '' ? '' : `${seriesKey(series)} ${fields} ${Math.round(frame.at)}`
}

/** The measurement a series is written to. */
function measurementOf(series: Series): string {
  if (series.stream === 'reading') return series.kind
  return series.stream === 'status' ? 'device_status' : series.stream
}

/** Tags in the order in which InfluxDB sorts them, which saves it the sorting. */
export const TAGS = ['code', 'device', 'hall', 'profile', 'zone'] as const satisfies readonly (keyof Series)[]

function fieldValue(value: Value): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return `"${oneLine(value).replace(/["\\]/g, '\\$&')}"`
}

// The spool hands out one object per series and the vocabulary is small, so both keys are made once.
const seriesKeys = new WeakMap<Series, string>()
const fieldKeys = new Map<string, string>()
const MOST_FIELD_KEYS = 10_000

function seriesKey(series: Series): string {
  let key = seriesKeys.get(series)
  if (key === undefined) {
    key = tagText(measurementOf(series)).replace(/[, ]/g, '\\$&')
    for (const name of TAGS) {
      const value = tagText(series[name] ?? '')
      // An empty tag value is a syntax error; no tag means the same.
      if (value !== '') key += `,${name}=${value.replace(/[,= ]/g, '\\$&')}`
    }
    seriesKeys.set(series, key)
  }
  return key
}

function fieldKey(id: string): string {
  let key = fieldKeys.get(id)
  if (key === undefined) {
    if (fieldKeys.size >= MOST_FIELD_KEYS) fieldKeys.clear()
    key = `${tagText(influxField(id)).replace(/[,= ]/g, '\\$&')}=`
    fieldKeys.set(id, key)
  }
  return key
}

/** Line protocol has no escape for a control character or a closing backslash in a name; both would swallow what follows. */
const tagText = (text: string) => oneLine(text).replace(/\\+$/, '')

/** VictoriaMetrics and many proxies cut at every line break, even inside quotes; a NUL ends a string in some parsers. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f]/g, ' ')
