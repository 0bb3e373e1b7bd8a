import { expect, test } from 'vitest'
import { hallAddressOf, isHallAddress } from './reachable.ts'

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.254',
  '192.168.1.7',
  '::1',
  'fd12::1',
  '::ffff:10.0.0.1',
])('%s is an address of a hall', (address) => expect(isHallAddress(address)).toBe(true))

test.each([
  '8.8.8.8',
  '169.254.169.254',
  '172.32.0.1',
  '100.64.0.1',
  '0.0.0.0',
  '2001:4860::1',
  'fe80::1',
  '::ffff:8.8.8.8',
  'x',
])('%s is none', (address) => expect(isHallAddress(address)).toBe(false))

test('a name is connected to by the address that was checked; one that also means a public address is refused', async () => {
  expect(await hallAddressOf('meter.local', async () => ['192.168.1.7'])).toBe('192.168.1.7')
  expect(await hallAddressOf('meter.local', async () => ['192.168.1.7', '8.8.8.8'])).toBeUndefined()
  expect(await hallAddressOf('nobody', async () => Promise.reject(new Error('unknown')))).toBeUndefined()
  expect(await hallAddressOf('2130706433', async () => ['8.8.8.8'])).toBeUndefined()
})
