import { expect, test } from 'vitest'
import { HallwattError } from '../domain/errors.ts'
import { type Profile, profileSchema } from '../profiles/profile-schema.ts'
import { parseHall } from './config.ts'

const meterProfile: Profile = profileSchema.parse({
  vendor: 'Eastron',
  model: 'SDM630',
  kind: 'meter',
  title: { zh: '三相电表', en: 'Three-phase meter' },
  source: [{ document: 'SDM630 Modbus Protocol' }],
  modbus: {
    table: 'input',
    registers: [
      { quantity: 'voltageL1', address: 0, type: 'float32', unit: 'V', rate: 'fast' },
      { quantity: 'activeEnergyImport', address: 72, type: 'float32', unit: 'kWh' },
    ],
  },
})
const plugProfile: Profile = profileSchema.parse({
  vendor: 'Tasmota',
  model: 'plug',
  kind: 'plug',
  title: { zh: '计量插座', en: 'Metering plug' },
  source: [{ document: 'Tasmota MQTT' }],
  mqtt: {
    parameters: { topic: {} },
    messages: [
      {
        topic: 'tele/{topic}/SENSOR',
        everyMs: 5000,
        values: [{ quantity: 'activePower', pointer: '/ENERGY/Power', unit: 'W' }],
      },
    ],
  },
})
const library = new Map([
  ['eastron/sdm630', meterProfile],
  ['tasmota/plug', plugProfile],
])
const profiles = { get: (id: string) => library.get(id), ids: () => [...library.keys()] }

const hallText = `hall: { id: donghu, name: 东湖营业厅 }
zones:
  - { id: power-room, name: 配电间 }
links:
  bus-1: { type: modbus-tcp, host: 127.0.0.1, port: 18020 }
devices:
  - { id: meter-main, name: 总表, profile: eastron/sdm630, zone: power-room, link: bus-1, unitId: 3 }
  - { id: plug-1, name: 插座, profile: tasmota/plug, zone: power-room, topic: { topic: tasmota_A1B2C3 }, kind: cooker }
`

const problemsOf = (text: string) => {
  try {
    parseHall('hall.yaml', text, profiles)
  } catch (error) {
    if (error instanceof HallwattError) return error
    throw error
  }
  throw new Error('the file was taken as valid')
}

test('a valid hall gives every device with its profile, link and expected periods', () => {
  const { devices, links } = parseHall('hall.yaml', hallText, profiles)
  expect(devices.get('meter-main')).toMatchObject({
    kind: 'meter',
    connection: { via: 'modbus', link: 'bus-1', unitId: 3 },
    periodsMs: { voltageL1: 1000, activeEnergyImport: 10_000 },
  })
  expect(devices.get('plug-1')).toMatchObject({
    kind: 'cooker',
    connection: {
      via: 'mqtt',
      user: 'plug-1',
      parameters: { topic: 'tasmota_A1B2C3', device: 'plug-1', hall: 'donghu' },
    },
    periodsMs: { activePower: 5000 },
  })
  expect(links.get('bus-1')).toMatchObject({ type: 'modbus-tcp', port: 18020 })
})

test('a file with five mistakes of five kinds reports all five, each with its line and column', () => {
  const error = problemsOf(`hall: { id: Donghu Hall, name: 东湖营业厅 }
zones:
  - { id: power-room, name: 配电间 }
links:
  bus-1: { type: modbus-tcp, host: 127.0.0.1, prot: 18020 }
devices:
  - { id: meter-main, name: 总表, profile: eastron/sdm639, zone: power-room, link: bus-1 }
  - { id: meter-2, name: 分表, profile: eastron/sdm630, zone: powerroom, link: bus-1 }
  - { id: meter-3, name: 分表, profile: eastron/sdm630, zone: power-room, link: bus-1, unitId: 300 }
`)
  expect(error.code).toBe('HW_HALL_INVALID')
  expect(error.problems.map((p) => [p.line, p.column, p.path])).toEqual([
    [1, 9, 'hall.id'],
    [5, 47, 'links.bus-1.prot'],
    [7, 33, 'devices[0].profile'],
    [8, 55, 'devices[1].zone'],
    [9, 86, 'devices[2].unitId'],
  ])
  expect(error.message).toContain('hall.yaml has 5 problems')
  expect(error.message).toContain('Did you mean "port"?')
  expect(error.message).toContain('Did you mean "eastron/sdm630"?')
  expect(error.message).toContain('Did you mean "power-room"?')
})

test('broken YAML is reported with its place, not thrown as a stack', () => {
  const error = problemsOf('hall: { id: donghu\nzones: [')
  expect(error.problems[0]?.line).toBeGreaterThan(0)
})

test('a second device with the same id is told which one it repeats', () => {
  const error = problemsOf(hallText.replace('id: plug-1', 'id: meter-main'))
  expect(error.message).toContain('device "meter-main" exists already: devices[0]')
})

test('two devices on one unit id of one link are refused', () => {
  const twin = `  - { id: meter-twin, name: 分表, profile: eastron/sdm630, zone: power-room, link: bus-1, unitId: 3 }\n`
  expect(problemsOf(hallText + twin).message).toContain('Unit id 3 on bus-1 is meter-main already')
})

test('a Modbus device without a link and an MQTT device with one are both told what to do', () => {
  const error = problemsOf(
    hallText.replace(', link: bus-1, unitId: 3', '').replace('kind: cooker', 'kind: cooker, link: bus-1'),
  )
  expect(error.message).toContain('link is missing: eastron/sdm630 is read over Modbus. Links of this file: bus-1.')
  expect(error.message).toContain('tasmota/plug speaks MQTT and needs no link: remove this line.')
})

test('a topic parameter with a wildcard is refused: it would swallow another device’s messages', () => {
  expect(problemsOf(hallText.replace('tasmota_A1B2C3', '"+"')).message).toContain('names one device')
})

test('two listeners on one port are told about each other', () => {
  const error = problemsOf(`${hallText}broker: { port: 9000 }\nhttp: { port: 9000 }\n`)
  expect(error.message).toContain('Port 9000 is taken by broker.port already')
})

test('only what changed gets a new fingerprint, so a reload touches nothing else', () => {
  const before = parseHall('hall.yaml', hallText, profiles)
  const after = parseHall('hall.yaml', hallText.replace('unitId: 3', 'unitId: 4'), profiles)
  expect(after.devices.get('meter-main')?.fingerprint).not.toBe(before.devices.get('meter-main')?.fingerprint)
  expect(after.devices.get('plug-1')?.fingerprint).toBe(before.devices.get('plug-1')?.fingerprint)
  expect(after.links.get('bus-1')?.fingerprint).toBe(before.links.get('bus-1')?.fingerprint)
})
