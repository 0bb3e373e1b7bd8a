import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dataIdentifierBytes, FUNCTION, requestBytes } from './frame.ts'
import { overhear } from './overhear.ts'

const METER = '000000000161'
const di = dataIdentifierBytes('0203FF00')
const read = requestBytes(METER, FUNCTION.read, di)
/** What the meter sends: the frame of a request with the flags of an answer. */
const answer = (control: number, ...data: number[]) => requestBytes(METER, control, Buffer.from(data))

test('a bystander hears who was asked for what, and the bytes of the answer', () => {
  expect(overhear(read, answer(0x91, ...di, 0x15, 0x23))).toEqual({
    meter: METER,
    control: 0x11,
    identifier: '0203FF00',
    sequence: 0,
    answer: { meter: METER, control: 0x91, ok: true, data: Buffer.from([0x15, 0x23]), moreFollows: false },
  })
})

test('an echo, noise and the answer to another question are passed over', () => {
  const late = answer(0x91, ...dataIdentifierBytes('02010100'), 1, 2)
  const other = requestBytes('000000000162', 0x91, Buffer.from([...di, 3, 4]))
  expect(overhear(read, Buffer.concat([read, late, other]))).not.toHaveProperty('answer')
  const found = overhear(read, Buffer.concat([read, Buffer.from([0x68, 0, 0xff]), late, answer(0x91, ...di, 5)]))
  expect(found?.answer).toMatchObject({ ok: true, data: Buffer.from([5]) })
})

test('a follow-on frame is an answer in its turn alone', () => {
  const more = requestBytes(METER, FUNCTION.readMore, Buffer.from([...di, 1]))
  expect(overhear(more, answer(0xb2, ...di, 7, 8, 1))).toMatchObject({
    sequence: 1,
    answer: { data: Buffer.from([7, 8]), moreFollows: true },
  })
  expect(overhear(more, answer(0x92, ...di, 7, 8, 2))).not.toHaveProperty('answer')
})

test('a refusal tells its error word and every reason', () => {
  expect(overhear(read, answer(0xd1, 0x06))?.answer).toMatchObject({
    ok: false,
    errorWord: 6,
    reasons: [{ zh: '无请求数据' }, { zh: '密码错或未授权' }],
  })
})

test('a Modbus request is no question to a meter, and no bytes make it throw', () => {
  expect(overhear(Buffer.from('01030000000ac5cd', 'hex'), Buffer.alloc(0))).toBeUndefined()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 80 }), (sent, received) => {
      overhear(Buffer.from(sent), Buffer.from(received))
      expect(overhear(read, Buffer.from(received))).not.toHaveProperty('answer')
    }),
  )
})
