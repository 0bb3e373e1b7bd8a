import { expect, test } from 'vitest'
import { runFlow, shipped } from './testing/headless.ts'
import { jam } from './testing/samples.ts'

test('the counter is told quietly what customers cannot do, and when it works again', async () => {
  const flow = await runFlow(shipped('counter-toast'), { change: { 'toast-pace': { nbRateUnits: '0.01' } } })
  const toast = flow.at('toast-show')
  flow.tell.alarm(jam({ quiet: true, id: 'A20261122-0009' }))
  flow.tell.alarm(jam({ priority: 'P2' }))
  const problem = await toast.next()
  expect(problem.topic).toBe('hallwatt/donghu/flow/counter-toast/show')
  expect(problem.payload).toMatchObject({ kind: 'problem', silent: true, zh: '1号自助终端：钞箱卡钞。客户用不了现金' })
  flow.tell.alarm(jam({ priority: 'P2', cause: 'unknown', condition: 'unknown' }))
  flow.tell.alarm(jam({ priority: 'P2', state: 'returnedUnacknowledged', condition: 'cleared', cause: 'cleared' }))
  // An alarm that nobody was told about does not come back either, and an unknown one is not well again.
  expect((await toast.next()).payload).toMatchObject({ kind: 'back', zh: '1号自助终端：已恢复' })
  expect(toast.messages).toEqual([])
})
