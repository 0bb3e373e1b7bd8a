import { expect, test } from 'vitest'
import { killRounds } from './testing/kill-rounds.ts'

test('kill -9 while 30 % of the requests fail: no notice is lost and none is taken twice', {
  timeout: 60_000,
}, async () => {
  const result = await killRounds({ notices: 400, kills: 3, channels: 4 })
  expect(result).toMatchObject({ notices: 400, lost: 0, duplicated: 0, dead: 0 })
  expect(result.kills).toBeGreaterThan(0)
  expect(result.failed).toBeGreaterThan(50)
})
