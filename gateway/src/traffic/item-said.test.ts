import { expect, test } from 'vitest'
import { dataIdentifierBytes, FUNCTION, requestBytes } from '../dlt645/frame.ts'
import { overhear } from '../dlt645/overhear.ts'
import { saidOfItem } from './item-said.ts'

const METER = '000000000161'
const energy = dataIdentifierBytes('0001FF00')
const asked = (meter: string, control: number, ...data: number[]) => requestBytes(meter, control, Buffer.from(data))

function said(sent: Buffer, received: Buffer, ms: number | undefined) {
  const heard = overhear(sent, received)
  if (!heard) throw new Error('no question of DL/T 645')
  return saidOfItem(heard, ms)
}

test('an installer reads address, control words, data identifier and length of a meter’s answer', () => {
  const sent = asked(METER, FUNCTION.read, ...energy)
  expect(said(sent, asked(METER, 0x91, ...energy, 1, 2, 3, 4), 48)).toEqual({
    zh: '000000000161 · 11H 0001FF00：91H，4 字节，48 ms',
    en: '000000000161 · 11H 0001FF00: 91H, 4 bytes, 48 ms',
  })
})

test('a refusal says its error word and what it means', () => {
  expect(said(asked(METER, FUNCTION.read, ...energy), asked(METER, 0xd1, 0x02), 9)).toEqual({
    zh: '000000000161 · 11H 0001FF00：拒绝 D1H，错误字 02H 无请求数据',
    en: '000000000161 · 11H 0001FF00: refused D1H, error word 02H no such data',
  })
})

test('an answer in several frames says that it goes on, and which frame was asked for', () => {
  expect(said(asked(METER, FUNCTION.read, ...energy), asked(METER, 0xb1, ...energy, 1), 9).zh).toMatch(
    /：B1H，1 字节，未完，/,
  )
  const more = asked(METER, FUNCTION.readMore, ...energy, 1)
  expect(said(more, asked(METER, 0x92, ...energy, 2, 1), 9).zh).toBe(
    '000000000161 · 12H 0001FF00 #1：92H，1 字节，9 ms',
  )
})

test('behind a wildcard stands who answered', () => {
  const { en } = said(asked('AAAAAAAAAAAA', FUNCTION.read, ...energy), asked(METER, 0x91, ...energy, 1), 9)
  expect(en).toBe('AAAAAAAAAAAA · 11H 0001FF00: 000000000161 91H, 1 bytes, 9 ms')
})

test('silence, and what is no answer, say so', () => {
  const sent = asked(METER, FUNCTION.read, ...energy)
  expect(said(sent, Buffer.alloc(0), undefined).zh).toContain('没有应答')
  expect(said(sent, Buffer.from([0x68, 0x61]), 9).zh).toContain('收到的不是应答')
})
