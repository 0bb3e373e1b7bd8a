import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Role } from '../domain/role.ts'
import { httpHall, NOBODY, openStream } from './http-fixture.ts'
import { NO_SETUP } from './setup-fixture.ts'
import type { ScanAnswer, SettingsChangeRequest, SetupViews } from './setup-views.ts'

const SCAN: ScanAnswer = {
  id: 'S1',
  state: 'running',
  target: 'bus-1',
  by: 'zhang',
  startedAt: 1,
  endedAt: null,
  progress: { asked: 5, total: 10, percent: 50, settings: null, elapsedMs: 100, budgetMs: 1000 },
  found: [],
  meters: [],
  skipped: [],
  notes: [],
}

/** A gateway whose settings take every change, signed in with one role. */
async function hallOf(role: Role, setup: Partial<SetupViews> = {}) {
  const taken: SettingsChangeRequest[] = []
  const recorded: object[] = []
  const auth = {
    ...NOBODY,
    session: () => ({ user: 'zhang', roles: [role], mustChange: false }),
    audit: { ...NOBODY.audit, append: async (fact: object) => void recorded.push(fact) },
  }
  const settings: SetupViews['settings'] = {
    ...NO_SETUP.settings,
    async change(request) {
      taken.push(request)
      const applied = { added: [], changed: [], removed: [], atNextStart: [] }
      return { ok: true, value: { written: !request.dryRun, revision: 'r2', diff: '+', problems: [], applied } }
    },
  }
  const hall = await httpHall({ views: { auth, setup: { ...NO_SETUP, settings, ...setup } } })
  const send = (method: string, path: string, body: object) =>
    hall.get(path, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', cookie: 'hallwatt_session=x' },
    })
  return { ...hall, taken, recorded, send }
}

const LINK = { do: 'link.remove', id: 'bus-1' }
const PERSON = { do: 'person.remove', id: 'li' }

test('a technician changes devices and links; people and rules are the administrator’s', async () => {
  const hall = await hallOf('technician')
  const both = await hall.send('PATCH', '/api/v1/settings', { revision: 'r1', changes: [LINK, PERSON] })
  expect([both.status, hall.taken.length]).toEqual([403, 0])
  expect((await hall.send('PATCH', '/api/v1/settings', { revision: 'r1', changes: [LINK] })).status).toBe(200)
  const admin = await hallOf('admin')
  expect((await admin.send('PATCH', '/api/v1/settings', { revision: 'r1', changes: [PERSON] })).status).toBe(200)
})

test('what was changed stands in the audit log by name, a dry run does not', async () => {
  const hall = await hallOf('admin')
  await hall.send('PATCH', '/api/v1/settings', { revision: 'r1', changes: [PERSON], dryRun: true })
  expect(hall.recorded).toEqual([])
  await hall.send('PATCH', '/api/v1/settings', { revision: 'r1', changes: [PERSON] })
  expect(hall.recorded).toMatchObject([
    { actor: 'zhang', action: 'settings.change', detail: { changes: ['person.remove li'], from: 'r1', to: 'r2' } },
  ])
})

test.each([
  [{ do: 'device.add', device: { id: 'A B', name: 'x', profile: 'a/b', zone: 'z' } }],
  [{ do: 'broker.set', broker: {} }],
  [{ do: 'device.add', device: { id: 'a', name: 'x', profile: 'a/b', zone: 'z', surprise: 1 } }],
])('%j is no change this API takes', async (change) => {
  const hall = await hallOf('admin')
  const answer = await hall.send('PATCH', '/api/v1/settings', { revision: 'r1', changes: [change] })
  expect([answer.status, hall.taken.length]).toEqual([400, 0])
})

test('another web page cannot change settings in somebody’s name', async () => {
  const hall = await hallOf('admin')
  const answer = await hall.get('/api/v1/settings', {
    method: 'PATCH',
    body: JSON.stringify({ revision: 'r1', changes: [LINK] }),
    headers: { 'content-type': 'application/json', cookie: 'hallwatt_session=x', origin: 'http://evil.example' },
  })
  expect([answer.status, hall.taken.length]).toEqual([403, 0])
})

test('changes come one by one from people: a program that sends hundreds is slowed down', async () => {
  const hall = await hallOf('admin')
  const answers = await Promise.all(
    Array.from({ length: 70 }, () => hall.send('PATCH', '/api/v1/settings', { revision: 'r1', changes: [LINK] })),
  )
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(10)
})

test('the stream tells how far a scan is', async () => {
  let tell: (scan: ScanAnswer) => void = () => {}
  const onScan = (listener: typeof tell) => {
    tell = listener
    return () => {}
  }
  const hall = await hallOf('technician', { commissioning: { ...NO_SETUP.commissioning, onScan } })
  const stream = await openStream(hall)
  await stream.next()
  tell(SCAN)
  expect(await stream.next()).toMatchObject({
    event: 'scan',
    data: { type: 'scan', id: 'S1', state: 'running', percent: 50, found: 0 },
  })
})

test('a backup is a download, and stands in the audit log', async () => {
  const backup = async () => ({ ok: true, value: { name: 'hall.tar', stream: Readable.from(['abc']) } }) as const
  const hall = await hallOf('admin', { backup })
  const answer = await hall.send('POST', '/api/v1/backup', {})
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="hall.tar"')
  expect(await answer.text()).toBe('abc')
  expect(hall.recorded).toMatchObject([{ action: 'backup.take', subject: 'hall.tar' }])
})
