import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type InfluxdbServer, startInfluxdb } from '../../test/servers/influxdb.ts'
import type { Frame, Series, Value } from '../domain/frame.ts'
import { lineOf } from './line-protocol.ts'

const series: Series = {
  hall: 'demo',
  zone: 'lobby',
  device: 'meter-1',
  kind: 'meter',
  profile: 'eastron/sdm630',
  stream: 'reading',
}
const frame = (values: Record<string, Value>, at = 1_790_000_000_123): Frame => ({
  device: series.device,
  stream: 'reading',
  at,
  values,
})

test('a meter’s frame becomes one line with units in the field names', () => {
  expect(lineOf(series, frame({ activePower: -1500.5, activeEnergyImport: 12, socPercent: 80 }))).toBe(
    'meter,device=meter-1,hall=demo,profile=eastron/sdm630,zone=lobby active_power_w=-1500.5,active_energy_import_kwh=12,soc_percent=80 1790000000123',
  )
})

test('states and text become strings, booleans stay booleans', () => {
  expect(lineOf(series, frame({ evseState: 'C', switchedOn: true }))).toContain(' evse_state="C",switched_on=true ')
})

test('how the gateway sees a device goes to device_status, how it is itself to gateway, without empty tags', () => {
  expect(lineOf({ ...series, stream: 'status' }, frame({ online: false }))).toMatch(/^device_status,device=meter-1,/)
  const own: Series = { hall: 'demo', zone: '', device: 'gateway', kind: '', profile: '', stream: 'gateway' }
  expect(lineOf(own, frame({ readErrors: 3 }))).toBe('gateway,device=gateway,hall=demo read_errors=3 1790000000123')
})

test('an alarm is told apart by its fault code', () => {
  const alarm: Series = { ...series, stream: 'alarm', code: 'prn.paper_jam' }
  expect(lineOf(alarm, frame({ alarmActive: true }))).toMatch(
    /^alarm,code=prn.paper_jam,device=meter-1,.* alarm_active=true /,
  )
})

test('a frame without a good value gives no line', () => {
  expect(lineOf(series, frame({}))).toBe('')
})

test('what is not a number is left out, and nothing is made up for it', () => {
  expect(lineOf(series, frame({ activePower: Number.NaN, frequency: Number.POSITIVE_INFINITY }))).toBe('')
  expect(lineOf(series, frame({ activePower: Number.NaN, frequency: 50 }))).toContain(' frequency_hz=50 ')
})

test('text stays on one line', () => {
  expect(lineOf(series, frame({ evseState: 'a\r\nb' }))).toContain('evse_state="a  b"')
})

let influxdb: InfluxdbServer
beforeAll(async () => {
  influxdb = await startInfluxdb()
  await influxdb.createDatabase('fuzz')
})
afterAll(() => influxdb?.close())

test('whatever stands in names and values, InfluxDB reads back what was written', async () => {
  const nasty = fc.string({ unit: fc.constantFrom(...'a, =\\"\'#{}é中😀\n\t\r\0\u007f\\'), maxLength: 12 })
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
  let count = 0
  await fc.assert(
    fc.asyncProperty(fc.record({ zone: nasty, profile: nasty, text: nasty, number: finite }), async (input) => {
      // The device is our own name for the case, so that each is its own series.
      const device = `case-${++count}`
      const own = { ...series, device, zone: input.zone, profile: input.profile }
      const line = lineOf(own, frame({ evseState: input.text, activePower: input.number }))
      const answer = await fetch(`${influxdb.url}/write?db=fuzz&precision=ms`, { method: 'POST', body: line })
      expect([answer.status, await answer.text()]).toEqual([204, ''])
      const rows = await influxdb.query(`SELECT * FROM meter WHERE device = '${device}' GROUP BY *`, 'fuzz')
      // A tag that no series of the measurement has yet is not in the answer; it is empty all the same.
      expect(rows.map((row) => ({ zone: '', profile: '', ...row }))).toEqual([
        {
          time: 1_790_000_000_123,
          device,
          hall: 'demo',
          zone: asTag(input.zone),
          profile: asTag(input.profile),
          evse_state: oneLine(input.text),
          active_power_w: input.number + 0, // -0 has no sign in JSON
        },
      ])
    }),
    { numRuns: 150 },
  )
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: the documented rule, written a second time
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f]/g, ' ')
const asTag = (text: string) => oneLine(text).replace(/\\+$/, '')
