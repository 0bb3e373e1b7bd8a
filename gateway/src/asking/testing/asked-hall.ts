import { readFileSync } from 'node:fs'
import { parseHall } from '../../config/config.ts'
import type { ResolvedDevice } from '../../config/resolved-hall.ts'
import type { Frame, Presence } from '../../domain/frame.ts'
import { silentLog } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { type Profile, parseProfile } from '../../profiles/profiles.ts'
import { type Asking, type AskingDeps, createAsking } from '../asking.ts'

const PROFILES = new URL('../../../../device-profiles/', import.meta.url).pathname

/** A shipped profile. */
export const shipped = (id: string): Profile => parseProfile(id, readFileSync(`${PROFILES}${id}.yaml`, 'utf8'))

/** Devices as hall.yaml names them, each with its shipped profile. */
export function devicesOf(
  devices: readonly object[],
  profiles: (id: string) => Profile | undefined = shipped,
): ResolvedDevice[] {
  const hall = {
    hall: { id: 'hall', name: '厅' },
    zones: [{ id: 'zone', name: '区' }],
    devices: devices.map((device) => ({ name: '设备', zone: 'zone', ...device })),
  }
  return [...parseHall('hall.yaml', JSON.stringify(hall), { get: profiles, ids: () => [] }).devices.values()]
}

export interface AskedHall extends AsyncDisposable {
  readonly asking: Asking
  readonly frames: Frame[]
  readonly presences: { readonly device: string; readonly presence: Presence; readonly reason: string | undefined }[]
  readonly lines: { readonly code?: string; readonly message: string }[]
  /** The next reading of a device from now on for which `wanted` holds. */
  nextReading(device: string, wanted?: (frame: Frame) => boolean): Promise<Frame>
  /** Resolves with the reason when `device` is so, now or later. */
  presence(device: string, presence: Presence): Promise<string | undefined>
}

/** The room with real sockets, whose every word is written down and can be waited for. */
export function askedHall(devices: readonly ResolvedDevice[], overrides: Partial<AskingDeps> = {}): AskedHall {
  const frames: Frame[] = []
  const presences: AskedHall['presences'] = []
  const lines: AskedHall['lines'] = []
  const waiting = new Set<() => void>()
  const changed = () => {
    for (const check of [...waiting]) check()
  }
  const note = (fields: object, message: string) => lines.push({ ...fields, message })
  const asking = createAsking({
    clock: systemClock,
    log: { ...silentLog, info: note, warn: note, error: note },
    random: () => 0,
    secret: () => undefined,
    onFrame(frame) {
      frames.push(frame)
      changed()
    },
    onPresence(device, presence, _at, reason) {
      presences.push({ device, presence, reason })
      changed()
    },
    ...overrides,
  })
  const until = <Found>(look: () => Found | undefined): Promise<Found> =>
    new Promise((resolve) => {
      const check = () => {
        const found = look()
        if (found === undefined) return
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
    })
  asking.setDevices(devices)
  return {
    ...{ asking, frames, presences, lines },
    nextReading(device, wanted = () => true) {
      const from = frames.length
      return until(() =>
        frames.slice(from).find((frame) => frame.device === device && frame.stream === 'reading' && wanted(frame)),
      )
    },
    async presence(device, presence) {
      const last = () => presences.findLast((one) => one.device === device)
      return (await until(() => (last()?.presence === presence ? last() : undefined))).reason
    },
    [Symbol.asyncDispose]: () => asking.close(),
  }
}
