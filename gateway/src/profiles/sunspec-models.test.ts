import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseProfile } from './profiles.ts'
import { parseModels, pointAt } from './sunspec-models.ts'
import { SunSpecWalk, walkSunSpec } from './sunspec-walk.ts'

const folder = fileURLToPath(new URL('../../../device-profiles/sunspec/', import.meta.url))
const models = parseModels(readFileSync(`${folder}models.json`, 'utf8'))

test('the information models of inverters, meters and batteries are known by name', () => {
  expect(models.size).toBe(18)
  expect(models.get(203)).toMatchObject({ zh: '三相星形电表', length: 105 })
})

const lines = ['inverter', 'meter', 'storage'].flatMap((name) => {
  const { modbus } = parseProfile(name, readFileSync(`${folder}${name}.yaml`, 'utf8'))
  const registers = [
    ...(modbus?.registers ?? []),
    ...Object.values(modbus?.variants ?? {}).flatMap((group) => group.registers),
  ]
  return registers.flatMap((register) =>
    (modbus?.sunspec?.models[register.model ?? ''] ?? []).map((id) => ({
      id,
      register,
      name: `${name}: ${register.quantity} in model ${id}`,
    })),
  )
})

describe('a line of a SunSpec profile stands where its model has the point', () => {
  test('there are lines to look at', () => {
    expect(lines.length).toBeGreaterThan(150)
  })

  test.each(lines)('$name', ({ id, register }) => {
    const found = pointAt(models, id, register)
    expect(found?.point.type).toBe(register.type)
    expect(found?.point.words).toBe(register.words)
    expect(found?.scaleOffset).toBe(register.scaleRegister)
    if (found?.point.accumulator) expect(register.missing).toEqual([0])
  })
})

test('a chain that never ends is given up', () => {
  const walk = new SunSpecWalk([0])
  let requests = 0
  for (let { request } = walk; request; { request } = walk) {
    requests++
    walk.done(request.address === 0 ? [0x5375, 0x6e53] : [64_000, 0])
  }
  expect(requests).toBe(61)
  expect(walk.map?.models).toHaveLength(60)
})

test('a model that reaches beyond the last register ends the chain', () => {
  const walk = new SunSpecWalk([40_000])
  walk.done([0x5375, 0x6e53])
  walk.done([1, 65_535])
  expect(walk.request).toBeUndefined()
  expect(walk.map?.models).toEqual([{ id: 1, address: 40_002, length: 65_535 }])
})

test('the marker is looked for everywhere, once, when nothing comes', async () => {
  const asked: number[] = []
  const silentBut = (base: number) => async (request: { address: number }) => {
    asked.push(request.address)
    if (request.address === base) return [0x5375, 0x6e53]
    return request.address === base + 2 ? [0xffff, 0] : 'silent'
  }
  expect(await walkSunSpec(silentBut(50_000))).toEqual({ base: 50_000, models: [] })
  expect(asked.splice(0)).toEqual([40_000, 0, 50_000, 50_002])
  expect(await walkSunSpec(silentBut(-1))).toBe('silent')
  expect(asked).toEqual([40_000, 0, 50_000])
})

test('a device that falls silent on the way has no map, not half of one', async () => {
  const answers = [[0x5375, 0x6e53], [1, 66], 'silent'] as const
  let asked = 0
  expect(await walkSunSpec(async () => answers[asked++])).toBe('silent')
  expect(await walkSunSpec(async () => undefined)).toBeUndefined()
})
