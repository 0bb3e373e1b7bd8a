import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SNMPD, type Snmpd, type SnmpObjects, startSnmpd } from '../../test/servers/snmpd.ts'
import { askedHall, devicesOf, shipped } from './testing/asked-hall.ts'

/** hrPrinterDetectedErrorState of a healthy printer, and what Debian's agent says of it. */
const PRINTER: SnmpObjects = {
  '1.3.6.1.2.1.25.3.2.1.3.7': ['string', 'Counter Laser 4100'],
  '1.3.6.1.2.1.25.3.5.1.1.7': ['integer', 3],
  '1.3.6.1.2.1.25.3.5.1.2.7': ['octet', '00 00'],
  '1.3.6.1.2.1.43.5.1.1.17.7': ['string', 'CNB1A2B3C4'],
  '1.3.6.1.2.1.43.8.2.1.9.7.1': ['integer', 250],
  '1.3.6.1.2.1.43.8.2.1.10.7.1': ['integer', 100],
  '1.3.6.1.2.1.43.10.2.1.4.7.1': ['counter', 48211],
  '1.3.6.1.2.1.43.11.1.1.4.7.1': ['integer', 3],
  '1.3.6.1.2.1.43.11.1.1.5.7.1': ['integer', 21],
  '1.3.6.1.2.1.43.11.1.1.8.7.1': ['integer', 2000],
  '1.3.6.1.2.1.43.11.1.1.9.7.1': ['integer', 240],
}
const ERROR_STATE = '1.3.6.1.2.1.25.3.5.1.2.7'

let agent: Snmpd
beforeAll(async () => {
  agent = await startSnmpd(PRINTER)
})
beforeEach(() => agent.serve(PRINTER))
afterAll(() => agent?.close())

const secrets: Record<string, string> = {
  community: SNMPD.community,
  user: `${SNMPD.auth}\n${SNMPD.privacy}`,
  wrong: 'not-the-password',
}
const secret = (name: string) => secrets[name]
const printer = (more: object) =>
  devicesOf([
    { id: 'printer-1', profile: 'snmp/printer', host: '127.0.0.1', port: agent.port, periodMs: 1000, ...more },
  ])
const V3 = { version: 'v3', user: SNMPD.user, auth: 'sha', privacy: 'aes' }

describe('a printer behind Debian’s snmpd says what it has', () => {
  test.each([
    ['v1', { snmp: { version: 'v1' }, secret: 'community' }],
    ['v2c', { secret: 'community' }],
    ['v3 with authentication and privacy', { snmp: V3, secret: 'user' }],
  ])('by %s', async (_, access) => {
    await using hall = askedHall(printer(access), { secret })
    const { values, bad } = await hall.nextReading('printer-1')
    expect(bad).toBeUndefined()
    expect(values).toMatchObject({
      ...{ modelName: 'Counter Laser 4100', serialNumber: 'CNB1A2B3C4', 'printed.invoice': 48211 },
      ...{ 'paper.invoice': 'ok', 'paperRemaining.invoice': 40, 'ribbonRemaining.invoice': 12, 'cutter.invoice': 'ok' },
    })
    expect(await hall.presence('printer-1', 'online')).toBeUndefined()
  })
})

test('paper that runs out and a jam are told with the next round, and that they are over as well', async () => {
  await using hall = askedHall(printer({ secret: 'community' }), { secret })
  await hall.nextReading('printer-1', ({ values }) => values['paper.invoice'] === 'ok')
  // noPaper is bit 1 and jammed bit 5 of the first octet.
  await agent.serve({ ...PRINTER, [ERROR_STATE]: ['octet', '44'] })
  const { values } = await hall.nextReading('printer-1', ({ values }) => values['paper.invoice'] === 'out')
  expect(values).toMatchObject({ 'paperPath.invoice': 'jam', 'printerCover.invoice': 'closed' })
  await agent.serve(PRINTER)
  await hall.nextReading('printer-1', ({ values }) => values['paper.invoice'] === 'ok')
})

test('a printer that is asked while it starts, before it has its tables, is read under its own index as soon as it has them', async () => {
  await agent.serve({ '1.3.6.1.2.1.25.3.2.1.3.7': ['string', 'Counter Laser 4100'] })
  await using hall = askedHall(printer({ secret: 'community' }), { secret })
  expect((await hall.nextReading('printer-1')).values).not.toHaveProperty('printed.invoice')
  await agent.serve(PRINTER)
  await hall.nextReading('printer-1', ({ values }) => values['printed.invoice'] === 48211)
})

test('a wrong v3 password is a refusal, told once with its code and without the password', async () => {
  await using hall = askedHall(printer({ snmp: V3, secret: 'wrong' }), { secret })
  expect(await hall.presence('printer-1', 'offline')).toBe('HW_ASK_REFUSED')
  await hall.asking.askNow('printer-1')
  const told = hall.lines.filter(({ code }) => code === 'HW_ASK_REFUSED')
  expect(told).toHaveLength(1)
  expect(JSON.stringify(hall.lines)).not.toContain(secrets.wrong)
  expect(hall.asking.stats()).toMatchObject({ devices: 1, online: 0 })
})

test('a secret that nobody set is told, and no other community is tried in its place', async () => {
  await using hall = askedHall(printer({ secret: 'forgotten' }), { secret })
  expect(await hall.presence('printer-1', 'offline')).toBe('HW_ASK_REFUSED')
  expect(hall.lines.map(({ message }) => message)).toEqual(['printer-1 refuses: its secret "forgotten" is not set'])
})

test('an agent that goes is offline after three rounds, its values are bad and not made up, and it comes back', async () => {
  await using hall = askedHall(
    devicesOf(
      [{ id: 'printer-1', profile: 'test', host: '127.0.0.1', port: agent.port, secret: 'community', periodMs: 1000 }],
      impatient,
    ),
    { secret },
  )
  await hall.presence('printer-1', 'online')
  agent.freeze()
  const gone = await hall.nextReading('printer-1', ({ bad }) => bad !== undefined)
  expect(gone).toMatchObject({ values: {}, bad: { 'paper.invoice': 'timeout', 'printed.invoice': 'timeout' } })
  expect(await hall.presence('printer-1', 'offline')).toBe('timeout')
  agent.thaw()
  await hall.presence('printer-1', 'online')
  expect(hall.lines.map(({ message }) => message)).toEqual([
    'printer-1 does not answer',
    expect.stringMatching(/^printer-1 answers again/),
  ])
})

/** The shipped printer with an agent that is expected to answer within a fifth of a second. */
function impatient() {
  const profile = shipped('snmp/printer')
  return { ...profile, snmp: { ...profile.snmp!, timeoutMs: 200 } }
}
