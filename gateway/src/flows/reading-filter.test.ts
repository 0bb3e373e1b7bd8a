import { expect, test } from 'vitest'
import { createReadingFilter } from './reading-filter.ts'

const place = { device: 'meter-1', zone: 'power-room', kind: 'meter' }

test('only what a node asked for crosses to the flows', () => {
  const filter = createReadingFilter([{ zone: 'power-room', quantity: 'activePower' }, { device: 'ups-01' }])
  expect(filter.wants(place, 'activePower')).toBe(true)
  expect(filter.wants(place, 'voltageL1')).toBe(false)
  expect(filter.wants({ device: 'ups-01', zone: 'server-room', kind: 'ups' }, 'voltageL1')).toBe(true)
  expect(filter.wantsDevice({ device: 'lamp', zone: 'hall', kind: 'lamp' })).toBe(false)
})

test('flows that ask for nothing get nothing, an empty filter gets everything', () => {
  expect(createReadingFilter([]).wantsDevice(place)).toBe(false)
  expect(createReadingFilter([{}]).wants(place, 'voltageL1')).toBe(true)
})

test('a device that moved to another zone is judged anew', () => {
  const filter = createReadingFilter([{ zone: 'power-room' }])
  expect(filter.wantsDevice(place)).toBe(true)
  filter.forget()
  expect(filter.wantsDevice({ ...place, zone: 'lobby' })).toBe(false)
})
