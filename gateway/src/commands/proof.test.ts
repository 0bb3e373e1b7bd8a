import { expect, test } from 'vitest'
import type { Value } from '../domain/frame.ts'
import { type Measures, proofOf, verdict } from './proof.ts'
import { charger, plug } from './testing/commanded-device.ts'

const commandOf = (device: typeof plug, name: string) => device.profile.commands[name]!
const seen = (values: Record<string, Value>) => new Map(Object.entries(values))
const off = (measures: Measures = 'yes') => proofOf(plug, commandOf(plug, 'switch-off'), false, () => measures)
const on = (leastLoadW?: number) =>
  proofOf(leastLoadW === undefined ? {} : { leastLoadW }, commandOf(plug, 'switch-on'), true, () => 'yes')
const outcome = (...args: Parameters<typeof verdict>) => {
  const found = verdict(...args)
  return found && (found.code ?? found.state)
}

test('nothing is confirmed before a reading shows it', () => {
  expect(outcome(on(), seen({}), undefined, 0)).toBeUndefined()
  expect(outcome(on(), seen({ switchedOn: false }), undefined, 100)).toBeUndefined()
  expect(outcome(on(), seen({ switchedOn: true }), undefined, 100)).toBe('confirmed')
})

test('what no reading shows in time has timed out; what readings contradict has failed', () => {
  expect(outcome(on(), seen({}), undefined, 3000)).toBe('HW_COMMAND_NO_READING')
  expect(outcome(on(), seen({ switchedOn: false }), undefined, 3000)).toBe('HW_COMMAND_NOT_CONFIRMED')
})

test('where the hall says what the load draws, on is on when the meter shows it', () => {
  expect(outcome(on(20), seen({ switchedOn: true, activePower: 0 }), undefined, 7999)).toBeUndefined()
  expect(outcome(on(20), seen({ switchedOn: true, activePower: 20 }), undefined, 500)).toBe('confirmed')
  expect(outcome(on(20), seen({ switchedOn: true, activePower: 0 }), undefined, 8000)).toBe('HW_COMMAND_NO_EFFECT')
  expect(outcome(on(20), seen({ switchedOn: true }), undefined, 8000)).toBe('HW_COMMAND_NO_READING')
})

test('off is off when nothing is drawn any more: a welded relay is found', () => {
  expect(outcome(off(), seen({ switchedOn: false, activePower: 1800 }), undefined, 100)).toBeUndefined()
  expect(outcome(off(), seen({ switchedOn: false, activePower: 0 }), undefined, 100)).toBe('confirmed')
  expect(outcome(off(), seen({ switchedOn: false, activePower: 1800 }), undefined, 8000)).toBe('HW_COMMAND_NO_EFFECT')
})

test('a plug without a meter is believed by its relay; one that has not spoken yet is waited for a moment', () => {
  expect(outcome(off('no'), seen({ switchedOn: false }), undefined, 0)).toBe('confirmed')
  expect(outcome(off('unknown'), seen({ switchedOn: false }), undefined, 1000)).toBeUndefined()
  expect(outcome(off('unknown'), seen({ switchedOn: false }), undefined, 1500)).toBe('confirmed')
  expect(outcome(off('unknown'), seen({ switchedOn: false, activePower: 900 }), undefined, 8000)).toBe(
    'HW_COMMAND_NO_EFFECT',
  )
})

test('a current is confirmed within its tolerance and not beyond', () => {
  const proof = proofOf(charger, commandOf(charger, 'set-current'), 10, () => 'yes')
  expect(outcome(proof, seen({ chargingCurrentLimit: 10.1 }), undefined, 100)).toBe('confirmed')
  expect(outcome(proof, seen({ chargingCurrentLimit: 10.2 }), undefined, 3000)).toBe('HW_COMMAND_NOT_CONFIRMED')
})

test('a device that answers for itself is taken at its word, in its words', () => {
  const asked = { ...commandOf(plug, 'switch-on'), confirm: { answer: true as const, withinS: 60 } }
  const proof = proofOf({}, asked, undefined, () => 'yes')
  expect(outcome(proof, seen({}), undefined, 59_999)).toBeUndefined()
  expect(outcome(proof, seen({}), { ok: true }, 100)).toBe('confirmed')
  expect(verdict(proof, seen({}), { ok: false, text: '卡纸' }, 100)).toMatchObject({ state: 'failed', message: '卡纸' })
  expect(outcome(proof, seen({}), undefined, 60_000)).toBe('HW_COMMAND_NO_READING')
})
