import { expect, test } from 'vitest'
import { placeAfterLogin } from './place-after-login.ts'

test.each([
  ['/m/orders/DH-0512-07', '/m/orders/DH-0512-07'],
  ['/ops/alarms?state=unacknowledged', '/ops/alarms?state=unacknowledged'],
  ['//example.com', '/'],
  ['/\\example.com', '/'],
  ['https://example.com', '/'],
  ['javascript:alert(1)', '/'],
  ['/login?to=/login', '/'],
  [undefined, '/'],
  [['/m', '/ops'], '/'],
])('after signing in %j leads to %s', (to, place) => expect(placeAfterLogin(to)).toBe(place))
