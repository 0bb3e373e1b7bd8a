import { onTestFinished } from 'vitest'
import type { DeviceKind } from '../domain/device-kind.ts'
import type { Value } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import { silentLog } from '../ports/log.ts'
import { createReadings, type Readings } from '../readings/readings.ts'
import { createLive, type DescribedDevice, type Live, type LiveEvent, type LiveFilter, type LiveSink } from './live.ts'

/** A clock that stands still until told. `advance` lets everything that waits run, in order. */
export interface HandClock extends Clock {
  advance(ms: number): Promise<void>
}

export function handClock(startMs = Date.UTC(2026, 4, 12, 6, 5, 9)): HandClock {
  let now = 0
  let sleepers: { at: number; wake: () => void }[] = []
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    wallMs: () => startMs + now,
    monotonicMs: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ at: now + ms, wake: resolve })
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
    async advance(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const next = sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        sleepers = sleepers.filter((one) => one !== next)
        now = next.at
        next.wake()
        await settle()
      }
      now = end
    },
  }
}

export interface LiveHall {
  readonly clock: Clock
  readonly readings: Readings
  readonly live: Live
  add(...devices: (Partial<DescribedDevice> & { id: string })[]): void
  remove(id: string): void
  /** A frame read now. */
  read(device: string, values: Record<string, Value>): void
}

/** Real readings and a real live room over devices a test names; closed when the test ends. */
export function liveHall<C extends Clock>(clock: C): LiveHall & { readonly clock: C } {
  const described = new Map<string, DescribedDevice>()
  const readings = createReadings()
  let committedFrames = 0
  const live = createLive({
    readings,
    describe: (id) => described.get(id),
    facts: () => ({ hall: { id: 'donghu', name: '东湖厅' }, committedFrames, backlogFrames: 3, forwardLagS: 0.5 }),
    clock,
    log: silentLog,
  })
  onTestFinished(() => live.close())
  const tell = () =>
    readings.setDevices(
      [...described.values()].map((one) => ({ id: one.id, periodsMs: PERIODS, fingerprint: JSON.stringify(one) })),
      clock.wallMs(),
    )
  return {
    clock,
    readings,
    live,
    add(...devices) {
      for (const device of devices) described.set(device.id, { ...METER, name: device.id, ...device })
      tell()
    },
    remove(id) {
      described.delete(id)
      tell()
    },
    read(device, values) {
      const at = clock.wallMs()
      committedFrames += 1
      readings.accept({ device, stream: 'reading', at, values }, at)
      readings.setPresence(device, 'online', at)
    },
  }
}

const PERIODS = { activePower: 1000, voltageL1: 1000 }
const METER = { zone: 'power', kind: 'meter' as DeviceKind, profileId: 'eastron/sdm630' }

export interface Reader extends LiveSink {
  readonly events: LiveEvent[]
  ended: boolean
  /** Set to false to behave like a full socket. */
  taking: boolean
  of<Type extends LiveEvent['type']>(type: Type): Extract<LiveEvent, { type: Type }>[]
}

export function reader(): Reader {
  const events: LiveEvent[] = []
  return {
    events,
    ended: false,
    taking: true,
    deliver(event) {
      events.push(event)
      return this.taking
    },
    end() {
      this.ended = true
    },
    of: <Type extends LiveEvent['type']>(type: Type) =>
      events.filter((event): event is Extract<LiveEvent, { type: Type }> => event.type === type),
  }
}

export function follow(live: Live, filter?: LiveFilter) {
  const sink = reader()
  const subscription = live.subscribe(filter ? { filter } : {}, sink)
  return { sink, subscription }
}
