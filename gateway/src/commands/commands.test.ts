import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { documentTables } from '../store/documents-table.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { Store, Write } from '../store/store.ts'
import type { CommandRequest } from './command.ts'
import { commandTables, openCommands } from './commands.ts'
import { plug, stateOf } from './testing/commanded-device.ts'
import type { Wires } from './wires.ts'

const on: CommandRequest = { device: 'plug-1', command: 'switch-on', by: 'xiao', roles: ['guide'], via: 'http' }
const who = { by: 'xiao', via: 'http' } as const

async function newStore(): Promise<Store> {
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-commands-'))
  const tables = [...documentTables, ...commandTables]
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables })
  onTestFinished(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })
  return store
}

/** A plug on a store of its own. `obeys` false: it hears and does nothing. */
async function room(how: { store?: Store; obeys?: boolean; diskFull?: boolean } = {}) {
  const store = how.store ?? (await newStore())
  const device = { obeys: how.obeys ?? true, sent: [] as string[] }
  const facts: string[] = []
  const watchers = new Set<(quantity: string, value: boolean | number) => void>()
  const wires: Wires = {
    write: async () => undefined,
    readNow: async () => {},
    call: async () => undefined,
    publish(topic, payload) {
      if (topic.endsWith('STATUS')) return
      device.sent.push(payload)
      if (!device.obeys) return
      const isOn = payload.endsWith('ON')
      queueMicrotask(() => {
        for (const tell of watchers) tell('switchedOn', isOn)
        for (const tell of watchers) tell('activePower', isOn ? 60 : 0)
      })
    },
    state: (id) => stateOf(id, 'online', { activePower: 0 }),
    watch(_, onValue) {
      watchers.add(onValue)
      return () => watchers.delete(onValue)
    },
    watchAnswer: () => () => {},
  }
  const full = () => Promise.reject(Object.assign(new Error('disk full'), { code: 'HW_STORE_FULL' }))
  const commands = await openCommands({
    ...{ wires, interlocks: [], clock: systemClock, log: silentLog },
    store: how.diskFull ? { read: (sql, parameters) => store.read(sql, parameters), commit: full } : store,
    audit: async (fact, writes: readonly Write[]) => {
      if (how.diskFull) return full()
      facts.push(`${fact.actor} ${fact.action} ${fact.subject} ${fact.detail?.state}`)
      await store.commit(writes)
    },
    devices: () => new Map([[plug.id, plug]]),
  })
  onTestFinished(() => commands.close())
  return { commands, device, facts, store }
}

test('a command stands in the ledger and in the audit log before it is sent', async () => {
  const { commands, device, facts } = await room()
  const record = await commands.request({ ...on, reason: '演示', trace: 'run-1' })
  expect(record).toMatchObject({ id: 'C1', state: 'confirmed', by: 'xiao', reason: '演示', quantity: 'switchedOn' })
  expect(device.sent).toEqual(['PulseTime1 0; Power1 ON'])
  expect(facts).toEqual(['xiao command.switch-on plug-1 sending'])
  await expect
    .poll(() => commands.recent({ trace: 'run-1', limit: 10 }))
    .toMatchObject([{ id: 'C1', state: 'confirmed' }])
})

test('on a full disk nothing is switched on, and everything can be switched off', async () => {
  const { commands, device } = await room({ diskFull: true })
  expect(await commands.request(on)).toMatchObject({ state: 'refused', code: 'HW_COMMAND_NOT_RECORDED' })
  expect(device.sent).toEqual([])
  expect(await commands.allOff(who)).toMatchObject({ off: true, devices: [{ state: 'confirmed' }] })
  expect(device.sent).toEqual(['OFF'])
})

test('one command at a time on a device; everything off does not wait for it', async () => {
  const { commands, device } = await room({ obeys: false })
  const begun = await commands.begin(on)
  expect(await commands.request(on)).toMatchObject({ state: 'refused', code: 'HW_COMMAND_BUSY' })
  device.obeys = true
  expect(await commands.allOff(who)).toMatchObject({ off: true })
  expect(await commands.ended(begun.id)).toMatchObject({ state: 'failed', code: 'HW_COMMAND_SUPERSEDED' })
  expect(commands.stats()).toMatchObject({
    commandsConfirmed: 1,
    commandsFailed: 1,
    commandsRefused: 1,
    commandsUnderWay: 0,
  })
})

test('a device that hears and says nothing has timed out, in the ledger too', async () => {
  const { commands, facts } = await room({ obeys: false })
  expect(await commands.request(on)).toMatchObject({ state: 'timed-out', code: 'HW_COMMAND_NO_READING' })
  await expect.poll(() => commands.recent({ limit: 1 })).toMatchObject([{ id: 'C1', state: 'timed-out' }])
  await expect
    .poll(() => facts)
    .toEqual(['xiao command.switch-on plug-1 sending', 'xiao command.switch-on plug-1 timed-out'])
})

test('switching off is sent again until something confirms it', async () => {
  const { commands, device } = await room({ obeys: false })
  const off = commands.allOff(who)
  await expect.poll(() => device.sent.length, { timeout: 4000 }).toBeGreaterThanOrEqual(2)
  device.obeys = true
  expect(await off).toMatchObject({ off: true })
})

test('everything off may be pressed twice in a row', async () => {
  const { commands } = await room()
  const [first, second] = await Promise.all([commands.allOff(who), commands.allOff(who)])
  expect(first.devices).toMatchObject([{ code: 'HW_COMMAND_SUPERSEDED' }])
  expect(second).toMatchObject({ off: true, devices: [{ state: 'confirmed' }] })
})

test('what is switched on for a time goes off by itself, unless somebody wants it on meanwhile', async () => {
  const { commands, device } = await room()
  await commands.request({ ...on, revertAfterS: 1 })
  expect(commands.stats().revertsPending).toBe(1)
  await expect.poll(() => device.sent.at(-1), { timeout: 5000 }).toBe('OFF')
  await expect.poll(() => commands.stats().revertsPending).toBe(0)
  await commands.request({ ...on, revertAfterS: 600 })
  await commands.request(on)
  expect(commands.stats().revertsPending).toBe(0)
})

test('what was pending when the gateway died is taken back first, until it is confirmed', async () => {
  const store = await newStore()
  const before = await room({ store })
  await before.commands.request({ ...on, revertAfterS: 600 })
  const { commands, device } = await room({ store, obeys: false })
  commands.start()
  await expect.poll(() => device.sent.length).toBeGreaterThan(0)
  expect(commands.stats()).toMatchObject({ revertsPending: 1, revertsOverdue: 1 })
  expect(await commands.request(on)).toMatchObject({ state: 'refused', code: 'HW_COMMAND_BUSY' })
  device.obeys = true
  await expect.poll(() => commands.stats().revertsPending, { timeout: 8000 }).toBe(0)
  await expect
    .poll(() => commands.recent({ limit: 10 }))
    .toMatchObject([
      { state: 'refused' },
      { command: 'switch-off', by: 'gateway', revertOf: 'C1', state: 'confirmed' },
      { id: 'C1' },
    ])
})

test('what was owed is still owed when a newer switching on was overtaken before it was on disk, the off failed and the gateway died', async () => {
  const store = await newStore()
  const before = await room({ store })
  await before.commands.request({ ...on, revertAfterS: 600 })
  before.device.obeys = false
  const again = before.commands.request({ ...on, revertAfterS: 300 })
  const off = before.commands.allOff(who)
  expect(await again).toMatchObject({ id: 'C2', code: 'HW_COMMAND_SUPERSEDED' })
  expect(await off).toMatchObject({ off: false })
  expect(before.device.sent.at(-1)).toBe('OFF')
  await expect.poll(() => before.commands.recent({ limit: 2 })).toMatchObject([{ state: 'timed-out' }, { id: 'C2' }])
  const { commands, device } = await room({ store })
  commands.start()
  await expect.poll(() => device.sent).toEqual(['OFF'])
})

test('a gateway that stops leaves nothing on that it was to switch off', async () => {
  const { commands, device } = await room()
  await commands.request({ ...on, revertAfterS: 600 })
  await commands.close()
  expect(device.sent.at(-1)).toBe('OFF')
})

test('who listens hears each change once', async () => {
  const { commands } = await room()
  const heard: string[] = []
  commands.onChange(({ id, state }) => heard.push(`${id} ${state}`))
  await commands.request(on)
  await commands.request({ ...on, roles: [] })
  expect(heard).toEqual(['C1 sending', 'C1 confirmed', 'C2 refused'])
})

test('an offer says what is in the way before anybody asks, and what came of it last', async () => {
  const { commands } = await room()
  await commands.request(on)
  expect(commands.available('nobody')).toBeUndefined()
  expect(commands.available('plug-1')).toMatchObject([
    { command: 'switch-on', power: true, allOff: false, canRevert: true, last: { state: 'confirmed' } },
    { command: 'switch-off', power: false, allOff: true },
  ])
})
