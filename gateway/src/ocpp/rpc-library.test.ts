import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { loadRpcLibrary, loadSchemas16 } from './rpc-library.ts'

const { cache } = createRequire(import.meta.url)
const schemas = () => Object.keys(cache).filter((file) => /ocpp-rpc.*schemas.*\.json$/.test(file))

test('a hall with charge points carries the schemas of the version it speaks and of no other', () => {
  expect(loadRpcLibrary().RPCServer).toBeTypeOf('function')
  expect(loadSchemas16().validate('urn:Heartbeat.req', {})).toBe(true)
  expect(schemas().map((file) => file.replace(/.*\//, ''))).toEqual(['ocpp1_6.json'])
})
