import { describe, expect, test } from 'vitest'
import { afterFailure, nextToSend, type QueuedAct, retryDelayMs, sentBody } from '../src/offline/queue-rules.ts'
import { firstSteps } from '../src/pages/phone/order/first-steps.ts'
import { deviceOfCode } from '../src/pages/phone/scan/device-code.ts'

const act = (place: number, change: Partial<QueuedAct> = {}): QueuedAct => ({
  key: `key-${place}`,
  place,
  user: 'zhang',
  order: 'W1',
  deviceName: '2号自助终端',
  act: 'arrive',
  body: {},
  doneAt: 1000,
  tries: 0,
  ...change,
})
const no = { status: 409, code: 'HW_ORDER_CONFLICT', message: '由 王师傅 负责' }

describe('acts made without signal', () => {
  test('go in the order in which they were done, however they were kept', () => {
    expect(nextToSend([act(3), act(1), act(2)], 'zhang')?.place).toBe(1)
  })

  test('behind a refused act wait for a decision about it, those of other orders do not', () => {
    expect(nextToSend([act(1, { trouble: no }), act(2), act(3, { order: 'W2' })], 'zhang')?.place).toBe(3)
  })

  test('of somebody else are not sent in another name', () => {
    expect(nextToSend([act(1, { user: 'wang' })], 'zhang')).toBeUndefined()
    expect(nextToSend([act(1)], undefined)).toBeUndefined()
  })

  test('carry their own time once they come late, and always the same key', () => {
    expect(sentBody(act(1), 1500)).toEqual({ key: 'key-1' })
    expect(sentBody(act(1), 60_000)).toEqual({ key: 'key-1', doneAt: 1000 })
    expect(sentBody(act(1, { tries: 1, body: { remark: '换纸' } }), 1500)).toEqual({
      remark: '换纸',
      key: 'key-1',
      doneAt: 1000,
    })
  })

  test('are kept while nobody answers or the session is over, and asked about when the gateway says no', () => {
    expect([0, 429, 500, 503].map(afterFailure)).toEqual(['later', 'later', 'later', 'later'])
    expect(afterFailure(401)).toBe('sign-in')
    expect([400, 403, 404, 409].map(afterFailure)).toEqual(['ask', 'ask', 'ask', 'ask'])
  })

  test('are tried again with growing pauses, at least once a minute', () => {
    expect([1, 2, 3, 4, 9].map(retryDelayMs)).toEqual([5000, 10_000, 20_000, 40_000, 60_000])
  })
})

test('a first action is shown step by step, at most three', () => {
  expect(firstSteps('打开上盖，顺走纸方向取出卡纸，确认切刀已复位')).toEqual([
    '打开上盖',
    '顺走纸方向取出卡纸',
    '确认切刀已复位',
  ])
  expect(firstSteps('a, b, c, d')).toEqual(['a', 'b', 'c, d'])
  expect(firstSteps('')).toEqual([])
})

test.each([
  ['https://hall.example/r/kiosk-02', 'kiosk-02'],
  ['http://10.0.0.8:8080/r/evse-1', 'evse-1'],
  ['https://hall.example/r/../api', undefined],
  ['javascript:alert(1)//r/kiosk-02', undefined],
  ['https://weixin.qq.com/g/abc', undefined],
])('the code %s names %s', (text, device) => {
  expect(deviceOfCode(text)).toBe(device)
})
