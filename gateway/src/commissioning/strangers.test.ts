import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createProfileLibrary } from '../profiles/profiles.ts'
import { createStrangers } from './strangers.ts'
import { shapesOf } from './topic-shapes.ts'

const library = await createProfileLibrary(fileURLToPath(new URL('../../../device-profiles', import.meta.url)), {
  readFile,
  readdir,
})
const profiles = library.ids().flatMap((id) => {
  const mqtt = library.get(id)?.mqtt
  return mqtt ? [{ id, mqtt }] : []
})

test('a plug that was turned away is known by its Will topic, with the name to write into hall.yaml', () => {
  expect(shapesOf('tele/tasmota_1A2B09/LWT', 'donghu', profiles)[0]).toMatchObject({
    profile: 'tasmota/plug',
    parameters: { topic: 'tasmota_1A2B09' },
  })
  const own = shapesOf('hallwatt/donghu/kiosk-09/online', 'donghu', profiles)
  expect(own.map(({ profile }) => profile)).toContain('hallwatt/kiosk')
  expect(own[0]?.parameters).toEqual({ device: 'kiosk-09' })
  expect(shapesOf('hallwatt/another/kiosk-09/online', 'donghu', profiles)).toEqual([])
})

const stranger = { user: 'plug', clientId: 'c', address: '10.0.0.9', why: 'login-refused', reason: 'unknown' } as const

test('who knocks again is one entry, counted, with the topics it named', () => {
  const strangers = createStrangers()
  strangers.take({ ...stranger, topic: 'a/LWT' }, 1)
  strangers.take({ ...stranger, topic: 'a/LWT', clientId: 'other' }, 2)
  strangers.take({ ...stranger, topic: 'a/STATE' }, 3)
  expect(strangers.list()).toMatchObject([{ count: 3, firstAt: 1, lastAt: 3, topics: ['a/LWT', 'a/STATE'] }])
})

test('a flood of names keeps the list at its size, latest first', () => {
  const strangers = createStrangers()
  for (let i = 0; i < 500; i++) strangers.take({ ...stranger, user: `u${i}`, topic: 'x'.repeat(5000) }, i)
  expect(strangers.stats()).toEqual({ strangers: 50 })
  expect(strangers.list()[0]).toMatchObject({ user: 'u499', topics: ['x'.repeat(200)] })
})
