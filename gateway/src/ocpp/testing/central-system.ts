import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ocppSettingsSchema } from '../../config/charge-point-device.ts'
import { periodsOf } from '../../config/periods.ts'
import type { ResolvedDevice } from '../../config/resolved-hall.ts'
import type { Frame, Value } from '../../domain/frame.ts'
import { createTroubles } from '../../ingest/troubles.ts'
import type { Log } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { parseProfile } from '../../profiles/profiles.ts'
import { openStore } from '../../store/sqlite-store.ts'
import { type OcppOptions, openOcpp } from '../ocpp.ts'
import { ocppTables } from '../transactions.ts'

const PROFILE = 'ocpp/charge-point-16'
const file = fileURLToPath(new URL(`../../../../device-profiles/${PROFILE}.yaml`, import.meta.url))
const profile = parseProfile(PROFILE, await readFile(file, 'utf8'))

/** Connector 1 of a charge point as the hall knows it; the device is called like the charge point, in small letters. */
export const connectorOf = (chargePoint: string, connector = 1): ResolvedDevice => ({
  id: `${chargePoint.toLowerCase()}${connector === 1 ? '' : `-${connector}`}`,
  ...{ name: chargePoint, hall: 'hall', zone: 'zone', kind: profile.kind, profileId: PROFILE, profile },
  connection: { via: 'ocpp', chargePoint, connector },
  periodsMs: periodsOf(profile, undefined),
  fingerprint: `${chargePoint} ${connector}`,
})

interface Options {
  readonly devices?: readonly ResolvedDevice[]
  readonly settings?: Partial<OcppOptions['settings']>
  readonly tls?: OcppOptions['tls']
  readonly verify?: OcppOptions['verify']
  /** A folder that another central system has left. */
  readonly folder?: string
  readonly onFrame?: (frame: Frame) => Promise<void>
  readonly beforeCommit?: () => Promise<void>
}

export type CentralSystem = Awaited<ReturnType<typeof startCentralSystem>>

/** The room on a store of its own and a free port, with everything it tells. */
export async function startCentralSystem(how: Options = {}) {
  const folder = how.folder ?? (await mkdtemp(join(tmpdir(), 'hallwatt-ocpp-')))
  const frames: Frame[] = []
  const presence = new Map<string, string>()
  const lines: { level: string; code?: string; message: string }[] = []
  const news = new Set<() => void>()
  const tell = () => {
    for (const look of news) look()
  }
  const say = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, ...fields })
    tell()
  }
  const log: Log = { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error') }
  const store = await openStore({ directory: folder, clock: systemClock, log, tables: ocppTables })
  const ocpp = await openOcpp({
    settings: { ...ocppSettingsSchema.parse({}), port: 0, ...how.settings },
    devices: how.devices ?? [connectorOf('CP-01')],
    store: {
      read: (sql, parameters) => store.read(sql, parameters),
      async commit(writes) {
        await how.beforeCommit?.()
        await store.commit(writes)
      },
    },
    clock: systemClock,
    log,
    random: () => 0,
    troubles: createTroubles(log, systemClock),
    tls: how.tls,
    verify: how.verify,
    async onFrame(frame) {
      await how.onFrame?.(frame)
      frames.push(frame)
      tell()
    },
    onPresence(device, state) {
      presence.set(device, state)
      tell()
    },
  })

  /** Resolves as soon as it holds. */
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return
        news.delete(look)
        resolve()
      }
      news.add(look)
      look()
    })
  const latest = (device: string): Readonly<Record<string, Value>> =>
    Object.assign({}, ...frames.filter((frame) => frame.device === device).map(({ values }) => values))

  return {
    ocpp,
    store,
    folder,
    frames,
    presence,
    lines,
    until,
    /** The newest value of every quantity. */
    latest,
    url: `ws://127.0.0.1:${ocpp.address.port}/ocpp/`,
    port: ocpp.address.port,
    /** The folder stays, for whoever opens it again. */
    async stop() {
      await ocpp.close()
      await store.close()
    },
    async close() {
      await ocpp.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
