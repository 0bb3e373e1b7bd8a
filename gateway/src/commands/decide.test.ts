import { expect, test } from 'vitest'
import type { CommandRequest } from './command.ts'
import { decide, inputOf } from './decide.ts'
import { charger, plug, situation } from './testing/commanded-device.ts'

const ask = (more: Partial<CommandRequest> = {}): CommandRequest => ({
  ...{ device: 'plug-1', command: 'switch-on', by: 'xiao', roles: ['guide'], via: 'http' },
  ...more,
})
const current = (more: Partial<CommandRequest> = {}) =>
  ask({ device: 'evse-1', command: 'set-current', roles: ['technician'], value: 10, ...more })
const codeOf = (...args: Parameters<typeof decide>) => {
  const decision = decide(...args)
  return decision.ok ? 'given' : decision.refusal.code
}

test('a guide switches a plug, a viewer does not', () => {
  expect(codeOf(ask(), situation(plug, 'switch-on'), [])).toBe('given')
  expect(codeOf(ask({ roles: ['viewer'] }), situation(plug, 'switch-on'), [])).toBe('HW_COMMAND_FORBIDDEN')
})

test('a charging current is for technicians, not for guides', () => {
  expect(codeOf(current(), situation(charger, 'set-current'), [])).toBe('given')
  expect(codeOf(current({ roles: ['guide'] }), situation(charger, 'set-current'), [])).toBe('HW_COMMAND_FORBIDDEN')
})

test.each([
  [6, 'given'],
  [32, 'given'],
  [5.99, 'HW_COMMAND_VALUE'],
  [32.01, 'HW_COMMAND_VALUE'],
  [Number.NaN, 'HW_COMMAND_VALUE'],
  ['10', 'HW_COMMAND_VALUE'],
  [true, 'HW_COMMAND_VALUE'],
  [undefined, 'HW_COMMAND_VALUE'],
])('a current of %s A: %s', (value, code) => {
  const { value: _, ...without } = current()
  const request = value === undefined ? without : { ...without, value }
  expect(codeOf(request, situation(charger, 'set-current'), [])).toBe(code)
})

test('a command that sets one value takes no other', () => {
  expect(codeOf(ask({ value: true }), situation(plug, 'switch-on'), [])).toBe('given')
  expect(codeOf(ask({ value: false }), situation(plug, 'switch-on'), [])).toBe('HW_COMMAND_VALUE')
  expect(inputOf(plug.profile.commands['switch-on']!)).toEqual({ kind: 'nothing' })
})

test.each([
  ['offline', { presence: 'offline' }, 'HW_COMMAND_OFFLINE'],
  ['never heard', { presence: 'unknown' }, 'HW_COMMAND_OFFLINE'],
  ['busy', { busy: 'command' }, 'HW_COMMAND_BUSY'],
  ['being taken back', { busy: 'revert' }, 'HW_COMMAND_BUSY'],
  ['in a hall with too much under way', { busy: 'hall' }, 'HW_COMMAND_BUSY'],
] as const)('a device that is %s is not switched on, and switched off all the same', (_, how, code) => {
  expect(codeOf(ask(), situation(plug, 'switch-on', how), [])).toBe(code)
  expect(codeOf(ask({ command: 'switch-off' }), situation(plug, 'switch-off', how), [])).toBe('given')
})

test('an interlock holds up what switches on and is not asked about switching off', () => {
  const open = () => ({ code: 'HW_COMMAND_INTERLOCK', message: '急停按下' }) as const
  expect(codeOf(ask(), situation(plug, 'switch-on'), [() => undefined, open])).toBe('HW_COMMAND_INTERLOCK')
  expect(codeOf(ask({ command: 'switch-off' }), situation(plug, 'switch-off'), [open])).toBe('given')
})

test('what is limited per day, or needs a pause, is refused within it', () => {
  const request = current()
  const limited = {
    ...situation(charger, 'set-current'),
    command: { ...charger.profile.commands['set-current']!, maxPerDay: 2 },
  }
  expect(codeOf(request, { ...limited, givenLastDay: 1 }, [])).toBe('given')
  expect(codeOf(request, { ...limited, givenLastDay: 2 }, [])).toBe('HW_COMMAND_LIMIT')
  const paused = { ...limited, command: { ...limited.command, everyS: 5 } }
  expect(codeOf(request, { ...paused, sinceLastMs: 4999 }, [])).toBe('HW_COMMAND_TOO_SOON')
  expect(codeOf(request, { ...paused, sinceLastMs: 5000 }, [])).toBe('given')
})

test('a plug goes back to off, a charger to the current it had, and from a pause to a pause', () => {
  const revertOf = (...args: Parameters<typeof decide>) => {
    const decision = decide(...args)
    return decision.ok ? decision.revert : decision.refusal.code
  }
  expect(revertOf(ask({ revertAfterS: 60 }), situation(plug, 'switch-on'), [])).toEqual({
    command: 'switch-off',
    value: false,
  })
  const had = (value: number) => situation(charger, 'set-current', { readings: { chargingCurrentLimit: value } })
  expect(revertOf(current({ revertAfterS: 60 }), had(16), [])).toEqual({ command: 'set-current', value: 16 })
  expect(revertOf(current({ revertAfterS: 60 }), had(0), [])).toEqual({ command: 'pause-charging', value: 0 })
  expect(revertOf(current({ revertAfterS: 60 }), had(3), [])).toBe('HW_COMMAND_NO_REVERT')
  expect(revertOf(current({ revertAfterS: 60 }), situation(charger, 'set-current'), [])).toBe('HW_COMMAND_NO_REVERT')
  expect(revertOf(current({ revertAfterS: 0 }), had(16), [])).toBe('HW_COMMAND_VALUE')
  expect(revertOf(ask({ command: 'switch-off', revertAfterS: 60 }), situation(plug, 'switch-off'), [])).toBe(
    'HW_COMMAND_NO_REVERT',
  )
})
