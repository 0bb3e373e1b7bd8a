import { repairSchema } from '../config/repair-schema.ts'
import type { DeviceKind } from '../domain/device-kind.ts'
import type { FaultEvent } from '../domain/fault-event.ts'
import type { BadReason, Presence, Value } from '../domain/frame.ts'
import { type Profile, profileSchema } from '../profiles/profile-schema.ts'
import { createReadings } from '../readings/readings.ts'
import { createFaults, type FaultsOptions, faultDevice } from './faults.ts'

/** Monday 2026-11-23 10:00 in Shanghai. */
export const MONDAY_TEN = Date.UTC(2026, 10, 23, 2)

export interface TestDevice {
  readonly id: string
  /** Default: safety, which has no rule of its own but silence. */
  readonly kind?: DeviceKind
  /** Quantity → period in ms; 0: sent only on change. */
  readonly quantities: Readonly<Record<string, number>>
  readonly rules?: readonly unknown[]
  readonly profileId?: string
}

export interface TestHallOptions extends FaultsOptions {
  readonly hallRules?: readonly unknown[]
  readonly start?: number
}

/** A profile that measures these quantities, over MQTT. */
function profileOf({ kind = 'safety', quantities, rules = [] }: Omit<TestDevice, 'id'>): Profile {
  return profileSchema.parse({
    vendor: 'Test',
    model: 'T',
    kind,
    title: { zh: '测试', en: 'Test' },
    source: [{ document: 'test' }],
    mqtt: { messages: [{ topic: 't/{device}', values: Object.keys(quantities).map((quantity) => ({ quantity })) }] },
    faults: rules,
  })
}

/** Readings and faults together, with a clock that only the test moves. */
export function createTestHall(devices: readonly TestDevice[], options: TestHallOptions = {}) {
  const readings = createReadings()
  const faults = createFaults(options)
  let now = options.start ?? MONDAY_TEN
  let events: FaultEvent[] = []
  readings.onChange((change) => {
    events.push(...faults.take(change, now))
  })

  function setDevices(list: readonly TestDevice[]): void {
    const resolved = list.map((device) => ({
      id: device.id,
      kind: device.kind ?? ('safety' as const),
      zone: 'hall',
      profileId: device.profileId ?? `test/${device.kind ?? 'safety'}`,
      profile: profileOf(device),
      periodsMs: Object.fromEntries(Object.entries(device.quantities).filter(([, period]) => period > 0)),
      fingerprint: JSON.stringify(device),
    }))
    const { rules } = repairSchema.parse({ rules: options.hallRules ?? [] })
    readings.setDevices(resolved, now)
    const told = faults.setDevices(
      resolved.map((device) => faultDevice(device, rules)),
      now,
    )
    events.push(...told)
  }

  const hall = {
    readings,
    faults,
    setDevices,
    now: () => now,
    /** What was told since the last look, shortly: `raised prn.paper_out paper.receipt`. */
    told(): string[] {
      const said = events.map(({ type, fault }) => `${type} ${fault.code}${fault.part === '' ? '' : ` ${fault.part}`}`)
      events = []
      return said
    },
    events(): FaultEvent[] {
      const all = events
      events = []
      return all
    },
    /** A frame of the device. */
    say(device: string, values: Record<string, Value>, bad?: Record<string, BadReason>): void {
      readings.accept({ device, stream: 'reading', at: now, values, ...(bad && { bad }) }, now)
    },
    presence(device: string, presence: Presence, reason?: string): void {
      readings.setPresence(device, presence, now, reason)
    },
    /** Time goes by, second by second; `each` may speak. */
    pass(seconds: number, each?: (second: number) => void): void {
      for (let second = 1; second <= seconds; second++) {
        now += 1000
        readings.tick(now)
        events.push(...faults.tick(now))
        each?.(second)
      }
    },
    /** Faster than by the second, for hours. */
    passIn(steps: number, stepMs: number, each: (step: number) => void): void {
      for (let step = 1; step <= steps; step++) {
        now += stepMs
        each(step)
        events.push(...faults.tick(now))
      }
    },
    /** Somebody sets the clock: no second has passed. */
    jump(ms: number): void {
      now += ms
      events.push(...faults.tick(now))
    },
  }
  setDevices(devices)
  return hall
}
