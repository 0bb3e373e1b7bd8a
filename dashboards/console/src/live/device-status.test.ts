import { expect, test } from 'vitest'
import { type AlarmMark, statusOf } from './device-status.ts'
import type { LiveDevice } from './hall-mirror.ts'

const good = { value: 1, unit: 'W', at: 1, quality: 'good' } as const
const refused = { value: null, unit: 'W', at: null, quality: 'bad', reason: 'exception' } as const

const device = (presence: LiveDevice['presence'], readings: LiveDevice['readings']): LiveDevice => ({
  id: 'kiosk-02',
  name: '2号缴费机',
  kind: 'kiosk',
  zone: 'self-service',
  profile: 'hallwatt/kiosk',
  presence,
  since: 0,
  lastFrameAt: 1,
  quality: 'good',
  headline: [],
  readings,
})

const jam = (quantity: string, value: unknown) => quantity === 'paperPath' && value === 'jam'
const status = (of: LiveDevice, alarms: AlarmMark[] = []) => statusOf(of, alarms, jam)

test('a device that is heard and has good values is well', () => {
  expect(status(device('online', { activePower: good }))).toBe('ok')
})

test('an urgent alarm marks the device even while its link is lost', () => {
  expect(status(device('offline', {}), [{ priority: 'P1' }])).toBe('critical')
})

test('a jammed part is seen before its alarm comes', () => {
  expect(status(device('online', { paperPath: { ...good, value: 'jam' } }))).toBe('warning')
})

test('a device whose every register is refused is not shown as well', () => {
  expect(status(device('online', { online: good, activePower: refused }))).toBe('unknown')
})

test('a device that sent no value yet is not shown as well', () => {
  expect(status(device('online', { online: good }))).toBe('unknown')
})

test('a lost link is no data, not a fault', () => {
  expect(status(device('offline', { activePower: good }))).toBe('unknown')
})

test('a shelved alarm shows maintenance, not a fault', () => {
  expect(status(device('online', { activePower: good }), [{ priority: 'P1', shelved: {} }])).toBe('maintenance')
})

test('an urgent alarm that is over and not yet seen asks for attention, and no longer says fault', () => {
  expect(status(device('online', { activePower: good }), [{ priority: 'P1', condition: 'cleared' }])).toBe('warning')
  expect(status(device('offline', {}), [{ priority: 'P1', condition: 'unknown' }])).toBe('critical')
})
