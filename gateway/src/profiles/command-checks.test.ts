import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import type { HallwattError } from '../domain/errors.ts'
import { parseProfile } from './profiles.ts'

const PLUG = `
vendor: Test
model: Plug
kind: plug
title: { zh: 插座, en: Plug }
source: [{ document: made for this test }]
mqtt:
  parameters: { topic: {} }
  messages: [{ topic: "tele/{topic}", values: [{ quantity: switchedOn, pointer: /on }, { quantity: activePower, pointer: /w, unit: W }] }]
  subscribes: ["cmnd/{topic}/#"]
commands:
  switch-off:
    title: { zh: 断开, en: Switch off }
    quantity: switchedOn
    value: false
    allOff: true
    message: { topic: "cmnd/{topic}/POWER", payload: "OFF" }
    effect: { quantity: activePower, below: 5 }
`

const CHARGER = `
vendor: Test
model: Charger
kind: evse
title: { zh: 充电桩, en: Charger }
source: [{ document: made for this test }]
modbus: { registers: [{ quantity: chargingCurrentLimit, address: 1, type: uint16, unit: A }] }
commands:
  set-current:
    title: { zh: 电流, en: Current }
    quantity: chargingCurrentLimit
    min: 6
    max: 32
    register: { address: 1 }
    revert: before
`

// biome-ignore lint/suspicious/noExplicitAny: a profile as a person edits it, valid or not
type Text = any

function problemsOf(text: string, change: (profile: Text, command: Text) => void): string[] {
  const profile: Text = parse(text)
  change(profile, Object.values(profile.commands)[0])
  try {
    parseProfile('test.yaml', stringify(profile))
    return []
  } catch (error) {
    return (error as HallwattError).problems.map(({ path, message }) => `${path}: ${message}`)
  }
}

test('the two profiles of this test are valid as they stand', () => {
  expect(problemsOf(PLUG, () => {})).toEqual([])
  expect(problemsOf(CHARGER, () => {})).toEqual([])
})

test.each<[string, string, (profile: Text, command: Text) => void, RegExp]>([
  ['nothing would be sent', PLUG, (_, c) => delete c.message, /"message" is missing/],
  ['a register in an MQTT profile', PLUG, (_, c) => Object.assign(c, { register: { address: 1 } }), /needs "message"/],
  ['a topic the device may not hear', PLUG, (_, c) => (c.message.topic = 'other/{topic}'), /may not listen there/],
  ['a topic with an unknown name', PLUG, (_, c) => (c.message.topic = 'cmnd/{nobody}/POWER'), /not in mqtt.parameters/],
  ['a topic for several devices', PLUG, (_, c) => (c.message.topic = 'cmnd/{topic}/+'), /no \+ and no #/],
  ['a word for true or false', PLUG, (_, c) => (c.value = 'OFF'), /"OFF" is no value of switchedOn/],
  ['a quantity nobody reads', PLUG, (_, c) => (c.effect.quantity = 'currentL1'), /never be confirmed/],
  ['an effect that expects nothing', PLUG, (_, c) => delete c.effect.below, /"below" or "load"/],
  ['a quantity that does not exist', PLUG, (_, c) => (c.quantity = 'switchedOff'), /not a known quantity/],
  ['everything off with a value to choose', CHARGER, (_, c) => (c.allOff = true), /give "value"/],
  ['a message that is to be written again', PLUG, (_, c) => (c.expiresS = 60), /Only a quantity in a register/],
  ['a revert to nowhere', PLUG, (_, c) => (c.revert = 'switch-of'), /Did you mean "switch-off"/],
  ['two ways to a value', CHARGER, (_, c) => (c.value = 6), /in one way/],
  ['a range upside down', CHARGER, (_, c) => (c.min = 40), /min 40 is not below max 32/],
  ['half a range', CHARGER, (_, c) => delete c.max, /both "min" and "max"/],
  ['a range beyond the register', CHARGER, (_, c) => (c.register.scale = 0.0001), /320000 does not fit uint16/],
  [
    'a restart nobody can see',
    CHARGER,
    (p) => (p.commands.restart = { title: { zh: '重启', en: 'Restart' }, register: { address: 2 } }),
    /which reading shows/,
  ],
  ['a name with capitals', CHARGER, (p, c) => (p.commands = { setCurrent: c }), /lower-case letters/],
])('%s is a problem of the file', (_, text, change, message) => {
  expect(problemsOf(text, change).join('\n')).toMatch(message)
})
