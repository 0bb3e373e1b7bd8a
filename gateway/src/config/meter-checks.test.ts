import { expect, test } from 'vitest'
import { HallwattError } from '../domain/errors.ts'
import { profileSchema } from '../profiles/profile-schema.ts'
import { parseHall } from './config.ts'

const about = {
  vendor: 'Test',
  model: 'Meter',
  kind: 'meter',
  title: { zh: '电表', en: 'Meter' },
  source: [{ document: 'made for this test' }],
}
const library = new Map([
  [
    'dlt645/single-phase',
    profileSchema.parse({
      ...about,
      dlt645: { items: [{ quantity: 'voltageL1', di: '02010100', format: 'XXX.X', unit: 'V' }] },
    }),
  ],
  [
    'chint/ddsu666',
    profileSchema.parse({
      ...about,
      modbus: { registers: [{ quantity: 'voltageL1', address: 0, type: 'uint16', unit: 'V' }] },
    }),
  ],
])
const profiles = { get: (id: string) => library.get(id), ids: () => [...library.keys()] }

const hallOf = (...devices: string[]) => `hall: { id: donghu, name: 东湖营业厅 }
zones: [{ id: power-room, name: 配电间 }]
links:
  serial: { type: modbus-rtu, path: /dev/ttyUSB0, baud: 9600 }
  even: { type: modbus-rtu, path: /dev/ttyUSB1, baud: 2400, parity: even }
  server: { type: modbus-rtu-over-tcp, host: 127.0.0.1, port: 4001, baud: 2400 }
  network: { type: modbus-tcp, host: 127.0.0.1 }
devices:
${devices.map((device, i) => `  - { id: m-${i + 1}, name: 电表, zone: power-room, ${device} }`).join('\n')}
`

function problemsOf(...devices: string[]): string[] {
  try {
    parseHall('hall.yaml', hallOf(...devices), profiles)
    return []
  } catch (error) {
    if (!(error instanceof HallwattError)) throw error
    return (error.problems ?? []).map(({ path, message }) => `${path}: ${message}`)
  }
}

const METER = 'profile: dlt645/single-phase'

test('meters and Modbus units share a serial port, each with its own settings', () => {
  const hall = parseHall(
    'hall.yaml',
    hallOf(
      `${METER}, link: serial, address: "000000000161", serial: { baud: 2400, parity: even }`,
      'profile: chint/ddsu666, link: serial, unitId: 7',
      `${METER}, link: even, address: "000000000161"`,
      `${METER}, link: server, address: AAAAAAAAAAAA`,
    ),
    profiles,
  )
  expect([...hall.devices.values()].map(({ connection }) => connection)).toEqual([
    {
      via: 'dlt645',
      link: 'serial',
      meter: '000000000161',
      serial: { baud: 2400, parity: 'even', stopBits: 1 },
    },
    { via: 'modbus', link: 'serial', unitId: 7 },
    { via: 'dlt645', link: 'even', meter: '000000000161' },
    { via: 'dlt645', link: 'server', meter: 'AAAAAAAAAAAA' },
  ])
  expect(hall.devices.get('m-1')?.periodsMs).toEqual({ voltageL1: 30_000 })
})

test.each([
  ['an address without quotes', `${METER}, link: even, address: 000000000161`, 'Write the address in quotes'],
  ['a short address', `${METER}, link: even, address: "0161"`, 'An address has 12 digits'],
  ['no address', `${METER}, link: even`, 'address is missing'],
  ['no link', `${METER}, address: "000000000161"`, 'link is missing'],
  ['a network without bytes', `${METER}, link: network, address: "000000000161"`, 'DL/T 645 needs a line that passes'],
  ['the wrong parity', `${METER}, link: serial, address: "000000000161"`, 'DL/T 645 is 8E1'],
  ['a unit id', `${METER}, link: even, address: "000000000161", unitId: 3`, 'needs no unitId'],
  ['an address of Modbus', 'profile: chint/ddsu666, link: serial, address: "000000000161"', 'needs no address'],
  [
    'settings of a network',
    'profile: chint/ddsu666, link: network, serial: { baud: 2400, parity: even }',
    'Only a serial port',
  ],
])('%s is told', (_, device, message) => {
  expect(problemsOf(device).join('\n')).toContain(message)
})

test('two meters that would answer at once are told', () => {
  const at = (address: string) => `${METER}, link: even, address: "${address}"`
  expect(problemsOf(at('000000000161'), at('000000000161'))[0]).toContain('is m-1 already')
  expect(problemsOf(at('000000000161'), at('AAAAAAAAAAAA'))[0]).toContain('m-1 would answer too')
  expect(problemsOf(at('000000000161'), at('AAAAAAAA0162'))).toEqual([])
})
