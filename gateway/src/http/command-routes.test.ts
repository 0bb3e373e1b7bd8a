import { expect, test } from 'vitest'
import type { CommandOffer, CommandRecord, CommandRequest } from '../commands/command.ts'
import type { Role } from '../domain/role.ts'
import { NO_DEMOS } from './demo-fixture.ts'
import { httpHall, NO_COMMANDS, NOBODY, openStream } from './http-fixture.ts'
import type { CommandViews, DemoViews } from './views.ts'

const OFFER: CommandOffer = {
  ...{ command: 'switch-on', title: { zh: '接通', en: 'Switch on' }, quantity: 'switchedOn', unit: '' },
  ...{ takes: { kind: 'nothing' }, power: true, allOff: false, permission: 'command-device', canRevert: true },
}

const guide = (id: string) =>
  id === 'guide' ? { user: 'xiao', roles: ['guide'] as Role[], mustChange: false } : undefined

/** A hall whose device answers a command as the test says. */
async function commandHall(own: Partial<CommandViews> = {}, demos: DemoViews = NO_DEMOS) {
  const asked: CommandRequest[] = []
  const listeners = new Set<(record: CommandRecord) => void>()
  const commands: CommandViews = {
    ...NO_COMMANDS,
    available: (id) => (id === 'meter-1' ? [OFFER] : undefined),
    begin: async (request) => {
      asked.push(request)
      const { roles: _, ...rest } = request
      return { ...rest, id: 'C7', at: 1, state: 'sending' }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ...own,
  }
  const hall = await httpHall({ views: { commands, demos, auth: { ...NOBODY, session: guide } } })
  const post = (path: string, body: object, who = 'guide') =>
    hall.get(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', cookie: `hallwatt_session=${who}` },
    })
  return {
    ...hall,
    orders: asked,
    post,
    told: (record: CommandRecord) => {
      for (const listener of listeners) listener(record)
    },
  }
}

const ended = async (): Promise<CommandRecord> => ({
  ...{ id: 'C7', device: 'meter-1', command: 'switch-on', by: 'xiao', via: 'http', at: 1, state: 'confirmed', ms: 42 },
})

test('what a device can be told is listed; a device the hall does not have is not found', async () => {
  const hall = await commandHall()
  expect(await (await hall.get('/api/v1/devices/meter-1/commands')).json()).toMatchObject({ commands: [OFFER] })
  expect((await hall.get('/api/v1/devices/meter-9/commands')).status).toBe(404)
})

test('a command is on its way at once, with who asked and with what right', async () => {
  const hall = await commandHall()
  const answer = await hall.post('/api/v1/devices/meter-1/commands/switch-on', { revertAfterS: 60, reason: '演示' })
  expect(answer.status).toBe(202)
  expect(await answer.json()).toMatchObject({ id: 'C7', state: 'sending', byName: 'xiao' })
  expect(hall.orders).toEqual([
    {
      ...{ device: 'meter-1', command: 'switch-on', by: 'xiao', roles: ['guide'], via: 'http' },
      ...{ reason: '演示', revertAfterS: 60 },
    },
  ])
})

test('who waits is told how it ended', async () => {
  const hall = await commandHall({ ended })
  const answer = await hall.post('/api/v1/devices/meter-1/commands/switch-on', { waitS: 10 })
  expect([answer.status, await answer.json()]).toMatchObject([200, { state: 'confirmed', ms: 42 }])
})

test('who waits no longer than the command takes gets it as it is', async () => {
  const hall = await commandHall({ ended: () => new Promise(() => {}) })
  const answer = await hall.post('/api/v1/devices/meter-1/commands/switch-on', { waitS: 0.05 })
  expect([answer.status, await answer.json()]).toMatchObject([202, { state: 'sending' }])
})

test.each([
  ['HW_COMMAND_UNKNOWN', 404],
  ['HW_COMMAND_NOT_ENABLED', 403],
  ['HW_COMMAND_FORBIDDEN', 403],
  ['HW_COMMAND_VALUE', 400],
  ['HW_COMMAND_BUSY', 409],
  ['HW_COMMAND_OFFLINE', 409],
  ['HW_COMMAND_INTERLOCK', 409],
  ['HW_COMMAND_NOT_RECORDED', 503],
] as const)('a refusal with %s is an answer of %d with a remedy', async (code, status) => {
  const hall = await commandHall({
    begin: async ({ roles: _, ...rest }) => ({
      ...rest,
      id: 'C8',
      at: 1,
      state: 'refused',
      code,
      message: '不行 · no',
    }),
  })
  const answer = await hall.post('/api/v1/devices/meter-1/commands/switch-on', {})
  expect([answer.status, await answer.json()]).toMatchObject([status, { code, message: '不行 · no' }])
})

test('everything goes off for whoever is signed in, and for nobody else', async () => {
  const allOff = async () => ({ ms: 3, off: true, devices: [await ended()] })
  const hall = await commandHall({}, { ...NO_DEMOS, allOff })
  expect((await hall.post('/api/v1/all-off', {}, 'nobody')).status).toBe(401)
  const answer = await hall.post('/api/v1/all-off', { reason: '冒烟' })
  expect([answer.status, await answer.json()]).toMatchObject([200, { off: true, records: [{ id: 'C7' }] }])
})

test('a field that means nothing is refused and not passed over', async () => {
  const hall = await commandHall()
  const answer = await hall.post('/api/v1/devices/meter-1/commands/switch-on', { revertAfter: 60 })
  expect(answer.status).toBe(400)
  expect(hall.orders).toEqual([])
})

test('every change of a command is told on the stream', async () => {
  const hall = await commandHall()
  const { told, ...stories } = hall
  const stream = await openStream(stories)
  await stream.next()
  told(await ended())
  for (;;) {
    const event = await stream.next()
    if (event?.event !== 'command') continue
    expect(event.data).toMatchObject({ type: 'command', record: { id: 'C7', state: 'confirmed' } })
    return
  }
})
