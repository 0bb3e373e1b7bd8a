import { readdir, readFile, statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { type FactBook, readFactBook } from '../demos/fact-book.ts'
import type { Problem } from '../domain/errors.ts'
import type { AboutAnswer, SetupViews } from '../http/setup-views.ts'
import type { Profile } from '../profiles/profile-schema.ts'
import type { Readings } from '../readings/readings.ts'
import { effectiveRules } from '../settings/effective-rules.ts'
import { factsAnswer } from '../settings/facts-answer.ts'
import { type HallLines, hallLines, NO_LINES } from '../settings/hall-lines.ts'
import { profileAnswer, profileSummary } from '../settings/profile-answers.ts'
import { settingsAnswer } from '../settings/settings-answer.ts'
import { kindOfLink } from '../traffic/recording.ts'
import type { Traffic } from '../traffic/traffic.ts'
import { backupOf } from './backup.ts'
import type { ClockWatch } from './clock-watch.ts'
import { deviceInside } from './device-inside.ts'
import type { Devices } from './devices.ts'
import type { HallSource } from './hall-source.ts'
import { openCommissioning } from './lines.ts'
import type { GatewayOptions, Opened } from './opened.ts'
import type { RepairRooms } from './repair.ts'
import { createSaving, problemsOf } from './save-settings.ts'
import type { Storage } from './storage.ts'

/** Facts and price lists that come with the program. */
const FACTS = fileURLToPath(new URL('../../facts', import.meta.url))

export interface SetupParts {
  readonly hall: () => ResolvedHall
  readonly storage: Storage
  readonly devices: Devices
  readonly readings: Readings
  readonly repair: RepairRooms
  readonly clockWatch: ClockWatch
  readonly traffic: Traffic
  readonly version: string
}

/** What the web console needs to set up a hall. */
export function openSetup(parts: SetupParts, options: GatewayOptions, opened: Opened): SetupViews {
  const { hall, devices, readings, repair } = parts
  const { clock } = options
  let book: Promise<FactBook> | undefined
  return {
    async inside(id) {
      const device = hall().devices.get(id)
      if (!device) return undefined
      const state = readings.device(id)
      return deviceInside(device, { hall: hall(), devices, state, chain: repair.views.repair, clock })
    },
    traffic: {
      ...parts.traffic,
      look(id, after) {
        const link = hall().links.get(id)
        return link && parts.traffic.look(id, kindOfLink(link.type), after)
      },
    },
    async facts() {
      book ??= readFactBook(FACTS, { readFile, readdir: (path) => readdir(path) })
      const { facts, tariffs } = await book
      return factsAnswer(facts, tariffs, hall().hall.demos, clock.wallMs())
    },
    settings: settingsViews(parts, options),
    profiles: profileViews(parts, options),
    commissioning: openCommissioning(parts, options, opened),
    about: () => about(parts, options),
    backup: backupView(parts, options),
  }
}

function settingsViews({ hall }: SetupParts, { source, environment, clock }: GatewayOptions): SetupViews['settings'] {
  const saving = source && createSaving(source)
  const isSet = (variable: string) => Boolean(environment[variable] || environment[`${variable}_FILE`])
  // Reading a file of 2,000 devices takes a second: done once per version of the file and state of the hall.
  let known: { revision: string; of: ResolvedHall; lines: HallLines; problems: readonly Problem[] } | undefined
  const lookAt = (from: HallSource, revision: string, text: string) => {
    if (known?.revision !== revision || known.of !== hall())
      known = { revision, of: hall(), lines: hallLines(text), problems: problemsOf(from.check(text)) }
    return known
  }

  return {
    async read() {
      const at = clock.wallMs()
      if (!source || !saving) {
        const none = { file: null, revision: null, writable: false, reason: WITHOUT_FILE, problems: [] }
        return settingsAnswer(hall(), { source: none, lines: NO_LINES, isSet, at })
      }
      const text = await source.read()
      const revision = saving.remember(text)
      const reason = await source.unwritable()
      const { lines, problems } = lookAt(source, revision, text)
      const state = {
        file: source.file,
        revision,
        writable: reason === undefined,
        ...(reason !== undefined && { reason }),
        problems: [...problems],
      }
      return settingsAnswer(hall(), { source: state, lines, isSet, at })
    },
    rules(id) {
      const device = hall().devices.get(id)
      return device && effectiveRules(device, hall())
    },
    change: async (request) =>
      saving?.change(request) ?? {
        ok: false,
        kind: 'plain',
        code: 'HW_SETTINGS_READ_ONLY',
        message: WITHOUT_FILE,
      },
  }
}

const WITHOUT_FILE = 'This gateway was started without a file.'

function profileViews({ hall }: SetupParts, { source }: GatewayOptions): SetupViews['profiles'] {
  const used = (id: string) =>
    [...hall().devices.values()].filter(({ profileId }) => profileId === id).map((one) => one.id)
  const ids = () =>
    source?.profiles.ids() ?? [...new Set([...hall().devices.values()].map((one) => one.profileId))].sort()
  const profileOf = (id: string): Profile | undefined =>
    source ? source.profiles.get(id) : [...hall().devices.values()].find((one) => one.profileId === id)?.profile
  const known = async (id: string) => ({ devices: used(id), cases: (await source?.profiles.cases(id)) ?? null })
  return {
    async list() {
      const rows = ids().map(async (id) => {
        const profile = profileOf(id)
        return profile ? [profileSummary(id, profile, await known(id))] : []
      })
      const broken = (source?.profiles.problems() ?? []).map(({ file, problems }) => ({
        file,
        problems: [...problems],
      }))
      return { profiles: (await Promise.all(rows)).flat(), broken }
    },
    async get(id) {
      const profile = profileOf(id)
      return profile && profileAnswer(id, profile, await known(id))
    },
  }
}

/** One at a time: each takes as much space as the store while it is fetched. */
function backupView(
  { hall, version }: SetupParts,
  { source, folder, clock, log }: GatewayOptions,
): SetupViews['backup'] {
  let running = false
  return async () => {
    if (!source) return { ok: false, code: 'HW_BACKUP_FAILED', message: WITHOUT_FILE }
    if (running) return { ok: false, code: 'HW_BACKUP_RUNNING', message: 'A backup is being fetched already.' }
    running = true
    try {
      const storeFolder = resolve(folder, hall().hall.store.path)
      const taken = await backupOf({ hall: hall(), source, storeFolder, now: clock.wallMs(), version })
      taken.stream.once('close', () => {
        running = false
      })
      return { ok: true, value: taken }
    } catch (error) {
      running = false
      const message = error instanceof Error ? error.message : String(error)
      log.warn({ code: 'HW_BACKUP_FAILED' }, message)
      return { ok: false, code: 'HW_BACKUP_FAILED', message }
    }
  }
}

async function about(parts: SetupParts, options: GatewayOptions): Promise<AboutAnswer> {
  const { hall, storage, repair, clockWatch, version } = parts
  const { hall: settings, devices, links } = hall()
  const uptimeS = process.uptime()
  return {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    startedAt: Math.round(options.clock.wallMs() - uptimeS * 1000),
    uptimeS: Math.round(uptimeS),
    hall: { id: settings.hall.id, name: settings.hall.name },
    counts: {
      devices: devices.size,
      links: links.size,
      profiles: options.source?.profiles.ids().length ?? 0,
      users: repair.views.auth.users.list().length,
      openAlarms: repair.views.repair.openAlarms().length,
      openOrders: repair.views.repair.openOrders().length,
      committedFrames: storage.spool.stats().committedFrames,
    },
    disk: await diskOf(resolve(options.folder, settings.store.path), storage.store.stats().bytes),
    memory: { rssBytes: process.memoryUsage.rss() },
    clock: clockWatch.about(settings.hall.timeZone),
    licences: [...((await options.source?.licences()) ?? [])],
  }
}

async function diskOf(path: string, storeBytes: number): Promise<AboutAnswer['disk']> {
  const disk = await statfs(path).catch(() => undefined)
  if (!disk) return null
  const [freeBytes, totalBytes] = [disk.bavail * disk.bsize, disk.blocks * disk.bsize]
  const freePercent = totalBytes > 0 ? Math.round((1000 * freeBytes) / totalBytes) / 10 : 0
  return { path, freeBytes, totalBytes, freePercent, storeBytes }
}
