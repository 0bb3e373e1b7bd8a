import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { hallSchema } from '../config/hall-schema.ts'
import { ERROR_CODES } from '../domain/error-codes.ts'
import { QUANTITIES, type QuantityName } from '../domain/quantity.ts'
import { fieldPattern, withFieldTable } from './field-table.ts'
import { TAGS } from './line-protocol.ts'

const page = await readFile(new URL('../../docs/influxdb.md', import.meta.url), 'utf8')
const names = Object.keys(QUANTITIES) as QuantityName[]

test('docs/influxdb.md lists exactly the fields that are written', () => {
  expect(page === withFieldTable(page), 'gateway/docs/influxdb.md is stale: run `npm run generate`').toBe(true)
})

test('docs/influxdb.md explains every InfluxDB code', () => {
  const codes = Object.keys(ERROR_CODES).filter((code) => code.startsWith('HW_INFLUX_'))
  expect(codes.filter((code) => !page.includes(code))).toEqual([])
})

test('no two quantities share a field', () => {
  expect(new Set(names.map(fieldPattern)).size).toBe(names.length)
})

test('no field has the name of a tag or of the time', () => {
  const reserved = new Set<string>([...TAGS, 'time'])
  expect(names.map(fieldPattern).filter((field) => reserved.has(field))).toEqual([])
})

test('the settings shown in docs/influxdb.md are valid, and are the defaults', () => {
  const example = parse(/```yaml\n([\s\S]*?)```/.exec(page)![1]!)
  const influx = hallSchema.shape.influx.parse(example.influx)
  expect(influx).toEqual(hallSchema.shape.influx.parse({ url: example.influx.url }))
  expect(influx).toEqual(example.influx)
})
