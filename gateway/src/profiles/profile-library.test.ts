import * as files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createProfileLibrary } from './profiles.ts'

let folder = ''

beforeEach(async () => {
  folder = await files.mkdtemp(join(tmpdir(), 'profiles-'))
  await files.mkdir(join(folder, 'acme'))
})

afterEach(() => files.rm(folder, { recursive: true }))

const meter = (address: number) => `vendor: Acme
model: Meter
kind: meter
title: { zh: 电表, en: Meter }
source: [{ document: manual }]
modbus:
  registers:
    - { quantity: voltageL1, address: ${address}, type: uint16, scale: 0.1, unit: V }
`

const write = (name: string, text: string) => files.writeFile(join(folder, 'acme', name), text)

test('a broken profile is reported and hides none of the others', async () => {
  await write('good.yaml', meter(1))
  await write('bad.yaml', 'vendor: Acme\nmodle: Meter\n')
  await write('good.cases.yaml', '- not: a profile')
  const library = await createProfileLibrary(folder, files)
  expect(library.ids()).toEqual(['acme/good'])
  expect(library.get('acme/good')?.model).toBe('Meter')
  expect(library.get('acme/bad')).toBeUndefined()
  expect(library.problems().map(({ file }) => file)).toEqual([`${folder}/acme/bad.yaml`])
})

test('reloading names what is new, gone or different, and keeps the object of what stayed', async () => {
  await write('stays.yaml', meter(1))
  await write('changes.yaml', meter(1))
  await write('goes.yaml', meter(1))
  const library = await createProfileLibrary(folder, files)
  const stays = library.get('acme/stays')
  await write('changes.yaml', meter(2))
  await write('comes.yaml', meter(1))
  await files.rm(join(folder, 'acme', 'goes.yaml'))
  expect(await library.reload()).toEqual({ changed: ['acme/changes', 'acme/comes', 'acme/goes'] })
  expect(library.get('acme/stays')).toBe(stays)
  expect(library.get('acme/goes')).toBeUndefined()
  expect(await library.reload()).toEqual({ changed: [] })
})

test('a profile that breaks while the hall runs keeps its last valid state until it is repaired', async () => {
  await write('meter.yaml', meter(1))
  const library = await createProfileLibrary(folder, files)
  await write('meter.yaml', meter(70_000))
  expect(await library.reload()).toEqual({ changed: [] })
  expect(library.get('acme/meter')?.modbus?.registers[0]?.address).toBe(1)
  expect(library.problems()).toHaveLength(1)
  await write('meter.yaml', meter(7))
  expect(await library.reload()).toEqual({ changed: ['acme/meter'] })
  expect(library.get('acme/meter')?.modbus?.registers[0]?.address).toBe(7)
  expect(library.problems()).toEqual([])
})

test('a folder that is not there is a library without profiles, and says so', async () => {
  const library = await createProfileLibrary(join(folder, 'nowhere'), files)
  expect(library.ids()).toEqual([])
  expect(library.problems()[0]?.problems[0]?.message).toContain('Could not be read')
})
