import { expect, test } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { type Learnt, LearntLimits, type LearntPort } from './learnt.ts'
import { VirtualClock } from './testing/virtual-clock.ts'

const key = { profile: 'acrel/adl400', variant: '', device: 'meter-1' }
const range = { table: 'holding', from: 0x89, to: 0x8b } as const

function store(saved: readonly Learnt[] = []) {
  const port = {
    saved: [...saved],
    load: async () => saved,
    async save(all: readonly Learnt[]) {
      port.saved = [...all]
    },
  }
  return port
}

async function limitsOn(port: LearntPort, clock = new VirtualClock()) {
  const limits = new LearntLimits(port, clock, silentLog)
  await limits.load()
  return limits
}

test('a hole holds for every device of the profile, a refused register only for the device that refused it', async () => {
  const limits = await limitsOn(store())
  limits.add({ profile: key.profile, variant: '', range })
  limits.add({ ...key, range: { ...range, from: 1, to: 1 } })
  expect(limits.rangesFor(key)).toHaveLength(2)
  expect(limits.rangesFor({ ...key, device: 'meter-2' })).toEqual([range])
  expect(limits.rangesFor({ ...key, variant: 'old' })).toEqual([])
})

test('what was learnt is saved, and the same thing only once', async () => {
  const port = store()
  const limits = await limitsOn(port)
  limits.add({ ...key, range })
  limits.add({ ...key, range })
  await limits.saved()
  expect(port.saved).toMatchObject([{ device: 'meter-1', range }])
  expect((await limitsOn(store(port.saved))).rangesFor(key)).toEqual([range])
})

test('after a day it is forgotten, so that newer firmware is noticed', async () => {
  const clock = new VirtualClock()
  const limits = await limitsOn(store(), clock)
  limits.add({ ...key, range })
  await clock.pass(23 * 3600_000)
  limits.forgetOld()
  expect(limits.size).toBe(1)
  const { version } = limits
  await clock.pass(2 * 3600_000)
  limits.forgetOld()
  expect(limits.size).toBe(0)
  expect(limits.version).toBeGreaterThan(version)
})

test('a stamp from a future that a wrong clock once showed is forgotten too', async () => {
  const limits = await limitsOn(store([{ ...key, range, at: 9_999_999_999_999 }]))
  limits.forgetOld()
  expect(limits.size).toBe(0)
})

test('a store that fails costs nothing but the memory of a restart', async () => {
  const failing = { load: () => Promise.reject(new Error('disk')), save: () => Promise.reject(new Error('disk')) }
  const limits = await limitsOn(failing)
  limits.add({ ...key, range })
  await limits.saved()
  expect(limits.rangesFor(key)).toEqual([range])
})

test('a device gone mad cannot fill the store: the oldest of 5000 goes', async () => {
  const limits = await limitsOn(store())
  for (let i = 0; i <= 5000; i++) limits.add({ ...key, range: { ...range, from: i, to: i } })
  expect(limits.size).toBe(5000)
  expect(limits.rangesFor(key)[0]).toMatchObject({ from: 1 })
})
