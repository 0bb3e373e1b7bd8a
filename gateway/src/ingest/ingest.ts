import type { ClientGrant, IncomingPublish } from '../broker/broker.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import type { Frame, Presence } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import {
  type CompiledMqtt,
  type CompiledRule,
  compileMqtt,
  type MappedMessage,
  type RuleResult,
} from '../profiles/mqtt-mapping.ts'
import { topicMatches } from '../profiles/topic-template.ts'
import { type IngestStats, newStats, REJECTIONS } from './ingest-stats.ts'
import { createRecentMessages } from './recent-messages.ts'
import { createTopicRouter } from './topic-router.ts'
import { createTroubles } from './troubles.ts'

export type { IngestStats } from './ingest-stats.ts'

export interface IngestOptions {
  readonly clock: Clock
  readonly log: Log
  /** Resolves when the frame is durable; rejects when it could not be stored. */
  onFrame(frame: Frame): Promise<void>
  /** A message (a Will, a bridge) said whether the device is there. `at` is Unix ms of receipt. */
  onPresence(device: string, presence: Presence, at: number, reason?: string): void
}

/** MQTT messages become frames, by the profile of the device they speak of. */
export interface Ingest {
  /** Tells which devices exist; those whose fingerprint is unchanged are not touched. Devices of other connections are ignored. */
  setDevices(devices: readonly ResolvedDevice[]): void
  /** What each broker user may publish and subscribe to, by the profiles of the devices it speaks for. */
  grants(): ClientGrant[]
  /**
   * Takes one message. Resolves when its frames are durable, and at once when there is nothing to store, malformed ones included:
   * a client that got no PUBACK would send them for ever. Rejects only when a frame could not be stored.
   */
  receive(message: IncomingPublish): Promise<void>
  stats(): IngestStats
}

/** One device and one message rule of its profile. */
interface Route {
  readonly device: string
  readonly user: string
  readonly rule: CompiledRule
  readonly recent: ReturnType<typeof createRecentMessages>
  /** Whose trouble it is, in the log. */
  readonly subject: string
}

interface Entry {
  readonly fingerprint: string
  readonly user: string
  readonly mqtt: CompiledMqtt
  readonly routes: readonly Route[]
}

export function createIngest({ clock, log, onFrame, onPresence }: IngestOptions): Ingest {
  const stats = newStats()
  const router = createTopicRouter<Route>()
  const troubles = createTroubles(log, clock)
  const entries = new Map<string, Entry>()
  /** Fingerprints of devices whose profile does not fit, so each is reported once. */
  const unfit = new Map<string, string>()
  const usersOf = new Map<string, Entry[]>()
  let storing = true

  function add(device: ResolvedDevice): void {
    const { connection, profile } = device
    if (connection.via !== 'mqtt' || !profile.mqtt || unfit.get(device.id) === device.fingerprint) return
    let mqtt: CompiledMqtt
    try {
      mqtt = compileMqtt(profile.mqtt, connection.parameters)
    } catch (error) {
      unfit.set(device.id, device.fingerprint)
      stats.profileErrors++
      log.error(
        { code: 'HW_INGEST_PROFILE' satisfies ErrorCode, device: device.id, profile: device.profileId },
        `${device.id} is left out: ${(error as Error).message}`,
      )
      return
    }
    const { user } = connection
    const routes = mqtt.rules.map((rule): Route => {
      const subject = `${device.id} ${rule.filter}`
      return { device: device.id, user, rule, recent: createRecentMessages(), subject }
    })
    unfit.delete(device.id)
    for (const route of routes) router.add(route.rule.filter, route)
    entries.set(device.id, { fingerprint: device.fingerprint, user, mqtt, routes })
  }

  function drop(id: string, entry: Entry): void {
    for (const route of entry.routes) router.remove(route.rule.filter, route)
    entries.delete(id)
    troubles.forget((subject) => subject.startsWith(`${id} `))
  }

  /** What one rule made of the message; a promise only when there is something to store. */
  function take(
    route: Route,
    message: IncomingPublish,
    result: RuleResult,
    receivedAt: number,
  ): Promise<void> | undefined {
    if (result === undefined) {
      stats.clearedMessages++
      return undefined
    }
    if (!result.ok) {
      const { code, counter, says } = REJECTIONS[result.rejected]
      stats[counter]++
      const { device } = route
      troubles.add(route.subject, code, { device, topic: message.topic }, `${device} ${says}`)
      return undefined
    }
    const said = result.message
    if (said.presence) {
      stats.presenceMessages++
      onPresence(route.device, said.presence, receivedAt, said.presence === 'online' ? undefined : 'link-down')
    }
    report(route, message, said)
    const good = Object.keys(said.values).length
    if (good === 0 && !said.bad) {
      if (!said.presence) stats.silentMessages++
      return undefined
    }
    stats.frames++
    stats.values += good
    const at = said.stamp === 'device' ? said.at : firstReceipt(route, message, receivedAt)
    const { values, bad } = said
    return store({ device: route.device, stream: 'reading', at, values, ...(bad && { bad }) })
  }

  function firstReceipt(route: Route, { topic, payload, dup, qos }: IncomingPublish, receivedAt: number): number {
    if (qos === 0) return receivedAt // never delivered again
    const at = route.recent.firstAt(topic, payload, dup, receivedAt)
    if (at !== receivedAt) stats.duplicates++
    return at
  }

  function report({ subject, device }: Route, { topic }: IncomingPublish, { bad, stamp }: MappedMessage): void {
    const reasons = bad ? Object.entries(bad) : []
    stats.badValues += reasons.length
    if (stamp === 'absurd') stats.stampsAbsurd++
    if (stamp === 'unreadable') stats.stampsUnreadable++
    // What a device says it has not is no trouble; what it says wrongly is.
    const wrong = reasons.filter(([, reason]) => reason !== 'not-available').map(([quantity]) => quantity)
    if (wrong.length > 0) {
      const quantities = wrong.slice(0, 10)
      troubles.add(
        subject,
        'HW_INGEST_VALUE',
        { device, topic, quantities },
        `${device} sends values that cannot be right`,
      )
    } else if (stamp === 'absurd' || stamp === 'unreadable') {
      troubles.add(
        subject,
        'HW_INGEST_TIME',
        { device, topic, stamp },
        `${device} stamps its messages with a wrong time`,
      )
    } else troubles.well(subject)
  }

  async function store(frame: Frame): Promise<void> {
    try {
      await onFrame(frame)
      if (!storing) log.info({ was: 'HW_INGEST_NOT_STORED' }, 'frames of MQTT devices are stored again')
      storing = true
    } catch (error) {
      stats.notStored++
      if (storing) {
        const cause = (error as { code?: string }).code ?? (error as Error).message
        log.error({ code: 'HW_INGEST_NOT_STORED' satisfies ErrorCode, cause }, 'frames of MQTT devices are not stored')
      }
      storing = false
      throw error
    }
  }

  /** No route took the message: says why, once per user. */
  function unheard({ user, topic }: IncomingPublish, belongsToOthers: boolean): void {
    const devices = usersOf.get(user)
    const subject = `user ${user}`
    if (belongsToOthers) {
      stats.forbidden++
      troubles.add(subject, 'HW_INGEST_FORBIDDEN', { user, topic }, `${user} publishes on a topic of another device`)
    } else if (!devices) {
      stats.unknownDevice++
      troubles.add(subject, 'HW_INGEST_UNKNOWN_DEVICE', { user, topic }, `${user} is no device of this hall`)
    } else if (devices.some(({ mqtt }) => mqtt.publishFilters.some((filter) => topicMatches(filter, topic)))) {
      stats.unread++
    } else {
      stats.unknownTopic++
      troubles.add(
        subject,
        'HW_INGEST_UNKNOWN_TOPIC',
        { user, topic },
        `${user} publishes on a topic its profile does not know`,
      )
    }
  }

  return {
    setDevices(devices) {
      const wanted = new Map(devices.map((device) => [device.id, device]))
      for (const [id, entry] of entries) if (wanted.get(id)?.fingerprint !== entry.fingerprint) drop(id, entry)
      for (const id of unfit.keys()) if (!wanted.has(id)) unfit.delete(id)
      for (const device of wanted.values()) if (!entries.has(device.id)) add(device)
      usersOf.clear()
      for (const entry of entries.values()) {
        const list = usersOf.get(entry.user)
        if (list) list.push(entry)
        else usersOf.set(entry.user, [entry])
      }
      troubles.forget((subject) => subject.startsWith('user '))
    },

    grants: () =>
      [...usersOf].map(([user, list]) => ({
        user,
        publish: [...new Set(list.flatMap(({ mqtt }) => mqtt.publishFilters))],
        subscribe: [...new Set(list.flatMap(({ mqtt }) => mqtt.subscribeFilters))],
      })),

    async receive(message) {
      stats.messages++
      const receivedAt = clock.wallMs()
      const { topic, payload, user } = message
      const routes = router.match(topic)
      let heard = false
      let rejected = false
      const waiting: (Promise<void> | undefined)[] = []
      for (const route of routes) {
        // The broker's ACL says so too; here it is what keeps one device from speaking for another.
        if (route.user !== user) continue
        heard = true
        const result = route.rule.map(topic, payload, receivedAt)
        if (result instanceof Promise) {
          // The payload is a view of the socket's buffer, gone when the promise resolves.
          const kept = { ...message, payload: Buffer.from(payload) }
          waiting.push(result.then((late) => take(route, kept, late, receivedAt)))
        } else {
          rejected ||= result?.ok === false
          waiting.push(take(route, message, result, receivedAt))
        }
      }
      if (!heard) unheard(message, routes.length > 0)
      if (!heard || rejected)
        log.debug({ user, topic, head: payload.subarray(0, 64).toString('hex') }, 'message not used')
      if (waiting.some((promise) => promise !== undefined)) await Promise.all(waiting)
    },

    stats: () => ({ ...stats, devices: entries.size, troubles: troubles.size() }),
  }
}
