import type { DescribedDevice, LiveDevice } from './live-device.ts'
import type { LiveEvent, LiveSink } from './live-event.ts'

/** Which devices a subscriber wants; an absent list wants all. */
export interface LiveFilter {
  readonly devices?: readonly string[]
  readonly zones?: readonly string[]
  readonly kinds?: readonly string[]
}

export const passes = (
  device: Pick<DescribedDevice, 'id' | 'zone' | 'kind'>,
  filter: LiveFilter | undefined,
): boolean =>
  !filter ||
  ((!filter.devices || filter.devices.includes(device.id)) &&
    (!filter.zones || filter.zones.includes(device.zone)) &&
    (!filter.kinds || filter.kinds.includes(device.kind)))

/** By device: what changed since a round. Bounded by the hall: a quantity stands in it once, however often it changed. */
export type Changes = Map<string, { removed: boolean; quantities: Set<string> }>

export type Subscriber = ReturnType<typeof subscriber>

/** One reader: fresh while its sink takes everything, behind from the first refusal until `resume()`. */
export function subscriber(
  filter: LiveFilter | undefined,
  sink: LiveSink,
  describe: (id: string) => DescribedDevice | undefined,
  slowAfterMs: number,
) {
  const pending: Changes = new Map()
  let behindSince: number | undefined

  const give = (now: number, event: LiveEvent): boolean => {
    if (behindSince !== undefined) return false
    if (!sink.deliver(event)) behindSince = now
    return true
  }

  return {
    give,
    /** Tells what changed, or keeps it for later. True when a delta went out. */
    round(
      now: number,
      changes: Changes,
      shared: LiveEvent | undefined,
      delta: (changes: Changes) => LiveEvent,
    ): boolean {
      if (behindSince !== undefined) {
        merge(pending, changes)
        return false
      }
      if (pending.size > 0) {
        merge(pending, changes)
        const late = narrowed(delta(pending), filter)
        pending.clear()
        return late !== undefined && give(now, late)
      }
      const mine = shared && narrowed(shared, filter)
      return mine !== undefined && give(now, mine)
    },
    isSlow: (now: number) => behindSince !== undefined && now - behindSince >= slowAfterMs,
    resume() {
      behindSince = undefined
    },
    last(event: LiveEvent) {
      sink.deliver(event)
      sink.end()
    },
    pendingChanges: () => [...pending.values()].reduce((sum, change) => sum + Math.max(1, change.quantities.size), 0),
  }

  function merge(into: Changes, from: Changes) {
    for (const [id, change] of from) {
      const about = describe(id)
      if (about && !passes(about, filter) && !change.removed) continue
      const known = into.get(id)
      if (!known || change.removed) into.set(id, { removed: change.removed, quantities: new Set(change.quantities) })
      else for (const quantity of change.quantities) known.quantities.add(quantity)
    }
  }
}

/** The same delta for everybody who filters nothing, so that it is written as text once; undefined when nothing is left. */
function narrowed(event: LiveEvent, filter: LiveFilter | undefined): LiveEvent | undefined {
  if (event.type !== 'delta' || !filter) return event
  const devices = event.devices.filter((device: LiveDevice) => passes(device, filter))
  const removed = filter.devices ? event.removed.filter((id) => filter.devices?.includes(id)) : event.removed
  return devices.length + removed.length > 0 ? { ...event, devices, removed } : undefined
}
