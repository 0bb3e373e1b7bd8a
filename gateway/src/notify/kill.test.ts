import { expect, test } from 'vitest'
import { killRounds } from './testing/kill-rounds.ts'

test('kill -9 while 30 % of the requests fail: no notice is lost and none is taken twice', {
  timeout: 60_000,
}, async () => {
  const result = await killRounds({ notices: 300, kills: 2, channels: 4 })
  expect(result).toMatchObject({ notices: 300, lost: 0, duplicated: 0, dead: 0 })
  expect(result.kills).toBeGreaterThan(0)
  expect(result.failed).toBeGreaterThan(40)
})
