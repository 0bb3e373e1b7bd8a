import type { FlowAlarm, FlowEvents, FlowOrder, FlowReading } from './flow-messages.ts'

/** Readings that wait, one per device and quantity: about two minutes of nothing read in a large hall. */
export const MAX_READINGS = 5000
/** Alarm and order changes that wait each; beyond it only the newest of every alarm or order is kept, so none is ever lost. */
export const MAX_CHANGES = 1000
/** One message to the process: small enough to be read between two heartbeats. */
const BATCH_READINGS = 250
const BATCH_CHANGES = 100

export interface EventQueueStats {
  readonly waiting: number
  /** Readings overtaken by a newer one of the same device and quantity before they were sent. */
  readonly replacedReadings: number
  /** Readings dropped because the queue was full. */
  readonly droppedReadings: number
  /** Alarm and order changes overtaken by a newer one of the same alarm or order. */
  readonly mergedChanges: number
}

/** What waits for the Node-RED process. Alarms first, and an alarm is never dropped; of a reading the newest is enough. */
export function createEventQueue() {
  let readings = new Map<string, FlowReading>()
  const alarms = changes<FlowAlarm>()
  const orders = changes<FlowOrder>()
  let replacedReadings = 0
  let droppedReadings = 0

  return {
    addReading(reading: FlowReading): void {
      const key = `${reading.device} ${reading.quantity}`
      // Deleted first, so that the oldest news and not the first-named quantity goes when it is full.
      if (readings.delete(key)) replacedReadings += 1
      else if (readings.size >= MAX_READINGS) {
        droppedReadings += 1
        readings.delete(readings.keys().next().value ?? '')
      }
      readings.set(key, reading)
    },
    addAlarm: alarms.add,
    addOrder: orders.add,
    size: () => readings.size + alarms.size() + orders.size(),
    /** The next message; undefined when nothing waits. */
    take(): FlowEvents | undefined {
      if (readings.size + alarms.size() + orders.size() === 0) return undefined
      const some: FlowReading[] = []
      for (const [key, reading] of readings) {
        if (some.length >= BATCH_READINGS) break
        some.push(reading)
        readings.delete(key)
      }
      const changed = { alarms: alarms.take(), orders: orders.take() }
      return {
        ...(some.length > 0 && { readings: some }),
        ...(changed.alarms.length > 0 && { alarms: changed.alarms }),
        ...(changed.orders.length > 0 && { orders: changed.orders }),
      }
    },
    /** The process went; the next one starts from a snapshot. */
    clear(): void {
      readings = new Map()
      alarms.clear()
      orders.clear()
    },
    stats: (): EventQueueStats => ({
      waiting: readings.size + alarms.size() + orders.size(),
      replacedReadings,
      droppedReadings,
      mergedChanges: alarms.merged() + orders.merged(),
    }),
  }
}

/** Every change in order while there is room, then the newest per id. */
function changes<Change extends { readonly id: string }>() {
  let queue: Change[] = []
  let merged = 0
  let mergeAt = MAX_CHANGES

  return {
    add(change: Change): void {
      queue.push(change)
      if (queue.length <= mergeAt) return
      const newest = new Map(queue.map((one) => [one.id, one]))
      // More alarms open than this at once: their newest states are all kept, the list is as long as the hall is broken. Looked
      // at again when it has doubled, so that a flood costs a little per change and not ever more.
      mergeAt = Math.max(MAX_CHANGES, newest.size * 2)
      merged += queue.length - newest.size
      queue = [...newest.values()]
    },
    take() {
      const some = queue.splice(0, BATCH_CHANGES)
      if (queue.length === 0) mergeAt = MAX_CHANGES
      return some
    },
    size: () => queue.length,
    clear(): void {
      mergeAt = MAX_CHANGES
      queue = []
    },
    merged: () => merged,
  }
}
