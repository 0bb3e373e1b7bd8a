import type { AskedConnection } from '../config/asked-device.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import type { BadReason, Frame, Presence, Value } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type AskedBy, askedBy } from '../profiles/asked-lines.ts'
import { type Profile, quantitiesOf } from '../profiles/profile-schema.ts'
import { AskSchedule } from './ask-schedule.ts'
import type { AskedTarget, Asker, AskerDeps, AskResult, OpenAsker } from './asker.ts'
import { probeAsker } from './probe-asker.ts'
import { scrapeAsker } from './scrape-asker.ts'
import { snmpAsker } from './snmp-asker.ts'

export interface AskingDeps extends AskerDeps {
  readonly clock: Clock
  readonly log: Log
  /** In [0, 1). */
  readonly random: () => number
  readonly onFrame: (frame: Frame) => void
  /** `at`: Unix ms. `reason`: a BadReason or an error code, absent while online. */
  readonly onPresence: (device: string, presence: Presence, at: number, reason?: string) => void
}

export interface AskingStats {
  readonly devices: number
  readonly online: number
  /** Rounds under way: each holds one socket. */
  readonly running: number
  readonly rounds: number
  readonly failures: number
  readonly refusals: number
  /** Rounds that began more than a period late, because too much was due at once. */
  readonly lateRounds: number
}

/** A device from inside. */
export interface AskedInside {
  readonly rounds: number
  readonly failures: number
  readonly latencyMs: number | undefined
  /** Unix ms of its last answer. */
  readonly answeredAt: number | undefined
  /** What the device said when it refused; undefined while it does not. */
  readonly refusal: string | undefined
}

/** Asks devices over the network at their own pace: printers and UPS by SNMP, terminals from outside, hosts by their figures. */
export interface Asking {
  /** Takes the devices as they are now; those whose fingerprint did not change are not touched, those of other rooms ignored. */
  setDevices(devices: Iterable<ResolvedDevice>): void
  /** Asks a device now, before what is due. Undefined when the room does not know it. */
  askNow(device: string): Promise<AskResult | undefined>
  inside(device: string): AskedInside | undefined
  stats(): AskingStats
  close(): Promise<void>
}

const ASKERS: Readonly<Record<AskedBy, OpenAsker>> = { snmp: snmpAsker, probe: probeAsker, scrape: scrapeAsker }

/** The asker of a profile's device, for whoever asks once. */
export function askerFor(profile: Profile, { deps, ...target }: AskedTarget & { readonly deps: AskerDeps }): Asker {
  const way = askedBy(profile)
  if (!way) throw new Error('this profile is not asked over the network')
  return ASKERS[way](target, deps)
}

/** Rounds at the same time, one socket each: a hall has dozens of such devices, and none of them is in a hurry. */
const MOST_ROUNDS = 16
/** Of these for devices that do not answer. */
const MOST_SILENT_ROUNDS = 4
const STATUS_EVERY_MS = 10_000
/** Nothing due: look again at the latest after this. */
const IDLE_MS = 60_000

interface Asked {
  readonly device: ResolvedDevice
  readonly asker: Asker
  readonly schedule: AskSchedule
  readonly periodMs: number
  readonly stop: AbortController
  running: Promise<AskResult> | undefined
  rounds: number
  failures: number
  latencyMs: number | undefined
  answeredAt: number | undefined
  refusal: string | undefined
  /** Something was heard since the gateway knows it. */
  heard: boolean
  silentSinceMs: number | undefined
}

export function createAsking(deps: AskingDeps): Asking {
  const { clock, log } = deps
  const asked = new Map<string, Asked>()
  const leaving = new Set<Promise<unknown>>()
  const closing = new AbortController()
  const totals = { rounds: 0, failures: 0, refusals: 0, lateRounds: 0 }
  let wake = new AbortController()
  const loop = run()

  async function run(): Promise<void> {
    let statusDueMs = clock.monotonicMs() + STATUS_EVERY_MS
    while (!closing.signal.aborted) {
      startDue()
      const nowMs = clock.monotonicMs()
      if (nowMs >= statusDueMs) {
        for (const one of asked.values()) deps.onFrame(statusFrame(one))
        statusDueMs = nowMs + STATUS_EVERY_MS
      }
      wake = new AbortController()
      const nextMs = Math.min(statusDueMs, nextDueMs(nowMs))
      await clock.sleep(Math.max(1, nextMs - nowMs), wake.signal).catch(() => {})
    }
  }

  function rest(): { all: number; silent: number } {
    const running = [...asked.values()].filter((one) => one.running)
    const silent = running.filter(({ schedule }) => schedule.isSilent).length
    return { all: MOST_ROUNDS - running.length, silent: MOST_SILENT_ROUNDS - silent }
  }

  /** Those that wait for a socket are woken by the end of a round. */
  function nextDueMs(nowMs: number): number {
    const waiting = [...asked.values()].filter(({ running, schedule }) => !running && schedule.dueMs > nowMs)
    return waiting.reduce((soonest, { schedule }) => Math.min(soonest, schedule.dueMs), nowMs + IDLE_MS)
  }

  function startDue(): void {
    const nowMs = clock.monotonicMs()
    const due = [...asked.values()].filter(({ running, schedule }) => !running && schedule.dueMs <= nowMs)
    due.sort((a, b) => a.schedule.dueMs - b.schedule.dueMs)
    const free = rest()
    for (const one of due) {
      if (free.all <= 0) return
      if (one.schedule.isSilent && free.silent-- <= 0) continue
      free.all--
      if (nowMs - one.schedule.dueMs > one.periodMs) totals.lateRounds++
      void start(one)
    }
  }

  function start(one: Asked): Promise<AskResult> {
    one.running ??= ask(one).finally(() => {
      one.running = undefined
      wake.abort()
    })
    return one.running
  }

  async function ask(one: Asked): Promise<AskResult> {
    const startedMs = clock.monotonicMs()
    const { signal } = one.stop
    const result = await one.asker.ask(!one.schedule.isSilent, signal).catch((error: Error): AskResult => {
      log.error(
        { code: 'HW_INTERNAL' satisfies ErrorCode, device: one.device.id, cause: error.message },
        'asking failed',
      )
      return { ok: false, failure: 'link-down' }
    })
    if (signal.aborted) return result
    const endedMs = clock.monotonicMs()
    totals.rounds++
    one.rounds++
    if (result.ok) {
      one.latencyMs = endedMs - startedMs
      one.answeredAt = clock.wallMs()
    } else {
      totals.failures++
      one.failures++
    }
    tell(one, result)
    const { presence } = one.schedule.ended(result, startedMs, endedMs)
    if (presence) tellPresence(one, presence.now, presence.reason, result)
    return result
  }

  function tell(one: Asked, result: AskResult): void {
    if (result.ok) {
      one.heard = true
      deps.onFrame(frameOf(one.device.id, result.values, result.bad))
    } else if (one.heard) {
      const reason = result.failure === 'refused' ? 'exception' : result.failure
      deps.onFrame(
        frameOf(one.device.id, {}, Object.fromEntries(quantitiesOf(one.device.profile).map((id) => [id, reason]))),
      )
    }
    if (result.ok || result.failure !== 'refused') one.refusal = undefined
    else {
      totals.refusals++
      one.refusal = result.says
    }
  }

  function tellPresence(one: Asked, now: Presence, reason: string | undefined, result: AskResult): void {
    const { id } = one.device
    deps.onPresence(id, now, clock.wallMs(), reason)
    deps.onFrame(statusFrame(one))
    const nowMs = clock.monotonicMs()
    if (now === 'online') {
      if (one.silentSinceMs !== undefined) {
        const minutes = Math.round((nowMs - one.silentSinceMs) / 60_000)
        log.info({ was: ['HW_ASK_SILENT', 'HW_ASK_REFUSED'], device: id }, `${id} answers again after ${minutes} min`)
      }
      one.silentSinceMs = undefined
      return
    }
    one.silentSinceMs ??= nowMs
    const refused = !result.ok && result.failure === 'refused'
    const code: ErrorCode = refused ? 'HW_ASK_REFUSED' : 'HW_ASK_SILENT'
    log.warn({ code, device: id, reason }, refused ? `${id} refuses: ${result.says}` : `${id} does not answer`)
  }

  function frameOf(
    device: string,
    values: Readonly<Record<string, Value>>,
    bad: Readonly<Record<string, BadReason>>,
  ): Frame {
    const frame = { device, stream: 'reading', at: clock.wallMs(), values } as const
    return Object.keys(bad).length > 0 ? { ...frame, bad } : frame
  }

  function statusFrame({ device, schedule, failures, latencyMs }: Asked): Frame {
    const values: Record<string, Value> = { readErrors: failures }
    // Unknown is neither true nor false.
    if (schedule.presence !== 'unknown') values.online = schedule.presence === 'online'
    if (latencyMs !== undefined) values.readLatency = Math.round(latencyMs) / 1000
    return { device: device.id, stream: 'status', at: clock.wallMs(), values }
  }

  function add(device: ResolvedDevice, connection: AskedConnection): void {
    const periodMs = Math.min(...Object.values(device.periodsMs))
    asked.set(device.id, {
      device,
      asker: askerFor(device.profile, { id: device.id, profile: device.profile, connection, deps }),
      schedule: new AskSchedule(periodMs, clock.monotonicMs(), deps.random),
      periodMs,
      stop: new AbortController(),
      ...{
        running: undefined,
        rounds: 0,
        failures: 0,
        latencyMs: undefined,
        answeredAt: undefined,
        refusal: undefined,
      },
      ...{ heard: false, silentSinceMs: undefined },
    })
  }

  function remove({ device, stop, running }: Asked): void {
    asked.delete(device.id)
    stop.abort()
    if (!running) return
    const left = running.finally(() => leaving.delete(left))
    leaving.add(left)
  }

  return {
    setDevices(devices) {
      const wanted = new Map([...devices].map((device) => [device.id, device]))
      for (const [id, one] of asked) if (wanted.get(id)?.fingerprint !== one.device.fingerprint) remove(one)
      for (const device of wanted.values())
        if (device.connection.via === 'asked' && !asked.has(device.id)) add(device, device.connection)
      wake.abort()
    },
    async askNow(device) {
      const one = asked.get(device)
      return one && start(one)
    },
    inside(device) {
      const one = asked.get(device)
      if (!one) return undefined
      const { rounds, failures, latencyMs, answeredAt, refusal } = one
      return { rounds, failures, latencyMs, answeredAt, refusal }
    },
    stats: () => ({
      devices: asked.size,
      online: [...asked.values()].filter(({ schedule }) => schedule.presence === 'online').length,
      running: [...asked.values()].filter(({ running }) => running).length,
      ...totals,
    }),
    async close() {
      closing.abort()
      for (const one of [...asked.values()]) remove(one)
      wake.abort()
      await Promise.all([loop, ...leaving])
    },
  }
}
