import { expect, test } from 'vitest'
import { runFlow, shipped } from './testing/headless.ts'
import { jam } from './testing/samples.ts'

const quick = { change: { 'tower-pace': { nbRateUnits: '0.01' }, 'tower-begin': { onceDelay: 0.01 } } }

test('a P1 alarm blinks red until somebody acknowledges it, a P2 alarm lights amber', async () => {
  const flow = await runFlow(shipped('tower-light'), quick)
  const lamp = flow.at('tower-set')
  expect((await lamp.next()).payload).toEqual({ red: 'off', amber: 'off', open: 0 })
  flow.tell.alarm(jam())
  const lit = await lamp.next()
  expect(lit.topic).toBe('hallwatt/donghu/flow/tower-light/set')
  expect(lit.payload).toEqual({ red: 'blink', amber: 'off', open: 1 })
  flow.tell.alarm(jam({ id: 'A20261122-0002', priority: 'P2' }))
  expect((await lamp.next()).payload).toEqual({ red: 'blink', amber: 'steady', open: 2 })
  flow.tell.alarm(jam({ state: 'returnedUnacknowledged', condition: 'cleared' }))
  expect((await lamp.next()).payload).toEqual({ red: 'steady', amber: 'steady', open: 2 })
  flow.tell.alarm(jam({ state: 'acknowledged', acknowledged: true }))
  expect((await lamp.next()).payload).toEqual({ red: 'off', amber: 'steady', open: 1 })
})

test('a suppressed alarm and a P3 light nothing', async () => {
  const flow = await runFlow(shipped('tower-light'), quick)
  const lamp = flow.at('tower-set')
  await lamp.next()
  flow.tell.alarm(jam({ id: 'A20261122-0003', quiet: true }))
  flow.tell.alarm(jam({ id: 'A20261122-0004', priority: 'P3' }))
  flow.tell.alarm(jam())
  expect((await lamp.next()).payload).toEqual({ red: 'blink', amber: 'off', open: 1 })
})

test('the voice box says a P1 alarm once, then again and again until it is acknowledged', async () => {
  const flow = await runFlow(shipped('tower-light'), { ...quick, settings: { repeatSeconds: 0.1 } })
  const voice = flow.at('tower-say')
  flow.tell.alarm(jam())
  flow.tell.alarm(jam({ cause: 'confirmed' }))
  const first = await voice.next()
  expect(first.topic).toBe('hallwatt/donghu/flow/voice-box/say')
  expect(first.payload.zh).toBe('1号自助终端，钞箱卡钞。打开上盖取出卡钞。')
  const second = await voice.next()
  expect(second.payload.t - first.payload.t).toBeGreaterThanOrEqual(90)
  flow.tell.alarm(jam({ state: 'acknowledged', acknowledged: true }))
  const before = voice.messages.length
  await new Promise((resolve) => setTimeout(resolve, 350)) // three times the pause: silence cannot be waited for otherwise
  expect(voice.messages.length - before).toBeLessThanOrEqual(1)
})
