import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandRecord, CommandRequest, Commands } from '../../commands/command.ts'
import { hallSchema } from '../../config/hall-schema.ts'
import type { ResolvedDevice, ResolvedHall } from '../../config/resolved-hall.ts'
import { TWO_HOBS } from '../../demos/demos-fixture.ts'
import { createFactBook } from '../../demos/fact-book.ts'
import { readScenario } from '../../demos/read-scenarios.ts'
import type { Frame } from '../../domain/frame.ts'
import { VirtualClock } from '../../polling/testing/virtual-clock.ts'
import { silentLog } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { parseProfile } from '../../profiles/profiles.ts'
import { createReadings } from '../../readings/readings.ts'
import { documentTables, storedDocument } from '../../store/documents-table.ts'
import { openStore } from '../../store/sqlite-store.ts'
import type { Tariff } from '../../tariff/fact-schema.ts'
import { openDemoRuns } from '../demo-runs.ts'
import type { LastOffs } from '../last-off.ts'
import { demoTables, openRecords } from '../records.ts'

const DEVICES = ['hob-1', 'other-1', 'lamp-1', 'estop'] as const
const WATTS: Readonly<Record<string, number>> = { 'hob-1': 1500, 'other-1': 1400, 'lamp-1': 60 }

/** A hall of three appliances on real readings, a real store and a clock that the test moves. */
export async function demoHall(
  options: {
    fallbacks?: string
    directory?: string
    /** Further lines of `figures`. */
    figures?: string
    /** A further line of `safety`. */
    safety?: string
    /** Unix ms */
    startAt?: number
    tariff?: Tariff
  } = {},
) {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'hallwatt-demos-')))
  const clock = new VirtualClock()
  if (options.startAt !== undefined) clock.setWall(options.startAt)
  const store = await openStore({
    directory,
    clock: systemClock,
    log: silentLog,
    tables: [...demoTables, ...documentTables],
  })
  const figured = options.figures ? TWO_HOBS.replace(/^result:/m, `${options.figures}\nresult:`) : TWO_HOBS
  const text = options.safety ? figured.replace(/^safety:/m, `safety:\n  ${options.safety}`) : figured
  const scenario = readScenario(options.fallbacks ? text.replace(/^card:/m, `${options.fallbacks}\ncard:`) : text)
  if (!scenario.ok) throw new Error(JSON.stringify(scenario.problems))
  const profileFile = join(import.meta.dirname, '../../../../device-profiles/hallwatt/appliance.yaml')
  const profile = parseProfile(profileFile, await readFile(profileFile, 'utf8'))
  const devices = new Map(DEVICES.map((id) => [id as string, { ...deviceOf(id), profile }]))
  let hall: ResolvedHall = { hall: hallSettings(options.tariff?.id), links: new Map(), devices }
  const readings = createReadings()
  readings.setDevices([...devices.values()], clock.wallMs())

  /** What the appliances are; a test may break them. */
  const relays = new Map<string, boolean>()
  const silent = new Set<string>()
  /** They do not switch off, whatever they are told. */
  const stuck = new Set<string>()
  const given: CommandRequest[] = []
  let pressed = false
  let smoky = false
  let offRounds = 0
  const record = (device: string, command: string): CommandRecord => ({
    ...{ id: 'C1', at: clock.wallMs(), device, command, by: 'x', via: 'demo', state: 'confirmed', ms: 5 },
  })
  const commands: Pick<Commands, 'request' | 'allOff' | 'available'> = {
    async request(request) {
      given.push(request)
      relays.set(request.device, true)
      return record(request.device, request.command)
    },
    async allOff(_, only = [...relays.keys()]) {
      offRounds++
      for (const device of only) if (!stuck.has(device)) relays.set(device, false)
      const devices = only.map((device) => ({
        ...record(device, 'switch-off'),
        state: stuck.has(device) ? ('failed' as const) : ('confirmed' as const),
      }))
      return { ms: 5, off: stuck.size === 0, devices }
    },
    available: () => [offer('switch-on', false), offer('switch-off', true)],
  }
  const frames: Frame[] = []
  const alarmed: string[] = []
  const open = async () =>
    openDemoRuns({
      hall: () => hall,
      catalogue: {
        scenarios: new Map([['two-hobs', scenario]]),
        playlists: [
          {
            id: 'alone',
            name: { zh: '无人', en: 'Alone' },
            minutes: null,
            loop: true,
            scenarios: [{ scenario: 'two-hobs', inputs: {} }],
          },
        ],
        presets: {},
        book: createFactBook([], options.tariff ? [options.tariff] : []),
      },
      records: await openRecords({ store, log: silentLog }),
      readings,
      commands,
      lastOffs: storedDocument<LastOffs>(store, 'demo-last-off', {}),
      faulty: () => new Set(),
      history: async () => [],
      writeFrame: (frame) => frames.push(frame),
      notOff: (device) => alarmed.push(device),
      notOffBefore: [],
      gatewayVersion: '0.0.0',
      clock,
      log: silentLog,
    })
  let demos = await open()

  function speak(): void {
    const at = clock.wallMs()
    for (const id of DEVICES) {
      if (silent.has(id)) continue
      const on = relays.get(id) === true
      const values =
        id === 'estop'
          ? { emergencyStopPressed: pressed, smokeDetected: smoky }
          : { activePower: on ? (WATTS[id] ?? 0) : 0, activeEnergyImport: 1, 'temperature.water': 40 }
      readings.accept({ device: id, stream: 'reading', at, values }, at)
    }
    readings.tick(at)
  }

  /** Lets devices speak twice a second and the room look four times. */
  async function pass(seconds: number, by = 'lin'): Promise<void> {
    for (let i = 0; i < seconds * 4; i++) {
      await clock.pass(250)
      if (i % 2 === 0) speak()
      for (const run of demos.runs()) demos.beat(run.id, by)
      demos.tick()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  speak()
  return {
    directory,
    clock,
    store,
    given,
    relays,
    silent,
    stuck,
    frames,
    alarmed,
    pass,
    speak,
    /** hall.yaml is edited: `demos` is so from now on. */
    setDemos(change: (demos: ResolvedHall['hall']['demos']) => ResolvedHall['hall']['demos']) {
      hall = { ...hall, hall: { ...hall.hall, demos: change(hall.hall.demos) } }
    },
    press(is: boolean) {
      pressed = is
    },
    /** hall.yaml names it otherwise: it is known anew from its next message on. */
    rename(id: string) {
      const again = [...devices.values()].map((one) => (one.id === id ? { ...one, fingerprint: `${id} again` } : one))
      readings.setDevices(again, clock.wallMs())
    },
    smoke(is: boolean) {
      smoky = is
    },
    offRounds: () => offRounds,
    get demos() {
      return demos
    },
    /** As after kill -9: the room is simply there again. */
    async reopen() {
      demos = await open()
      return demos
    },
    async close() {
      await demos.close()
      await store.close()
      if (!options.directory) await rm(directory, { recursive: true, force: true })
    },
  }
}

const deviceOf = (id: string): Omit<ResolvedDevice, 'profile'> => ({
  ...{
    id,
    name: id,
    hall: 'h',
    zone: 'z',
    kind: id === 'lamp-1' ? 'lamp' : 'cooker',
    profileId: 'hallwatt/appliance',
    fingerprint: id,
  },
  connection: { via: 'mqtt', parameters: {}, user: id },
  periodsMs: {
    activePower: 1000,
    activeEnergyImport: 1000,
    'temperature.water': 1000,
    emergencyStopPressed: 1000,
    smokeDetected: 1000,
  },
})

const offer = (command: string, allOff: boolean) => ({
  ...{ command, title: { zh: command, en: command }, unit: '', takes: { kind: 'nothing' } as const, power: !allOff },
  ...{ allOff, permission: 'command-device' as const, canRevert: !allOff },
})

function hallSettings(tariff: string | undefined) {
  return hallSchema.parse({
    hall: { id: 'h', name: '厅' },
    zones: [{ id: 'z', name: '区' }],
    broker: {},
    http: {},
    demos: {
      ...(tariff !== undefined && { tariff }),
      circuits: [{ id: 'table', name: '台', limitW: 4000 }],
      roles: Object.fromEntries(
        ['hob', 'other', 'lamp'].map((role) => [role, { device: `${role}-1`, circuit: 'table' }]),
      ),
      emergencyStop: { device: 'estop', quantity: 'emergencyStopPressed' },
      dangers: [{ device: 'estop', quantity: 'smokeDetected', kind: 'smoke' }],
    },
  })
}
