import type { Link } from '../../config/hall-schema.ts'
import type { ResolvedDevice } from '../../config/resolved-hall.ts'
import type { Frame, Presence } from '../../domain/frame.ts'
import { silentLog } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { profileSchema } from '../../profiles/profile-schema.ts'
import type { Learnt } from '../learnt.ts'
import { createPolling, type Polling, type PollingDeps } from '../polling.ts'

type ModbusPart = Record<string, unknown>

/** Ten voltages at 0, 2, … 18 and a power at 40, all uint16; asked four times a second. */
export const meterMap: ModbusPart = {
  timeoutMs: 200,
  periodsMs: { fast: 100, normal: 250, slow: 1000 },
  registers: [
    { quantity: 'voltageL1', address: 0, type: 'uint16', unit: 'V' },
    { quantity: 'voltageL2', address: 2, type: 'uint16', unit: 'V' },
    { quantity: 'voltageL3', address: 4, type: 'uint16', unit: 'V' },
    { quantity: 'activePower', address: 12, type: 'uint16', unit: 'W' },
  ],
}

export const profileOf = (modbus: ModbusPart) =>
  profileSchema.parse({
    vendor: 'Test',
    model: 'Meter',
    kind: 'meter',
    title: { zh: '电表', en: 'Meter' },
    source: [{ document: 'made for this test' }],
    modbus,
  })

export function meter(id: string, link: string, unitId = 1, modbus: ModbusPart = meterMap): ResolvedDevice {
  return {
    id,
    name: id,
    hall: 'hall',
    zone: 'zone',
    kind: 'meter',
    profileId: 'test/meter',
    profile: profileOf(modbus),
    connection: { via: 'modbus', link, unitId },
    periodsMs: {},
    fingerprint: JSON.stringify([id, link, unitId, modbus]),
  }
}

export const tcpLink = ({ host, port }: { host: string; port: number }) => {
  const link = { type: 'modbus-tcp', host, port } as const
  return { ...link, fingerprint: JSON.stringify(link) }
}

export interface PolledHall extends AsyncDisposable {
  readonly polling: Polling
  readonly frames: Frame[]
  readonly presences: { device: string; presence: Presence; reason: string | undefined }[]
  /** Codes of the warnings, in order. */
  readonly codes: string[]
  readonly learnt: Learnt[]
  setHall(links: Record<string, Link & { fingerprint: string }>, devices: readonly ResolvedDevice[]): void
  /** The next frame from now on for which `wanted` holds. */
  nextFrame(wanted: (frame: Frame) => boolean): Promise<Frame>
  /** The next reading of a device. */
  nextReading(device: string): Promise<Frame>
  /** Resolves when `device` is so, now or later. */
  presence(device: string, presence: Presence): Promise<string | undefined>
}

/** Polling whose every word is written down and can be waited for. */
export function polledHall(
  overrides: Partial<PollingDeps> & Pick<PollingDeps, 'openEndpoint'> & { remembered?: readonly Learnt[] },
): PolledHall {
  const frames: Frame[] = []
  const presences: PolledHall['presences'] = []
  const codes: string[] = []
  const learnt: Learnt[] = [...(overrides.remembered ?? [])]
  const waiting = new Set<() => void>()
  const changed = () => {
    for (const check of [...waiting]) check()
  }
  const until = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve) => {
      const check = () => {
        const found = find()
        if (found === undefined) return
        waiting.delete(check)
        resolve(found)
      }
      waiting.add(check)
      check()
    })
  const clock = overrides.clock ?? systemClock
  const log = { ...silentLog, warn: (fields: object) => void codes.push((fields as { code: string }).code) }
  const polling = createPolling({
    clock,
    log,
    random: () => 0.5,
    learnt: {
      load: async () => [...learnt],
      async save(all) {
        learnt.splice(0, learnt.length, ...all)
        changed()
      },
    },
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
  const nextFrame = (wanted: (frame: Frame) => boolean) => {
    const from = frames.length
    return until(() => frames.slice(from).find(wanted))
  }
  return {
    polling,
    frames,
    presences,
    codes,
    learnt,
    setHall: (links, devices) =>
      polling.setHall(new Map(Object.entries(links)), new Map(devices.map((device) => [device.id, device]))),
    nextFrame,
    nextReading: (device) => nextFrame((frame) => frame.device === device && frame.stream === 'reading'),
    async presence(device, wanted) {
      const found = await until(() => {
        const last = presences.findLast((change) => change.device === device)
        return last?.presence === wanted ? last : undefined
      })
      return found.reason
    },
    [Symbol.asyncDispose]: () => polling.close(),
  }
}
