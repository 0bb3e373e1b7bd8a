import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SNMPD, type Snmpd, type SnmpObjects, startSnmpd } from '../../test/servers/snmpd.ts'
import { askedHall, devicesOf } from './testing/asked-hall.ts'

/** UPS-MIB (RFC 1628) of a UPS on mains with two output lines: tenths of a volt, an ampere and a hertz. */
const UPS: SnmpObjects = {
  '1.3.6.1.2.1.33.1.1.2.0': ['string', 'PW9130 1500'],
  '1.3.6.1.2.1.33.1.1.3.0': ['string', '1.21'],
  '1.3.6.1.2.1.33.1.2.1.0': ['integer', 2],
  '1.3.6.1.2.1.33.1.2.3.0': ['integer', 42],
  '1.3.6.1.2.1.33.1.2.4.0': ['integer', 100],
  '1.3.6.1.2.1.33.1.2.5.0': ['integer', 546],
  '1.3.6.1.2.1.33.1.2.6.0': ['integer', -3],
  '1.3.6.1.2.1.33.1.2.7.0': ['integer', 24],
  '1.3.6.1.2.1.33.1.3.3.1.3.1': ['integer', 231],
  '1.3.6.1.2.1.33.1.4.1.0': ['integer', 3],
  '1.3.6.1.2.1.33.1.4.2.0': ['integer', 499],
  '1.3.6.1.2.1.33.1.4.4.1.2.1': ['integer', 230],
  '1.3.6.1.2.1.33.1.4.4.1.2.2': ['integer', 228],
  '1.3.6.1.2.1.33.1.4.4.1.4.1': ['integer', 412],
  '1.3.6.1.2.1.33.1.4.4.1.4.2': ['integer', 88],
  '1.3.6.1.2.1.33.1.4.4.1.5.1': ['integer', 31],
  '1.3.6.1.2.1.33.1.4.4.1.5.2': ['integer', 7],
}
/** Mains away; the table of alarms points to upsAlarmOnBattery, upsAlarmBatteryBad and upsAlarmOutputOverload. */
const IN_TROUBLE: SnmpObjects = {
  ...UPS,
  '1.3.6.1.2.1.33.1.2.1.0': ['integer', 3],
  '1.3.6.1.2.1.33.1.2.3.0': ['integer', 4],
  '1.3.6.1.2.1.33.1.2.4.0': ['integer', 18],
  '1.3.6.1.2.1.33.1.3.3.1.3.1': ['integer', 0],
  '1.3.6.1.2.1.33.1.4.1.0': ['integer', 5],
  '1.3.6.1.2.1.33.1.4.4.1.5.1': ['integer', 104],
  '1.3.6.1.2.1.33.1.6.2.1.2.11': ['objectid', '.1.3.6.1.2.1.33.1.6.3.2'],
  '1.3.6.1.2.1.33.1.6.2.1.2.12': ['objectid', '.1.3.6.1.2.1.33.1.6.3.1'],
  '1.3.6.1.2.1.33.1.6.2.1.2.15': ['objectid', '.1.3.6.1.2.1.33.1.6.3.8'],
}

let agent: Snmpd
beforeAll(async () => {
  agent = await startSnmpd(UPS)
})
beforeEach(() => agent.serve(UPS))
afterAll(() => agent?.close())

const secret = (name: string) => (name === 'user' ? `${SNMPD.auth}\n${SNMPD.privacy}` : SNMPD.community)
const ups = (more: object) =>
  devicesOf([{ id: 'ups-1', profile: 'snmp/ups', host: '127.0.0.1', port: agent.port, periodMs: 1000, ...more }])

describe('a UPS behind Debian’s snmpd says what it has, in units', () => {
  test.each([
    ['v1', { snmp: { version: 'v1' }, secret: 'community' }],
    ['v2c', { secret: 'community' }],
    [
      'v3 with authentication and privacy',
      {
        snmp: { version: 'v3', user: SNMPD.user, auth: 'sha', privacy: 'aes' },
        secret: 'user',
      },
    ],
  ])('by %s', async (_, access) => {
    await using hall = askedHall(ups(access), { secret })
    const { values, bad } = await hall.nextReading('ups-1')
    expect(bad).toBeUndefined()
    // 42 min in seconds, 54.6 V, the weaker of two lines, both their watts, the busier one.
    expect(values).toMatchObject({
      ...{ modelName: 'PW9130 1500', firmwareVersion: '1.21', upsSource: 'mains', upsBattery: 'ok', socPercent: 100 },
      ...{ upsRemaining: 2520, batteryVoltage: 54.6, batteryCurrent: -0.3, 'temperature.battery': 24, frequency: 49.9 },
      ...{ inputVoltage: 231, outputVoltage: 228, activePower: 500, upsLoad: 31 },
      ...{ upsBatteryHealth: 'ok', upsOutput: 'ok', upsLink: 'ok' },
    })
    await agent.serve(IN_TROUBLE)
    const trouble = await hall.nextReading('ups-1', ({ values }) => values.upsSource === 'battery')
    expect(trouble.values).toMatchObject({
      ...{ upsBattery: 'low', socPercent: 18, upsRemaining: 240, inputVoltage: 0, upsLoad: 104 },
      ...{ upsBatteryHealth: 'replace', upsOutput: 'overload', upsLink: 'ok' },
    })
  })
})
