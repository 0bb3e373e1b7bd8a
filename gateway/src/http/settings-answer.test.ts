import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseHall } from '../config/config.ts'
import { createProfileLibrary } from '../profiles/profiles.ts'
import { effectiveRules } from '../settings/effective-rules.ts'
import { hallLines } from '../settings/hall-lines.ts'
import { maskedAddress, unmasked } from '../settings/masked.ts'
import { profileAnswer } from '../settings/profile-answers.ts'
import { referenceNumber } from '../settings/reference-number.ts'
import { settingsAnswer } from '../settings/settings-answer.ts'
import { profileSchema, settingsSchema } from './settings-schemas.ts'

const library = await createProfileLibrary(fileURLToPath(new URL('../../../device-profiles', import.meta.url)), {
  readFile,
  readdir,
})

const TEXT = `hall: { id: donghu, name: 东湖 }
zones:
  - { id: lobby, name: 大厅 }
links:
  bus: { type: modbus-tcp, host: 10.0.0.7 }
devices:
  - id: meter-1
    name: 总表   # 配电间
    profile: eastron/sdm630
    zone: lobby
    link: bus   # 一号总线
  - { id: kiosk-1, name: 1号机, profile: hallwatt/kiosk, zone: lobby }
influx: { url: "http://user:secret1@10.0.0.9:8086" }
repair:
  alwaysOpen: [lobby]
  people:
    - { id: zhang, name: 张, channels: [chat] }
  channels:
    chat: { type: wecom, key: WECOM_KEY, url: "https://chat.example/send?key=secret2" }
    hook: { type: webhook, url: "https://u:secret3@hook.example/x", secret: HOOK }
  rules:
    - { type: above, code: host.hot, quantity: temperature.cabinet, limit: 50, on: { devices: [kiosk-1] } }
`
const hall = parseHall('hall.yaml', TEXT, library)
const SOURCE = { file: 'hall.yaml', revision: 'r', writable: true, problems: [] }
const answer = settingsAnswer(hall, {
  source: SOURCE,
  lines: hallLines(TEXT),
  isSet: (variable) => variable === 'WECOM_KEY',
  at: 1,
})

test('the settings of a hall are as described, each thing with its line and its own words', () => {
  expect(settingsSchema.parse(answer)).toEqual(answer)
  expect(answer.zones).toEqual([{ id: 'lobby', name: '大厅', line: 3, devices: 2, alwaysOpen: true }])
  expect(answer.links[0]).toMatchObject({ id: 'bus', line: 5, devices: ['meter-1'], link: { port: 502 } })
  expect(answer.devices.map(({ line, kind }) => [line, kind])).toEqual([
    [7, 'meter'],
    [12, 'kiosk'],
  ])
  expect(answer.devices[0]?.text).toContain('name: 总表   # 配电间')
  expect(answer.devices[0]?.text?.endsWith('link: bus   # 一号总线')).toBe(true)
})

test('no secret is in the answer, only which variable holds it and whether it is set', () => {
  expect(JSON.stringify(answer)).not.toMatch(/secret\d/)
  expect(answer.channels[0]).toMatchObject({
    settings: { url: 'https://chat.example/send?***' },
    secrets: [{ setting: 'key', variable: 'WECOM_KEY', set: true }],
  })
  expect(answer.channels[1]?.secrets).toEqual([{ setting: 'secret', variable: 'HOOK', set: false }])
  expect(answer.influx?.url).toBe('http://***@10.0.0.9:8086')
})

test.each([
  ['https://a.example/x', 'https://a.example/x'],
  ['https://a.example/x?k=1#y', 'https://a.example/x?***'],
  ['http://u@a.example', 'http://***@a.example'],
  ['desk/alarms', 'desk/alarms'],
])('%s is shown as %s and comes back whole', (address, shown) => {
  expect(maskedAddress(address)).toBe(shown)
  expect(unmasked({ url: shown }, { url: address })).toEqual({ url: address })
})

test('the rules of a device say which layer they come from', () => {
  const device = hall.devices.get('kiosk-1')
  if (!device) throw new Error('no kiosk')
  const { rules } = effectiveRules(device, hall)
  expect(
    rules.find(({ code, quantities }) => code === 'host.hot' && quantities[0] === 'temperature.cabinet'),
  ).toMatchObject({
    from: 'hall',
    rule: { limit: 50 },
  })
  expect(rules.find(({ code }) => code === 'prn.paper_jam')?.from).toBe('parts')
  expect(rules.find(({ code }) => code === 'host.disk_full')?.from).toBe('kind')
})

test('every shipped profile is shown as described', () => {
  const known = { devices: [], cases: 1 }
  const answers = library.ids().map((id) => profileAnswer(id, library.get(id)!, known))
  expect(answers.map((one) => profileSchema.parse(one))).toEqual(answers)
  expect(answers.find(({ id }) => id === 'eastron/sdm630')?.pointList[0]).toMatchObject({
    quantity: 'voltageL1',
    functionCode: 4,
    address: 0,
    reference: '30001',
  })
})

test.each([
  ['holding', 0, '40001'],
  ['input', 72, '30073'],
  ['coil', 9, '00010'],
  ['holding', 9998, '49999'],
  ['holding', 9999, '410000'],
] as const)('%s %i is printed %s', (table, address, printed) => {
  expect(referenceNumber(table, address)).toBe(printed)
})
