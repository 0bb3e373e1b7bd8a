import { expect, test } from 'vitest'
import { draftFromDiscovery } from './discovery-draft.ts'
import { compileMqtt } from './mqtt-mapping.ts'
import { readProfile } from './read-profile.ts'

const config = (component: string, name: string, body: object) => ({
  topic: `homeassistant/${component}/kettle/${name}/config`,
  payload: JSON.stringify({ '~': 'esp/kettle', dev: { mf: 'Acme', mdl: 'Plug 7' }, ...body }),
})

const ANNOUNCED = [
  config('sensor', 'power', {
    stat_t: '~/sensor',
    dev_cla: 'power',
    unit_of_meas: 'W',
    val_tpl: '{{ value_json.energy.power }}',
  }),
  config('sensor', 'energy', {
    stat_t: '~/sensor',
    dev_cla: 'energy',
    unit_of_meas: 'Wh',
    val_tpl: "{{ value_json['total'] }}",
  }),
  config('sensor', 'pf', {
    stat_t: '~/sensor',
    dev_cla: 'power_factor',
    unit_of_meas: '%',
    val_tpl: '{{value_json["pf"]}}',
  }),
  config('switch', 'relay', { stat_t: '~/relay', cmd_t: '~/relay/set', avty_t: '~/status' }),
]

function profileOf(messages: Parameters<typeof draftFromDiscovery>[0]) {
  const { profile = '', left } = draftFromDiscovery(messages)
  const read = readProfile(profile)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return { profile: read.profile, left }
}

test('what a plug announces becomes a profile that reads its messages', async () => {
  const { profile, left } = profileOf(ANNOUNCED)
  expect(left).toEqual([])
  expect(profile).toMatchObject({ vendor: 'Acme', model: 'Plug 7', kind: 'plug', level: 'draft' })
  const compiled = compileMqtt(profile.mqtt!, { base: 'esp/kettle' })
  const values = async (topic: string, payload: string) => {
    const results = await compiled.map(topic, Buffer.from(payload), 0)
    return results.map((result) =>
      result?.ok ? { ...result.message.values, presence: result.message.presence } : result,
    )
  }
  expect(await values('esp/kettle/sensor', '{"energy":{"power":1812.5},"total":18327,"pf":99}')).toEqual([
    { activePower: 1812.5, activeEnergyImport: 18.327, powerFactor: 0.99, presence: undefined },
  ])
  expect(await values('esp/kettle/relay', 'ON')).toEqual([{ switchedOn: true, presence: undefined }])
  expect(await values('esp/kettle/status', 'offline')).toEqual([{ presence: 'offline' }])
})

test('a template that computes, an unknown unit and a class without a quantity are left to a person, with the reason', () => {
  const { left } = profileOf([
    ...ANNOUNCED,
    config('sensor', 'a', { stat_t: '~/a', dev_cla: 'voltage', unit_of_meas: 'V', val_tpl: '{{ value_json.v / 10 }}' }),
    config('sensor', 'b', { stat_t: '~/b', dev_cla: 'current', unit_of_meas: 'kA' }),
    config('sensor', 'c', { stat_t: '~/c', dev_cla: 'gas', unit_of_meas: 'm³' }),
    config('sensor', 'd', { stat_t: '~/d', dev_cla: 'power', unit_of_meas: 'W' }),
    config('button', 'e', { cmd_t: '~/restart' }),
    { topic: 'homeassistant/sensor/x/config', payload: 'no JSON' },
    { topic: 'homeassistant/sensor/gone/config', payload: '' },
  ])
  expect(left.map(({ why }) => why)).toEqual([
    'its template computes: {{ value_json.v / 10 }}',
    'its unit "kA" is not known here',
    'sensor of class gas has no quantity here',
    'activePower is taken by another entity already: give it a qualifier',
    'it has no state topic',
    'no announcement this can read',
  ])
})

test('nothing usable is no profile', () => {
  expect(draftFromDiscovery([]).profile).toBeUndefined()
})
