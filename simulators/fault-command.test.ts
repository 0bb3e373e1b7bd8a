import { expect, test } from 'vitest'
import { parseFaultCommand } from './fault-command.ts'

const known = {
  faults: ['paper_jam', 'paper_low', 'exception', 'silent', 'slow', 'clock_jump', 'garble'],
  devices: ['kiosk-01', 'kiosk-02', 'meter-main'],
}
const parse = (line: string) => parseFaultCommand(line, known)
const apply = (fault: string, device: string, parameters = {}) => ({
  ok: true,
  command: { do: 'apply', fault, device, parameters },
})

test('"paper_jam on kiosk-02" jams the paper of that terminal', () => {
  expect(parse('paper_jam on kiosk-02')).toEqual(apply('paper_jam', 'kiosk-02'))
})

test('a hyphen instead of an underscore is the same fault', () => {
  expect(parse('paper-jam on kiosk-02 invoice')).toEqual(apply('paper_jam', 'kiosk-02', { form: 'invoice' }))
})

test('"exception 2 on meter-main address 72" carries code and address', () => {
  expect(parse('exception 2 on meter-main address 72')).toEqual(
    apply('exception', 'meter-main', { code: 2, address: 72 }),
  )
})

test('an address may be hexadecimal', () => {
  expect(parse('exception code 3 meter-main address 0x48')).toEqual(
    apply('exception', 'meter-main', { code: 3, address: 72 }),
  )
})

test('"meter-main silent" works with the device first', () => {
  expect(parse('meter-main silent')).toEqual(apply('silent', 'meter-main'))
})

test('"slow 500 ms on meter-main" is a delay of 500 ms', () => {
  expect(parse('slow 500 ms on meter-main')).toEqual(apply('slow', 'meter-main', { delayMs: 500 }))
})

test('"clock_jump -60s kiosk-01" sets the clock back', () => {
  expect(parse('clock_jump -60s kiosk-01')).toEqual(apply('clock_jump', 'kiosk-01', { seconds: -60 }))
})

test('"clear kiosk-02" clears all its faults', () => {
  expect(parse('clear kiosk-02')).toEqual({ ok: true, command: { do: 'clear', device: 'kiosk-02' } })
})

test('"clear paper_jam on kiosk-02" clears that one', () => {
  expect(parse('clear paper_jam on kiosk-02')).toEqual({
    ok: true,
    command: { do: 'clear', device: 'kiosk-02', fault: 'paper_jam' },
  })
})

test('"clear all" clears everything', () => {
  expect(parse('clear all')).toEqual({ ok: true, command: { do: 'clear-all' } })
})

test('a misspelt fault is answered with the near one', () => {
  expect(parse('paper_jma on kiosk-02')).toEqual({
    ok: false,
    message: expect.stringContaining('Did you mean "paper_jam"?'),
  })
})

test('a misspelt device is answered with the near one', () => {
  expect(parse('silent on meter-mian')).toEqual({
    ok: false,
    message: expect.stringContaining('Did you mean "meter-main"?'),
  })
})

test('a fault without a device asks for the device', () => {
  expect(parse('paper_jam')).toEqual({ ok: false, message: expect.stringContaining('On which device?') })
})

test('a number that belongs to nothing is questioned', () => {
  expect(parse('paper_jam 7 on kiosk-02')).toEqual({ ok: false, message: expect.stringContaining('address 7') })
})

test('an empty line explains what to say', () => {
  expect(parse('   ')).toEqual({ ok: false, message: expect.stringContaining('paper_jam on kiosk-02') })
})
