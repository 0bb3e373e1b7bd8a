import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../documents/documents.ts'
import { casesSchema, isCommandCase, isModbusCase, type MqttCase } from './cases-schema.ts'
import { runMqttCase } from './mqtt-cases.ts'
import { parseProfile } from './profiles.ts'

const ROOT = new URL('../../../device-profiles/', import.meta.url).pathname

/** Every profile that speaks MQTT, by its id. */
const profiles = globSync('*/*.yaml', { cwd: ROOT })
  .filter((file) => !file.endsWith('.cases.yaml'))
  .flatMap((file) => {
    const { mqtt } = parseProfile(file, readFileSync(ROOT + file, 'utf8'))
    return mqtt ? [{ id: file.slice(0, -'.yaml'.length), mqtt }] : []
  })

test.each([
  'donghe/zt200',
  'hallwatt/kiosk',
  'lanxin/sst-7',
  'shelly/meter-3-phase',
  'shelly/plug-gen2',
  'tasmota/plug',
  'tasmota/relay-channel',
  'zigbee2mqtt/climate',
])('%s is among the shipped MQTT profiles', (id) => {
  expect(profiles.map((profile) => profile.id)).toContain(id)
})

describe.each(profiles)('$id', ({ id, mqtt }) => {
  const parsed = parseDocument(readFileSync(`${ROOT}${id}.cases.yaml`, 'utf8'), casesSchema)
  if (!parsed.ok) throw new Error(`${id}.cases.yaml: ${JSON.stringify(parsed.problems)}`)
  const cases = parsed.value.filter((one): one is MqttCase => !isModbusCase(one) && !isCommandCase(one))

  test.each(cases)('$name', async (one) => {
    const { expect: values, bad, presence, rejected, receivedAt, at = receivedAt } = one
    const wanted = { expect: values, bad, at, ...(presence && { presence }), ...(rejected && { rejected }) }
    expect(await runMqttCase(mqtt, one)).toEqual(wanted)
  })
})
