import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseProfile } from './profiles.ts'

/** Figures that the documents carry less surely than the rest: they must stay marked until somebody has checked them on a device. */
const WEAK = [
  {
    id: 'chint/dtsu666',
    confidence: 'single-source',
    quantities: 'activePowerDemand reactiveEnergyQ1 reactiveEnergyQ2 reactiveEnergyQ3 reactiveEnergyQ4',
  },
  {
    id: 'chint/dtsu666',
    confidence: 'conflict',
    quantities:
      'activeEnergyImport activeEnergyImportL1 activeEnergyImportL2 activeEnergyImportL3 activeEnergyExport activeEnergyExportL1 activeEnergyExportL2 activeEnergyExportL3',
  },
  {
    id: 'chint/ddsu666',
    confidence: 'single-source',
    quantities: 'apparentPower activeEnergyImportT1 activeEnergyImportT2 activeEnergyImportT3 activeEnergyImportT4',
  },
  {
    id: 'acrel/adl400',
    confidence: 'single-source',
    quantities: 'reactiveEnergyTotal activeEnergyImportL2',
  },
  {
    id: 'carlo-gavazzi/em340',
    confidence: 'single-source',
    quantities: 'activeEnergyImportT3 activeEnergyImportT4',
  },
  {
    id: 'abb/terra-ac',
    confidence: 'single-source',
    quantities: 'chargingCurrentLimitCommanded fallbackCurrent',
  },
  {
    id: 'huawei/sun2000',
    confidence: 'single-source',
    quantities:
      'alarmWord.alarm1 faultActive.dcArc faultActive.stringReversed faultActive.gridLoss faultActive.gridUndervoltage faultActive.gridOvervoltage alarmWord.alarm2 faultActive.residualCurrent faultActive.lowInsulation faultActive.overtemperature faultActive.device faultActive.battery alarmWord.alarm3 faultActive.externalFan faultActive.stringLoss faultActive.internalFan',
  },
  {
    id: 'sungrow/sh',
    confidence: 'single-source',
    quantities:
      'frequency gridVoltageL1 gridVoltageL2 gridVoltageL3 gridCurrentL1 gridCurrentL2 gridCurrentL3 alarmWord.inverter alarmWord.gridFault alarmWord.systemFault1 alarmWord.systemFault2 alarmWord.dcFault alarmWord.permanentFault alarmWord.bdcFault alarmWord.bdcPermanentFault alarmWord.batteryFault alarmWord.battery alarmWord.bms alarmWord.bmsProtection alarmWord.bmsFault1 alarmWord.bmsFault2 alarmWord.bms2 firmwareVersion communicationFirmwareVersion batteryFirmwareVersion',
  },
  {
    id: 'sungrow/sh',
    confidence: 'conflict',
    quantities: 'backupPower',
  },
  {
    id: 'carlo-gavazzi/em24',
    confidence: 'conflict',
    quantities: 'activeEnergyExport',
  },
  {
    id: 'heidelberg/energy-control',
    confidence: 'unverified',
    quantities: 'chargingCurrentLimit fallbackCurrent fallbackTimeout',
  },
  {
    id: 'phoenix-contact/ev-cc-eth',
    confidence: 'single-source',
    quantities:
      'evseState vehicleConnected firmwareVersion voltageL1 voltageL2 voltageL3 currentL1 currentL2 currentL3 activePower activeEnergyImport chargingCurrentLimit',
  },
  {
    id: 'phoenix-contact/charx-sec',
    confidence: 'single-source',
    quantities:
      'reactiveEnergyTotal apparentEnergy fallbackCurrent fallbackTimeout faultActive.residualCurrent faultActive.overtemperature faultActive.lockFailed faultActive.controlPilot',
  },
  {
    id: 'webasto/unite',
    confidence: 'unverified',
    quantities: 'chargerState chargingCurrentLimitCommanded',
  },
  {
    id: 'webasto/next',
    confidence: 'unverified',
    quantities: 'chargingCurrentLimitCommanded',
  },
  {
    id: 'sungrow/sg',
    confidence: 'single-source',
    quantities: 'pvVoltage.string5 pvCurrent.string5 pvVoltage.string8 pvCurrent.string8 yieldEnergyMonth',
  },
  {
    id: 'growatt/sph',
    confidence: 'conflict',
    quantities: 'gridEnergyExport',
  },
  {
    id: 'growatt/tl-xh',
    confidence: 'conflict',
    quantities: 'batteryVoltage',
  },
  {
    id: 'sunspec/storage',
    confidence: 'unverified',
    quantities: 'batteryCurrent batteryPower',
  },
] as const

const pathOf = (id: string) => fileURLToPath(new URL(`../../../device-profiles/${id}.yaml`, import.meta.url))

describe.each(WEAK)('$id marks what is only $confidence', ({ id, confidence, quantities }) => {
  const { modbus } = parseProfile(id, readFileSync(pathOf(id), 'utf8'))
  const groups = Object.values(modbus?.variants ?? {}).flatMap(({ registers }) => registers)
  const lines = [...(modbus?.registers ?? []), ...groups]

  test.each(quantities.split(' '))('%s', (quantity) => {
    expect(lines.filter((line) => line.quantity === quantity).map((line) => line.confidence)).toContain(confidence)
  })
})
