import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkDurableBeforeAcknowledged, readTrace, type SystemCall, spawnTraced } from '../../test/syscall-order.ts'
import { startAcknowledgingChild } from './test-programs/acknowledging-child.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-trace-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const COUNT = 12

/** The kernel calls of a process that commits rows, three at once, and acknowledges each on a socket. */
async function traceOfCommits(): Promise<SystemCall[]> {
  const trace = path.join(directory, 'trace')
  const writer = await startAcknowledgingChild((program, port) =>
    spawnTraced(trace, process.execPath, [program, path.join(directory, 'store'), port, '101', '3', String(COUNT)]),
  )
  await writer.gone
  expect(writer.acknowledged).toHaveLength(COUNT)
  return readTrace(trace)
}

test('each row is written to the log and the log synced before its acknowledgement leaves', async () => {
  const calls = await traceOfCommits()
  for (let n = 101; n < 101 + COUNT; n++) {
    const order = checkDurableBeforeAcknowledged(calls, { stored: `row-${n}-`, acknowledgement: `ack-${n};` })
    expect(order).toMatchObject({ synced: { result: 0, target: expect.stringContaining('store.sqlite-wal') } })
  }
  // The file itself must survive too: its entry in the folder is synced before the first acknowledgement.
  const folderSynced = calls.find(
    (call) => call.name === 'fsync' && call.target.endsWith('/store>') && call.result === 0,
  )
  const firstAcknowledged = calls.find((call) => call.target.includes('TCP') && call.name.startsWith('write'))
  expect(folderSynced?.order).toBeLessThan(firstAcknowledged?.began ?? 0)
})

const call = (order: number, name: string, target: string, bytes: string): SystemCall => ({
  order,
  began: order,
  thread: 1,
  name,
  target,
  args: [...Buffer.from(bytes)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  result: name === 'fdatasync' ? 0 : bytes.length,
})
const written = call(1, 'pwrite64', '9</d/store.sqlite-wal>', 'row-1-')
const synced = (order: number) => call(order, 'fdatasync', '9</d/store.sqlite-wal>', '')
const acknowledged = (order: number) => call(order, 'write', '12<TCP:[127.0.0.1:1->127.0.0.1:2]>', 'ack-1;')
const expected = { stored: 'row-1-', acknowledgement: 'ack-1;' }

test('the check refuses an acknowledgement that left before the sync', () => {
  expect(checkDurableBeforeAcknowledged([written, acknowledged(2), synced(3)], expected)).toContain(
    'acknowledged on line 2',
  )
})

test('the check refuses a sync from before the write', () => {
  expect(checkDurableBeforeAcknowledged([synced(0), written, acknowledged(2)], expected)).toContain('not synced after')
})

test('the check refuses a sync that failed', () => {
  const failed = { ...synced(2), result: -1 }
  expect(checkDurableBeforeAcknowledged([written, failed, acknowledged(3)], expected)).toContain('not synced after')
})

test('the check accepts write, sync, acknowledgement', () => {
  expect(checkDurableBeforeAcknowledged([written, synced(2), acknowledged(3)], expected)).toMatchObject({
    synced: { order: 2 },
  })
})
