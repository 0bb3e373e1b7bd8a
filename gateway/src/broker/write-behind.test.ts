import { expect, test } from 'vitest'
import { systemClock } from '../ports/system-clock.ts'
import type { Write } from '../store/store.ts'
import { createSessions, SESSION_EXPIRY_MS } from './sessions.ts'
import { createWriteBehind } from './write-behind.ts'

const INSERT = 'INSERT INTO t VALUES (?, ?)'
const DELETE = 'DELETE FROM t WHERE id = ?'

function recorded() {
  const commits: (readonly Write[])[] = []
  const health: unknown[] = []
  const disk = { full: false }
  const writes = createWriteBehind({
    store: {
      async commit(batch) {
        if (disk.full) throw new Error('disk full')
        commits.push(batch)
      },
    },
    clock: systemClock,
    onHealth: (error) => health.push(error === undefined ? 'well' : String(error)),
  })
  return { commits, health, disk, writes }
}

test('of several changes of one row only the newest is written, with others of its kind in one commit', async () => {
  const { writes, commits } = recorded()
  writes.change('a', INSERT, ['a', 1])
  writes.change('a', INSERT, ['a', 2])
  writes.change('b', INSERT, ['b', 1])
  await writes.durable()
  expect(commits).toEqual([
    [
      {
        sql: INSERT,
        rows: [
          ['a', 2],
          ['b', 1],
        ],
      },
    ],
  ])
})

test('a new row that is taken back before it was written is never written', async () => {
  const { writes, commits } = recorded()
  writes.change('a', INSERT, ['a', 1], true)
  writes.change('a', INSERT, ['a', 2])
  writes.remove('a', DELETE, ['a'])
  await writes.durable()
  expect(commits).toEqual([])
})

test('a row that is on disk is deleted although a change of it is still pending', async () => {
  const { writes, commits } = recorded()
  writes.change('a', INSERT, ['a', 1], true)
  await writes.durable()
  writes.change('a', INSERT, ['a', 2])
  writes.remove('a', DELETE, ['a'])
  await writes.durable()
  expect(commits[1]).toEqual([{ sql: DELETE, rows: [['a']] }])
})

test('what nobody waits for is written soon all the same', async () => {
  const { writes, commits } = recorded()
  writes.change('a', INSERT, ['a', 1])
  await new Promise<void>((resolve) => {
    const look = () => (commits.length > 0 ? resolve() : setTimeout(look, 10))
    look()
  })
  expect(writes.pending()).toBe(0)
})

test('while the disk refuses, who waits is told, changes stay and are written later; it is said once each way', async () => {
  const { writes, commits, health, disk } = recorded()
  disk.full = true
  writes.change('a', INSERT, ['a', 1])
  await expect(writes.durable()).rejects.toThrow('disk full')
  writes.change('b', INSERT, ['b', 1])
  await expect(writes.durable()).rejects.toThrow('disk full')
  expect(writes.pending()).toBe(2)
  disk.full = false
  await writes.durable()
  expect(commits).toEqual([
    [
      {
        sql: INSERT,
        rows: [
          ['a', 1],
          ['b', 1],
        ],
      },
    ],
  ])
  expect(health).toEqual(['Error: disk full', 'well'])
})

function sessionsOf(maxSessions: number) {
  const forgotten: string[] = []
  const sessions = createSessions({
    writes: recorded().writes,
    maxOfflineMessages: 10,
    maxSessions,
    onDropped() {},
    onForgotten: (clientId) => forgotten.push(clientId),
  })
  return { sessions, forgotten }
}

test('a session is forgotten when its client was away for 30 days, not a millisecond earlier', () => {
  const { sessions, forgotten } = sessionsOf(10)
  sessions.connected('wall', 'console', 0)
  sessions.expire(SESSION_EXPIRY_MS * 2)
  sessions.disconnected('wall', 1000)
  sessions.expire(1000 + SESSION_EXPIRY_MS - 1)
  expect(forgotten).toEqual([])
  sessions.expire(1000 + SESSION_EXPIRY_MS)
  expect(forgotten).toEqual(['wall'])
})

test('one session too many: the one away longest is forgotten, never one that is connected', () => {
  const { sessions, forgotten } = sessionsOf(2)
  sessions.connected('here', 'console', 1)
  sessions.connected('away', 'console', 2)
  sessions.disconnected('away', 3)
  sessions.connected('new', 'console', 4)
  expect(forgotten).toEqual(['away'])
  expect(sessions.size).toBe(2)
})
