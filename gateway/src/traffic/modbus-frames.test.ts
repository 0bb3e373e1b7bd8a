import fc from 'fast-check'
import { expect, test } from 'vitest'
import { saidOf, understand } from './modbus-frames.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

test('a request and its answer on TCP are read as registers', () => {
  const read = understand('modbus-tcp', {
    sent: bytes('0001 0000 0006 01 04 0000 0002'),
    received: bytes('0001 0000 0007 01 04 04 4367 8000'),
  })
  expect(read).toEqual({ is: 'read', unitId: 1, table: 'input', address: 0, count: 2, words: [0x4367, 0x8000] })
  expect(saidOf(read, 12)).toEqual({ zh: '1 · input 0–1：12 ms', en: '1 · input 0–1: 12 ms' })
})

test('an answer that belongs to an earlier request is not taken for this one', () => {
  const late = understand('modbus-tcp', {
    sent: bytes('0002 0000 0006 01 04 0000 0002'),
    received: bytes('0001 0000 0007 01 04 04 4367 8000'),
  })
  expect(late).not.toHaveProperty('words')
  expect(saidOf(late, 12).zh).toContain('收到的不是应答')
})

test('on a serial line noise before the answer is passed over, and a broken checksum is no answer', () => {
  // Specification’s own example of a CRC: 02 07 41 12 (Modbus over Serial Line V1.02, §6.2.2); here a read of unit 1.
  const sent = bytes('01 03 0000 0001 840a')
  expect(understand('serial', { sent, received: bytes('ff00 01 03 02 1234 b533') })).toMatchObject({ words: [0x1234] })
  expect(understand('serial', { sent, received: bytes('01 03 02 1234 b534') })).not.toHaveProperty('words')
})

test('a refusal names its exception, silence says so', () => {
  const sent = bytes('0003 0000 0006 01 03 0048 0002')
  const refused = understand('modbus-tcp', { sent, received: bytes('0003 0000 0003 01 83 02') })
  expect(saidOf(refused, 5).zh).toBe('1 · holding 72–73：拒绝，异常码 2')
  expect(saidOf(understand('modbus-tcp', { sent, received: Buffer.alloc(0) }), undefined).zh).toContain('没有应答')
})

test('whatever bytes come, reading them never throws and never invents words', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('modbus-tcp' as const, 'serial' as const),
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 80 }),
      (kind, sent, received) => {
        const read = understand(kind, { sent: Buffer.from(sent), received: Buffer.from(received) })
        if (read.is === 'read' && read.words) expect(read.words).toHaveLength(read.count)
        saidOf(read, 1)
      },
    ),
  )
})
