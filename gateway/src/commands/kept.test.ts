import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ChargerSource } from '../../../simulators/modbus/chargers.ts'
import { alfenEve, webastoNext } from '../../../simulators/modbus/forgetful-chargers.ts'
import { startModbusServer } from '../../../simulators/modbus-server.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { createPolling } from '../polling/polling.ts'
import { tcpLink } from '../polling/testing/polled-hall.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createReadings } from '../readings/readings.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { CommandRequest } from './command.ts'
import { commandTables, openCommands } from './commands.ts'
import { createKept } from './kept.ts'
import { forgetfulCharger, stateOf } from './testing/commanded-device.ts'

/**
 * Chargers that drop a limit by themselves when it is not written again: simulated ones behind real sockets, with the shipped
 * profiles. Only the minute is shortened, in the charger and in the profile alike.
 */
const LASTS_S = 1.2

const ask = { device: 'evse-1', by: 'li', roles: ['technician'], via: 'http' } as const
const setCurrent = (value: number, more: Partial<CommandRequest> = {}): CommandRequest => ({
  ...{ ...ask, command: 'set-current', value },
  ...more,
})

/** A charger with a car at it, and every limit that ever held in it. */
async function chargerOf(profile: 'alfen/eve' | 'webasto/next') {
  const limits: number[] = []
  const charger: ChargerSource['charger'] = {
    ...{ state: 'C', tripped: false, powerW: 3000, currentA: 13, sessionWh: 0, totalWh: 5000, carSoc: 0.5 },
    parts: { chargerGround: 'ok', chargerHeat: 'ok', connectorLock: 'ok', vehicleLink: 'ok' },
    get limitA() {
      return limits.at(-1) ?? 16
    },
    set limitA(amperes) {
      limits.push(amperes)
    },
  }
  const source: ChargerSource = { charger, phases: [0], u: [220, 220, 220] }
  const map = profile === 'alfen/eve' ? alfenEve(source, LASTS_S) : webastoNext(source, LASTS_S)
  const unit = { device: 'evse-1', map, trouble: {} }
  const server = await startModbusServer({ host: '127.0.0.1', port: 0, framing: 'tcp', units: new Map([[1, unit]]) })
  onTestFinished(() => server.close())
  /** Resolves when the limit was written so many times more. */
  const writes = async (more: number) => {
    const wanted = limits.length + more
    await expect.poll(() => limits.length, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(wanted)
  }
  return { limits, writes, server, device: forgetfulCharger('evse-1', profile, LASTS_S) }
}

/** The commands room on polling and a store, as the gateway wires them. */
async function room({ device, server }: Awaited<ReturnType<typeof chargerOf>>, directory: string) {
  const readings = createReadings()
  const polling = createPolling({
    ...{ clock: systemClock, log: silentLog, random: Math.random },
    openEndpoint: (link) => createModbusEndpoint(link, { clock: systemClock, log: silentLog }),
    learnt: { load: async () => [], save: async () => {} },
    onFrame: (frame) => void readings.accept(frame, Date.now()),
    onPresence: (id, presence, at, reason) => readings.setPresence(id, presence, at, reason),
  })
  readings.setDevices([device], Date.now())
  polling.setHall(new Map([['bus', tcpLink({ host: '127.0.0.1', port: server.port })]]), new Map([[device.id, device]]))
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: commandTables })
  const commands = await openCommands({
    ...{ store, interlocks: [], clock: systemClock, log: silentLog, devices: () => new Map([[device.id, device]]) },
    audit: (_, writes) => store.commit(writes),
    wires: {
      ...{ write: polling.write, readNow: polling.readNow, call: async () => undefined, publish: () => {} },
      state: (id) => readings.device(id),
      watch: (_, onValue) =>
        readings.onChange((change) => {
          if (change.type !== 'state') return
          for (const quantity of change.quantities) {
            const { quality, value } = change.state.readings.get(quantity) ?? {}
            if (quality === 'good' && value !== undefined) onValue(quantity, value)
          }
        }),
      watchAnswer: () => () => {},
    },
  })
  commands.start()
  const stop = async () => {
    await commands.close()
    await polling.close()
    await store.close()
  }
  await expect
    .poll(() => readings.device(device.id)?.readings.get('chargingCurrentLimitCommanded')?.quality, { timeout: 5000 })
    .toBe('good')
  return { commands, stop }
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-kept-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

test('a limit that is replaced while the old one is about to be written again stays replaced', async () => {
  const written: string[] = []
  const releases: (() => void)[] = []
  let renewing = false
  let shows = true
  const device = forgetfulCharger('evse-1', 'webasto/next', LASTS_S)
  const store = await openStore({
    directory: await folder(),
    clock: systemClock,
    log: silentLog,
    tables: commandTables,
  })
  onTestFinished(() => store.close())
  const commands = await openCommands({
    ...{ store, interlocks: [], clock: systemClock, log: silentLog, devices: () => new Map([[device.id, device]]) },
    audit: (_, writes) => store.commit(writes),
    wires: {
      async write(_, request) {
        // The alive register of the renewal is on its way while somebody sets another current.
        if (renewing && request.address === 6000) await new Promise<void>((resolve) => releases.push(resolve))
        if ('values' in request) written.push(`${request.address} ${request.values.join()}`)
        return { ok: true, elapsedMs: 1 }
      },
      ...{ readNow: async () => {}, call: async () => undefined, publish: () => {}, watchAnswer: () => () => {} },
      state: (id) => stateOf(id, 'online', { fallbackCurrent: 6, fallbackTimeout: 2 }),
      watch(_, onValue) {
        const limit = () => Number(written.findLast((one) => one.startsWith('5004'))?.slice(5))
        const timer = setInterval(() => shows && onValue('chargingCurrentLimitCommanded', limit()), 20)
        return () => clearInterval(timer)
      },
    },
  })
  onTestFinished(() => commands.close())
  expect(await commands.request(setCurrent(10))).toMatchObject({ state: 'confirmed' })
  renewing = true
  await expect.poll(() => releases.length, { timeout: 5000 }).toBe(1)
  renewing = false
  shows = false
  const replaced = commands.request(setCurrent(20))
  await expect.poll(() => written).toContain('5004 20')
  for (const release of releases) release()
  await new Promise(setImmediate)
  shows = true
  expect(await replaced).toMatchObject({ state: 'confirmed' })
  await expect.poll(() => written.filter((one) => one === '5004 20').length, { timeout: 5000 }).toBeGreaterThan(1)
  expect(written.slice(written.indexOf('5004 20'))).not.toContain('5004 10')
})

test('a limit that cannot be written again is told once, and so is that it holds again', async () => {
  const told: unknown[] = []
  const log = {
    ...silentLog,
    warn: ({ code }: { code?: unknown }) => void told.push(code),
    info: ({ was }: { was?: unknown }) => void told.push(`again ${was}`),
  }
  let trouble: string | undefined = 'no answer'
  let tries = 0
  const kept = createKept({
    ...{ stored: [], clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) }, log },
    ...{ expiresMs: () => 60, online: () => true, onlineAgain: async () => {}, busyUntil: () => undefined },
    forget: () => {},
    async renew() {
      tries++
      return trouble
    },
  })
  onTestFinished(() => kept.close())
  kept.keep({
    device: 'evse-1',
    quantity: 'chargingCurrentLimitCommanded',
    command: 'set-current',
    value: 10,
    of: 'C1',
  })
  await expect.poll(() => tries).toBeGreaterThan(5)
  expect(told).toEqual(['HW_COMMAND_LAPSED'])
  trouble = undefined
  await expect.poll(() => kept.stats().commandRenewals).toBeGreaterThan(3)
  expect(told).toEqual(['HW_COMMAND_LAPSED', 'again HW_COMMAND_LAPSED'])
})

const PROFILES = ['alfen/eve', 'webasto/next'] as const

test.each(PROFILES)('a limit that %s forgets holds as long as it is wanted', { timeout: 30_000 }, async (profile) => {
  const charger = await chargerOf(profile)
  const { commands, stop } = await room(charger, await folder())
  expect(await commands.request(setCurrent(10))).toMatchObject({ state: 'confirmed' })
  await charger.writes(7)
  expect(new Set(charger.limits)).toEqual(new Set([10]))
  // One line in the ledger, however often it was written.
  expect(await commands.recent({ limit: 10 })).toHaveLength(1)
  expect(commands.stats()).toMatchObject({ commandsKept: 1 })
  await stop()
  // Nobody writes any more: the charger's own safe current, as it would be had the gateway died.
  await charger.writes(1)
  expect(charger.limits.at(-1)).toBe(6)
})

test('what was set for a time is taken back, and then left to the charger', { timeout: 30_000 }, async () => {
  const charger = await chargerOf('alfen/eve')
  const { commands, stop } = await room(charger, await folder())
  await commands.request(setCurrent(10, { revertAfterS: 2 }))
  await expect.poll(() => charger.limits.at(-1), { timeout: 10_000, interval: 10 }).toBe(16)
  expect(charger.limits.filter((amperes) => amperes === 10).length).toBeGreaterThan(2)
  await expect.poll(() => charger.limits.at(-1), { timeout: 10_000 }).toBe(6)
  expect(charger.limits.slice(charger.limits.indexOf(16))).toEqual([16, 6])
  expect(commands.stats()).toMatchObject({ commandsKept: 0, revertsPending: 0 })
  await stop()
})

test('a limit for a time over one that is kept goes back to that one, which is kept on', {
  timeout: 30_000,
}, async () => {
  const charger = await chargerOf('alfen/eve')
  const { commands, stop } = await room(charger, await folder())
  await commands.request(setCurrent(12))
  await commands.request(setCurrent(8, { revertAfterS: 1 }))
  await expect.poll(() => charger.limits.at(-1), { timeout: 10_000 }).toBe(12)
  await charger.writes(4)
  expect(charger.limits.at(-1)).toBe(12)
  expect(charger.limits).not.toContain(6)
  await stop()
})

test('what a demonstration set is not set again by the next start of the gateway', { timeout: 30_000 }, async () => {
  const charger = await chargerOf('alfen/eve')
  const directory = await folder()
  const first = await room(charger, directory)
  await first.commands.request(setCurrent(10, { via: 'demo', by: 'anna', roles: ['lead'] }))
  await charger.writes(2)
  await first.stop()
  const second = await room(charger, directory)
  expect(second.commands.stats().commandsKept).toBe(0)
  await expect.poll(() => charger.limits.at(-1), { timeout: 10_000 }).toBe(6)
  await second.stop()
})

test('everything off stays off over a restart of the gateway, until somebody sets a current', {
  timeout: 30_000,
}, async () => {
  const charger = await chargerOf('webasto/next')
  const directory = await folder()
  const first = await room(charger, directory)
  await first.commands.request(setCurrent(10))
  expect(await first.commands.allOff({ by: 'li', via: 'http' })).toMatchObject({ off: true })
  await charger.writes(4)
  expect(charger.limits.at(-1)).toBe(0)
  await first.stop()
  await expect.poll(() => charger.limits.at(-1), { timeout: 10_000 }).toBe(6)
  const second = await room(charger, directory)
  await expect.poll(() => charger.limits.at(-1), { timeout: 10_000 }).toBe(0)
  await charger.writes(4)
  expect(charger.limits.at(-1)).toBe(0)
  expect(await second.commands.request(setCurrent(14))).toMatchObject({ state: 'confirmed' })
  await charger.writes(4)
  expect(charger.limits.slice(charger.limits.indexOf(14))).not.toContain(0)
  await second.stop()
})
