import { expect, test } from 'vitest'
import { runFlow, shipped } from './testing/headless.ts'
import { httpEnd } from './testing/http-end.ts'

const quick = { 'appliance-time': { repeat: '0.05', onceDelay: 0.01 } }

test('an appliance that only has a status page speaks our MQTT contract, and is told offline when it is gone', async () => {
  let status = 200
  const appliance = await httpEnd(() => ({ status, body: { power_w: 152.5, energy_wh: 48_250 } }))
  const flow = await runFlow(shipped('example-appliance'), {
    environment: { HALLWATT_FLOW_APPLIANCE_URL: appliance.url },
    change: quick,
  })
  const state = flow.at('appliance-state')
  const online = flow.at('appliance-online')
  expect(await online.next()).toMatchObject({
    topic: 'hallwatt/donghu/appliance-01/online',
    payload: 'true',
    retain: true,
  })
  const first = await state.next()
  expect(first.topic).toBe('hallwatt/donghu/appliance-01/state')
  expect(first.payload).toMatchObject({ activePower: 152.5, activeEnergyImport: 48.25 })
  status = 0
  expect(await online.next()).toMatchObject({ payload: 'false' })
  // Nothing is made up for what was not read.
  const told = state.messages.length
  const asked = appliance.asked.length
  await appliance.until((all) => all.length >= asked + 2)
  expect(state.messages.length).toBe(told)
})
