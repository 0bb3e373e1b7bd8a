import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import type { ResolvedDevice } from '../src/config/resolved-hall.ts'
import { parseDocument } from '../src/documents/documents.ts'
import { createModbusEndpoint } from '../src/modbus/modbus.ts'
import { polledHall, tcpLink } from '../src/polling/testing/polled-hall.ts'
import { silentLog } from '../src/ports/log.ts'
import { systemClock } from '../src/ports/system-clock.ts'
import { casesSchema, isModbusCase } from '../src/profiles/cases-schema.ts'
import { parseProfile } from '../src/profiles/profiles.ts'
import { libmodbusDevice } from './servers/libmodbus.ts'

// Whole processes are started, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 120_000 })

const folder = fileURLToPath(new URL('../../device-profiles/', import.meta.url))
const main = fileURLToPath(new URL('../../bin/hallwatt.mjs', import.meta.url))

/** The first case of a profile: words and values that were worked out by another program. */
function firstCase(id: string) {
  const parsed = parseDocument(readFileSync(`${folder}${id}.cases.yaml`, 'utf8'), casesSchema)
  if (!parsed.ok) throw new Error(`${id}.cases.yaml cannot be read`)
  const found = parsed.value.find(isModbusCase)
  if (!found) throw new Error(`${id} has no case with words`)
  return { ...found, words: found.words.holding ?? {} }
}

const deviceOf = (id: string): ResolvedDevice => {
  const profile = parseProfile(id, readFileSync(`${folder}${id}.yaml`, 'utf8'))
  const variant = Object.keys(profile.modbus?.variants ?? {})[0]
  return {
    id: 'device-1',
    name: 'device-1',
    hall: 'hall',
    zone: 'zone',
    kind: profile.kind,
    profileId: id,
    profile,
    ...(variant !== undefined && { variant }),
    connection: { via: 'modbus', link: 'bus', unitId: 1 },
    periodsMs: {},
    fingerprint: id,
  }
}

test.each(['sunspec/inverter', 'sunspec/meter', 'sunspec/storage'])(
  '%s: the gateway finds the models of a device made of libmodbus, and reads what its case expects',
  async (id) => {
    const one = firstCase(id)
    await using device = await libmodbusDevice(one.words)
    await using hall = polledHall({
      openEndpoint: (link) => createModbusEndpoint(link, { clock: systemClock, log: silentLog }),
    })
    hall.setHall({ bus: tcpLink(device) }, [deviceOf(id)])
    const frame = await hall.nextReading('device-1')
    expect(frame.values).toEqual(one.expect)
    expect(frame.bad ?? {}).toEqual(one.bad)
    expect(await hall.presence('device-1', 'online')).toBeUndefined()
  },
)

test('hallwatt profile try names the models of the device and where each stands', async () => {
  await using device = await libmodbusDevice(firstCase('sunspec/inverter').words)
  const args = ['profile', 'try', '--profile', 'sunspec/inverter', '--host', device.host, '--port', `${device.port}`]
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args])
  expect(stdout).toContain('SunSpec, marker at 40000:')
  expect(stdout).toMatch(/^ {4}103 {2}40070 \(0x9c86\) {4}50 {2}三相逆变器 {2}inverter, three phase, integer$/m)
  expect(stdout).toMatch(/^generatedPower +9876 {2}W /m)
})

test('hallwatt profile try says so when the device is another one', async () => {
  await using device = await libmodbusDevice(firstCase('sunspec/meter').words)
  const args = ['profile', 'try', '--profile', 'sunspec/inverter', '--host', device.host, '--port', `${device.port}`]
  const failed = await promisify(execFile)(process.execPath, [main, ...args]).catch((error) => error)
  expect(failed.code).toBe(1)
  expect(failed.stdout).toContain('This device has no SunSpec model 103, 102, 101, 113, 112, 111')
})
