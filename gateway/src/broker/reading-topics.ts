import type { Clock } from '../ports/clock.ts'
import type { DeviceState, Reading, Readings } from '../readings/readings.ts'
import type { Broker } from './broker.ts'
import { TOPICS, topicOf } from './topics.ts'

/** A topic is published at most this often; of what changed in between only the newest goes out. */
const MIN_PERIOD_MS = 1000
/** A value that stays the same is published again when its time of reading is this much newer, so that `t` does not look old. */
const REFRESH_MS = 60_000
/** How often we look what is due. */
const LOOK_MS = 200
/** Topics published in one turn of the event loop; a hall of 20,000 points must not stop everything else for their sake. */
const PER_TURN = 200

interface ReadingTopicsStats {
  readonly topics: number
  readonly waiting: number
  readonly published: number
}

export interface ReadingTopics {
  stats(): ReadingTopicsStats
  close(): void
}

interface Topic {
  readonly topic: string
  /** What subscribers have; undefined before the first time. */
  published?: Reading
  publishedMs: number
  newest: Reading
}

/**
 * Publishes the readings of all devices as retained `{v,t,q}` on their topics and clears those of removed devices. `v` is null
 * while nothing was ever read. Values of a stale or bad reading stay, with their `q` saying so.
 */
export function createReadingTopics(options: {
  hall: string
  readings: Pick<Readings, 'onChange' | 'all'>
  publish: Broker['publish']
  clock: Clock
}): ReadingTopics {
  const { hall, readings, publish, clock } = options
  /** By device, then by quantity. */
  const devices = new Map<string, Map<string, Topic>>()
  const waiting = new Set<Topic>()
  const stopped = new AbortController()
  let published = 0

  function note(state: DeviceState, quantities: Iterable<string>): void {
    const topics = devices.get(state.device) ?? new Map<string, Topic>()
    devices.set(state.device, topics)
    for (const quantity of quantities) {
      const reading = state.readings.get(quantity)
      if (!reading) continue
      const known = topics.get(quantity)
      const topic = known ?? {
        topic: topicOf('reading', { hall, device: state.device, quantity }),
        publishedMs: Number.NEGATIVE_INFINITY,
        newest: reading,
      }
      topic.newest = reading
      if (!known) topics.set(quantity, topic)
      if (isNews(topic.published, reading)) waiting.add(topic)
    }
  }

  function remove(device: string): void {
    for (const topic of devices.get(device)?.values() ?? []) {
      waiting.delete(topic)
      if (topic.published) publish(topic.topic, '', { qos: TOPICS.reading.qos, retain: TOPICS.reading.retained })
    }
    devices.delete(device)
  }

  /** False when there was more than fits in one turn. */
  function publishDue(): boolean {
    const now = clock.monotonicMs()
    let left = PER_TURN
    for (const topic of waiting) {
      if (now - topic.publishedMs < MIN_PERIOD_MS) continue
      waiting.delete(topic)
      if (!isNews(topic.published, topic.newest)) continue
      const { value, at, quality } = topic.newest
      const payload = JSON.stringify({ v: value ?? null, t: at, q: quality })
      publish(topic.topic, payload, { qos: TOPICS.reading.qos, retain: TOPICS.reading.retained })
      topic.published = topic.newest
      topic.publishedMs = now
      published++
      if (--left === 0) return false
    }
    return true
  }

  async function loop(): Promise<void> {
    while (!stopped.signal.aborted) {
      const done = publishDue()
      await clock.sleep(done ? LOOK_MS : 1, stopped.signal).catch(() => {})
    }
  }

  for (const state of readings.all()) note(state, state.readings.keys())
  const unsubscribe = readings.onChange((change) => {
    if (change.type === 'state') note(change.state, change.quantities)
    else if (change.type === 'removed') remove(change.device)
  })
  void loop()

  return {
    stats: () => ({
      topics: [...devices.values()].reduce((sum, topics) => sum + topics.size, 0),
      waiting: waiting.size,
      published,
    }),
    close() {
      unsubscribe()
      stopped.abort()
    },
  }
}

const isNews = (published: Reading | undefined, newest: Reading) =>
  !published ||
  published.value !== newest.value ||
  published.quality !== newest.quality ||
  newest.at - published.at >= REFRESH_MS
