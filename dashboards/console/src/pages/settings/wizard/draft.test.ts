import { expect, test } from 'vitest'
import type { Settings } from '../shell/hall-file.ts'
import { changesOf, draftOf, type Profile, queryOf, suggestedId, targetOf, unitsOf } from './draft.ts'

const device = (id: string, more: object = {}) => ({ device: { id, name: id, zone: 'back', ...more } })
const SETTINGS = {
  devices: [device('meter'), device('meter-02', { link: 'bus-1', unitId: 3 })],
  links: [{ id: 'bus' }, { id: 'bus-1' }],
  zones: [{ id: 'back' }],
} as unknown as Settings
const METER = { id: 'eastron/sdm120', via: 'modbus', kind: 'meter', parameters: [] } as unknown as Profile

test('what was chosen is the same after it stood in the address', () => {
  const draft = { via: 'mqtt', name: '1 & 2 = 3?', topic: { prefix: 'a/b' } } as const
  expect(draftOf(queryOf(draft))).toEqual(draft)
})

test('a line is asked for only once it is known', () => {
  expect(targetOf(draftOf({}))).toBeUndefined()
  expect(targetOf(draftOf({ host: '10.0.0.9' }))).toEqual({ type: 'modbus-tcp', host: '10.0.0.9', port: 502 })
  expect(targetOf(draftOf({ link: 'bus-1', host: '10.0.0.9' }))).toEqual({ link: 'bus-1' })
})

test('an id goes on where the numbers of its kind end, and the name of a known MQTT user is taken as it is', () => {
  expect(suggestedId(draftOf({}), 'meter', SETTINGS)).toBe('meter-03')
  expect(suggestedId(draftOf({ name: 'Lobby 3' }), 'meter', SETTINGS)).toBe('lobby-3')
  expect(suggestedId(draftOf({ user: 'kiosk-09' }), 'kiosk', SETTINGS)).toBe('kiosk-09')
})

test('a row of equal meters leaves out the unit ids that the line has already', () => {
  const draft = draftOf({ link: 'bus-1', unit: '2', to: '4', name: '# 号', id: 'shop', zone: 'back' })
  expect(unitsOf(draft, SETTINGS)).toEqual({ units: [2, 4], taken: [3] })
  expect(changesOf(draft, METER, SETTINGS)).toMatchObject([
    { do: 'device.add', device: { id: 'shop-02', name: '2 号', link: 'bus-1', unitId: 2 } },
    { do: 'device.add', device: { id: 'shop-04', name: '4 号', link: 'bus-1', unitId: 4 } },
  ])
})

test('a new line comes before the device that hangs on it', () => {
  const draft = draftOf({ host: '10.0.0.9', unit: '7', name: '表', zone: 'back' })
  expect(changesOf(draft, METER, SETTINGS)).toMatchObject([
    { do: 'link.add', id: 'bus-2', link: { type: 'modbus-tcp', host: '10.0.0.9', port: 502 } },
    { do: 'device.add', device: { id: 'meter-03', link: 'bus-2', unitId: 7 } },
  ])
})

test('a DL/T 645 meter is named by the digits of its label, and alone on its line by none', () => {
  const profile = { ...METER, id: 'dlt645/single-phase', via: 'dlt645' } as Profile
  const addressOf = (query: Record<string, string>) => {
    const [added] = changesOf(draftOf({ link: 'bus-1', to: '9', ...query }), profile, SETTINGS)
    return added?.do === 'device.add' ? added.device : undefined
  }
  expect(addressOf({ meter: '161', variant: 'numbered-tariffs' })).toMatchObject({
    ...{ id: 'meter-03', link: 'bus-1', address: '000000000161', variant: 'numbered-tariffs' },
  })
  expect(addressOf({})).toMatchObject({ address: 'AAAAAAAAAAAA' })
  expect(addressOf({})).not.toHaveProperty('unitId')
})
