import { expect, test } from 'vitest'
import { createLastSaid } from './last-said.ts'

test('of each kind of message the newest is kept, for the station and for each connector', () => {
  const said = createLastSaid()
  said.take('BootNotification', { chargePointVendor: 'Any' }, 1)
  said.take('StatusNotification', { connectorId: 1, status: 'Available' }, 2)
  said.take('StatusNotification', { connectorId: 2, status: 'Faulted' }, 3)
  said.take('StatusNotification', { connectorId: 1, status: 'Charging' }, 4)
  expect(said.of(1).map(({ action, connector, at }) => [action, connector, at])).toEqual([
    ['StatusNotification', 1, 4],
    ['BootNotification', null, 1],
  ])
  expect(said.of(1)[0]!.payload).toContain('Charging')
})

test('the card of a customer is not kept', () => {
  const said = createLastSaid()
  said.take('StartTransaction', { connectorId: 1, idTag: 'C0FFEE01', deep: [{ parentIdTag: 'C0FFEE02' }] }, 1)
  expect(said.of(1)[0]!.payload).toBe('{"connectorId":1,"idTag":"***","deep":[{"parentIdTag":"***"}]}')
})

test('a charger that makes names up fills nothing: the kinds known longest go, and long messages are cut', () => {
  const said = createLastSaid()
  for (let i = 0; i < 1000; i++) said.take(`Made${'x'.repeat(i)}Up${i}`, { text: 'y'.repeat(5000) }, i)
  expect(said.of(1).length).toBeLessThanOrEqual(24)
  for (const { action, payload } of said.of(1)) {
    expect(action.length + payload.length).toBeLessThanOrEqual(641)
    expect(payload.endsWith('…')).toBe(true)
  }
  said.take('Odd', undefined, 2000)
  expect(said.of(1)[0]).toMatchObject({ action: 'Odd', payload: '' })
})
