import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseProfile } from '../profiles/profiles.ts'
import { parseHall } from './config.ts'

const file = (id: string) => fileURLToPath(new URL(`../../../device-profiles/${id}.yaml`, import.meta.url))
const shipped = async (id: string) => [id, parseProfile(id, await readFile(file(id), 'utf8'))] as const
const library = new Map([await shipped('ocpp/charge-point-16'), await shipped('hallwatt/charger')])
const profiles = { get: (id: string) => library.get(id), ids: () => [...library.keys()] }

const hall = (ocpp: string, ...devices: string[]) => `hall: { id: donghu, name: 东湖营业厅 }
zones: [{ id: charging, name: 充电区 }]
${ocpp}
devices:
${devices.map((device) => `  - { ${device}, zone: charging }`).join('\n')}
`
const evse = 'id: evse-1, name: 桩, profile: ocpp/charge-point-16, chargePoint: CP-01'

/** What is wrong, as a person reads it; '' when nothing is. */
function problemsOf(text: string): string {
  try {
    parseHall('hall.yaml', text, profiles)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('a connector of a charge point is a device, the first one unless it says which', () => {
  const { devices } = parseHall(
    'hall.yaml',
    hall('ocpp: {}', evse, `${evse.replace('evse-1', 'evse-2')}, connector: 2`),
    profiles,
  )
  expect(devices.get('evse-1')?.connection).toEqual({ via: 'ocpp', chargePoint: 'CP-01', connector: 1 })
  expect(devices.get('evse-2')?.connection).toEqual({ via: 'ocpp', chargePoint: 'CP-01', connector: 2 })
  expect(devices.get('evse-1')?.periodsMs).toMatchObject({ activePower: 60_000 })
})

test('a port open to the network without passwords is refused; with them it is not', () => {
  const open = 'ocpp: { host: 0.0.0.0 }'
  expect(problemsOf(hall(open, evse))).toContain('HW_BIND_REFUSED')
  expect(problemsOf(hall('ocpp: { host: 0.0.0.0, securityProfile: 1, credentialsFile: keys }', evse))).toBe('')
})

test.each([
  ['no port', '', evse, 'say where'],
  ['no identity', 'ocpp: {}', evse.replace(', chargePoint: CP-01', ''), 'chargePoint is missing'],
  ['an identity with a slash', 'ocpp: {}', evse.replace('CP-01', 'a/b'), 'no space, "/"'],
  ['passwords without a file', 'ocpp: { securityProfile: 1 }', evse, 'set ocpp.credentialsFile'],
  ['TLS without a certificate', 'ocpp: { securityProfile: 2, credentialsFile: keys }', evse, 'set ocpp.tls'],
  ['a certificate without TLS', 'ocpp: { tls: { certificateFile: a, keyFile: b } }', evse, 'set securityProfile: 2'],
  ['a file that nobody asks', 'ocpp: { credentialsFile: keys }', evse, 'asks for no password'],
  ['the port of the broker', 'ocpp: { port: 1883 }\nbroker: { port: 1883 }', evse, 'taken by broker.port'],
])('%s is a problem with its remedy', (_what, ocpp, device, says) => {
  expect(problemsOf(hall(ocpp, device))).toContain(says)
})

test('two devices for one connector, and an identity where none is needed, are problems', () => {
  expect(problemsOf(hall('ocpp: {}', evse, evse.replace('evse-1', 'evse-2')))).toContain('is evse-1 already')
  const other = 'id: evse-3, name: 桩, profile: hallwatt/charger, chargePoint: CP-01'
  expect(problemsOf(hall('ocpp: {}', other))).toContain('needs no chargePoint')
})
