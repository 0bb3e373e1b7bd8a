import { expect, test } from 'vitest'
import { faultFacts } from '../domain/fault-facts.ts'
import { createFaults, faultDevice } from '../faults/faults.ts'
import { createOcppReader } from '../profiles/ocpp-mapping.ts'
import { readOcpp } from '../profiles/ocpp-messages.ts'
import { OCPP_ERROR_CODES } from '../profiles/ocpp-words.ts'
import { createReadings } from '../readings/readings.ts'
import { connectorOf } from './testing/central-system.ts'

/** The table of gateway/docs/ocpp.md: fault, its part, its priority. */
const FAULT_OF: Readonly<Record<string, readonly [code: string, part: string, priority: string] | undefined>> = {
  GroundFailure: ['ev.ground', 'chargerGround', 'P1'],
  HighTemperature: ['ev.hot', 'chargerHeat', 'P1'],
  ConnectorLockFailure: ['ev.lock', 'connectorLock', 'P2'],
  EVCommunicationError: ['ev.comm', 'vehicleLink', 'P3'],
  OverCurrentFailure: ['ev.ground', 'faultActive.overCurrent', 'P1'],
  PowerSwitchFailure: ['ev.ground', 'faultActive.powerSwitch', 'P1'],
  InternalError: ['ev.ground', 'faultActive.internal', 'P2'],
  OtherError: ['ev.ground', 'faultActive.other', 'P2'],
  OverVoltage: ['ev.comm', 'faultActive.overVoltage', 'P3'],
  UnderVoltage: ['ev.comm', 'faultActive.underVoltage', 'P3'],
  ResetFailure: ['ev.comm', 'faultActive.reset', 'P3'],
  PowerMeterFailure: ['mtr.no_read', 'faultActive.powerMeter', 'P3'],
  ReaderFailure: ['card.reader_dead', 'faultActive.reader', 'P2'],
  WeakSignal: ['net.degraded', 'faultActive.weakSignal', 'P3'],
  LocalListConflict: ['sw.drift', 'faultActive.localList', 'P4'],
  NoError: undefined,
}

/** Mapping, readings and fault rules together, as the gateway wires them. */
function chargerUnderWatch() {
  const device = connectorOf('CP-01')
  const reader = createOcppReader(device.profile.ocpp!, 1)
  const readings = createReadings()
  const faults = createFaults()
  const told: string[] = []
  let now = Date.UTC(2026, 10, 23, 2)
  readings.onChange((change) => {
    for (const { type, fault, priority = faultFacts(fault.code).priority } of faults.take(change, now))
      told.push(
        type === 'raised' ? `raised ${fault.code} ${fault.part} ${priority}` : `${type} ${fault.code} ${fault.part}`,
      )
  })
  readings.setDevices([device], now)
  faults.setDevices([faultDevice(device, [])], now)
  return {
    told,
    say(errorCode: string) {
      now += 1000
      const status = errorCode === 'NoError' ? 'Available' : 'Faulted'
      const message = readOcpp('StatusNotification', { connectorId: 1, errorCode, status })!
      for (const { at, values } of reader.read(message, now))
        readings.accept({ device: device.id, stream: 'reading', at, values }, now)
    },
  }
}

test.each(OCPP_ERROR_CODES)('%s is raised as its fault, and cleared by NoError', (errorCode) => {
  const charger = chargerUnderWatch()
  charger.say('NoError')
  expect(charger.told).toEqual([])
  charger.say(errorCode)
  const wanted = FAULT_OF[errorCode]
  expect(charger.told).toEqual(wanted ? [`raised ${wanted.join(' ')}`] : [])
  charger.say('NoError')
  expect(charger.told.slice(1)).toEqual(wanted ? [`cleared ${wanted[0]} ${wanted[1]}`] : [])
})

test('a charger with every error at once shows every one of them', () => {
  const charger = chargerUnderWatch()
  for (const errorCode of OCPP_ERROR_CODES.filter((code) => code !== 'NoError')) charger.say(errorCode)
  expect(charger.told.filter((line) => line.startsWith('raised'))).toHaveLength(15)
  expect(charger.told.filter((line) => line.startsWith('cleared'))).toEqual([])
})
