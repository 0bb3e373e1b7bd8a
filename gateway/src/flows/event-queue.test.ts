import { expect, test } from 'vitest'
import { createEventQueue, MAX_CHANGES, MAX_READINGS } from './event-queue.ts'
import type { FlowAlarm, FlowReading } from './flow-messages.ts'

const reading = (device: string, value: number) => ({ device, quantity: 'activePower', value }) as FlowReading
const alarm = (id: string, cause: string) => ({ id, cause }) as FlowAlarm

test('of a reading that changes faster than flows read only the newest waits', () => {
  const queue = createEventQueue()
  for (let value = 1; value <= 1000; value++) queue.addReading(reading('meter-1', value))
  expect(queue.take()).toEqual({ readings: [reading('meter-1', 1000)] })
  expect(queue.stats()).toMatchObject({ waiting: 0, replacedReadings: 999, droppedReadings: 0 })
})

test('when too many readings wait the oldest goes and is counted', () => {
  const queue = createEventQueue()
  for (let n = 0; n <= MAX_READINGS; n++) queue.addReading(reading(`meter-${n}`, n))
  expect(queue.size()).toBe(MAX_READINGS)
  expect(queue.take()?.readings?.[0]?.device).toBe('meter-1')
  expect(queue.stats().droppedReadings).toBe(1)
})

test('every change of an alarm is told while there is room, beyond it the newest of every alarm', () => {
  const queue = createEventQueue()
  queue.addAlarm(alarm('A0', 'raised'))
  for (let n = 0; n < MAX_CHANGES; n++) queue.addAlarm(alarm('A1', `change ${n}`))
  expect(queue.take()?.alarms).toEqual([alarm('A0', 'raised'), alarm('A1', `change ${MAX_CHANGES - 1}`)])
  expect(queue.stats().mergedChanges).toBe(MAX_CHANGES - 1)
})

test('as many alarms as there are: none is ever dropped', () => {
  const queue = createEventQueue()
  for (let n = 0; n < MAX_CHANGES * 2; n++) queue.addAlarm(alarm(`A${n}`, 'raised'))
  let told = 0
  for (let batch = queue.take(); batch; batch = queue.take()) told += batch.alarms?.length ?? 0
  expect(told).toBe(MAX_CHANGES * 2)
})
