import { expect, test } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { createDeviceLog } from './device-log.ts'

test('one that never answered is told apart from one that stopped', () => {
  const lines: string[] = []
  const take = (_: object, message: string) => void lines.push(message)
  const log = createDeviceLog({ ...silentLog, info: take, warn: take }, { monotonicMs: () => 0 })
  log.presence('meter-1', 'offline', 'timeout')
  log.presence('meter-2', 'online')
  log.presence('meter-2', 'offline', 'timeout')
  expect(lines).toEqual(['meter-1 has not answered yet', 'meter-2 answers', 'meter-2 stopped answering'])
})
