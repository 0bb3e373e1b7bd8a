import { addressed, polledConnection } from '../config/addressed.ts'
import type { Link } from '../config/hall-schema.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { BadReason, Frame, Presence, Value } from '../domain/frame.ts'
import type {
  EndpointStats,
  ModbusEndpoint,
  WriteCoilRequest,
  WriteRegistersRequest,
  WriteResult,
} from '../modbus/modbus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { registersOf } from '../profiles/decode-registers.ts'
import { itemsOfVariant } from '../profiles/dlt645-schema.ts'
import { type PolledProfile, polledPart } from '../profiles/polled.ts'
import { Arbiter, type ArbiterStats } from './arbiter.ts'
import { itemCost, lineCost, timeoutOf, tuned } from './cost-model.ts'
import type { DeviceEvents, PollInside } from './device-events.ts'
import { createDeviceLog } from './device-log.ts'
import { DevicePoll } from './device-poll.ts'
import { LearntLimits, type LearntPort } from './learnt.ts'
import { bookingText, lineShare } from './line-promise.ts'
import type { DevicePlan } from './plan-text.ts'
import { linesStats, type PollingStats } from './polling-stats.ts'
import { type ReadRow, readRows } from './read-once.ts'
import type { LastFailure } from './request-counts.ts'
import { turnOf } from './turn.ts'

export interface PollingDeps {
  readonly clock: Clock
  readonly log: Log
  /** In [0, 1). */
  readonly random: () => number
  /** Opens nothing yet; closed by polling. `name` is the link's id in hall.yaml. */
  readonly openEndpoint: (link: Link, name: string) => ModbusEndpoint
  readonly learnt: LearntPort
  readonly onFrame: (frame: Frame) => void
  /** `at`: Unix ms. `reason`: a BadReason or an error code, absent while online. */
  readonly onPresence: (device: string, presence: Presence, at: number, reason?: string) => void
}

/** Without the part that names the register: how a command room writes to a device. */
export type DeviceWrite = Omit<WriteRegistersRequest, 'unitId'> | Omit<WriteCoilRequest, 'unitId'>

/** Reads every Modbus device of the hall at its rates, one arbiter per link, and tells what it read as frames. */
export interface Polling {
  /** Takes the hall as it is now. Links and devices whose fingerprint did not change are not touched; devices of other rooms are ignored. */
  setHall(
    links: ReadonlyMap<string, Link & { readonly fingerprint: string }>,
    devices: ReadonlyMap<string, ResolvedDevice>,
  ): void
  /** Undefined when polling does not know the device. */
  planOf(device: string): DevicePlan | undefined
  /** Every register of a device, read now, before what is due. Undefined when polling does not know the device. */
  readOnce(device: string): Promise<readonly ReadRow[] | undefined>
  /**
   * Reads these quantities now, before what is due, and tells them as a frame; resolves when that is done. Nothing happens when
   * polling does not know the device, or its profile none of them.
   */
  readNow(device: string, quantities: readonly string[]): Promise<void>
  /** Before all reads. The caller has checked that the device may be written to. */
  write(device: string, request: DeviceWrite): Promise<WriteResult | undefined>
  /** What a person sees who looks inside a device; undefined when polling does not know it. */
  inside(device: string): PolledInside | undefined
  /**
   * Uses a link that is polled, in its turn and one request at a time. Undefined when the link is not open (no device on it), is
   * being closed, or has too much waiting.
   */
  useLink<Result>(link: string, use: (endpoint: ModbusEndpoint) => Promise<Result>): Promise<Result | undefined>
  /** Links that are open. */
  openLinks(): readonly string[]
  stats(): PollingStats
  /** By link id. */
  linkStats(): ReadonlyMap<string, ArbiterStats>
  close(): Promise<void>
}

const STATUS_PERIOD_MS = 10_000
const STATUS_PERIODS_PER_FORGETTING = 60

interface OpenLink {
  readonly link: Link
  readonly fingerprint: string
  readonly endpoint: ModbusEndpoint
  readonly arbiter: Arbiter
  readonly openedAtMs: number
  /** Devices that were ever on it. */
  devices: number
  overbooked: boolean
}

/** A polled device from inside, with its link. Stamps are monotonic milliseconds. */
export interface PolledInside extends PollInside {
  readonly counts: DevicePoll['counts']
  readonly latencyMs: number | undefined
  readonly lastFailure: LastFailure | undefined
  readonly link: EndpointStats & { readonly busyMs: number; readonly openMs: number; readonly devices: number }
}

export function createPolling(deps: PollingDeps): Polling {
  const { clock, log } = deps
  const closing = new AbortController()
  const learnt = new LearntLimits(deps.learnt, clock, log)
  const loaded = learnt.load()
  const open = new Map<string, OpenLink>()
  const leaving = new Set<Promise<void>>()
  const deviceLog = createDeviceLog(log, clock)
  const statusLoop = tellStatus()

  const pollOf = (id: string): { poll: DevicePoll; link: OpenLink } | undefined => {
    for (const link of open.values()) {
      const poll = link.arbiter.devices.get(id)
      if (poll) return { poll, link }
    }
    return undefined
  }

  /** @param only quantities; default: all */
  async function readByHand(device: string, only?: readonly string[]): Promise<readonly ReadRow[] | undefined> {
    const found = pollOf(device)
    const { variant } = found?.poll.device ?? {}
    const connection = polledConnection(found?.poll.device.connection)
    if (!found || !connection) return undefined
    const { profile } = found.poll
    const timeoutMs = timeoutOf(profile, tuned(found.link.link, connection.serial))
    const lost = { ok: false, failure: 'connection-lost' } as const
    const wanted = only && profilePart(profile, variant, only)
    return readRows(wanted ?? profile, wanted ? undefined : variant, async (request) => {
      const read = addressed(connection, request)
      return (await found.link.arbiter.urgent((endpoint) => endpoint.read(read, timeoutMs))) ?? lost
    })
  }

  const events: DeviceEvents = {
    ...deviceLog,
    values(device, values, bad) {
      deps.onFrame(frameOf(device, values, bad))
    },
    presence(device, presence, reason) {
      deps.onPresence(device, presence, clock.wallMs(), reason)
      const found = pollOf(device)
      if (found) deps.onFrame(statusFrame(found.poll))
      deviceLog.presence(device, presence, reason)
    },
  }

  function frameOf(device: string, values: Record<string, Value>, bad: Record<string, BadReason> | undefined): Frame {
    const frame = { device, stream: 'reading', at: clock.wallMs(), values } as const
    return bad ? { ...frame, bad } : frame
  }

  function statusFrame(poll: DevicePoll): Frame {
    const values: Record<string, Value> = { readErrors: poll.counts.errors }
    // Unknown is neither true nor false.
    if (poll.presence !== 'unknown') values.online = poll.presence === 'online'
    if (poll.latencyMs !== undefined) values.readLatency = Math.round(poll.latencyMs * 10) / 10_000
    return { device: poll.id, stream: 'status', at: clock.wallMs(), values }
  }

  async function tellStatus(): Promise<void> {
    for (let period = 1; !closing.signal.aborted; period++) {
      await clock.sleep(STATUS_PERIOD_MS, closing.signal).catch(() => {})
      if (closing.signal.aborted) return
      for (const { arbiter } of open.values()) {
        for (const poll of arbiter.devices.values()) deps.onFrame(statusFrame(poll))
      }
      if (period % STATUS_PERIODS_PER_FORGETTING === 0) learnt.forgetOld()
    }
  }

  function closeLink(name: string): void {
    const link = open.get(name)
    if (!link) return
    open.delete(name)
    const closed = link.arbiter.close().finally(() => leaving.delete(closed))
    leaving.add(closed)
  }

  function openLink(name: string, link: Link & { readonly fingerprint: string }): OpenLink {
    const endpoint = deps.openEndpoint(link, name)
    // The old link may hold the same serial port, or the only connection a device accepts.
    const ready = Promise.all([loaded, ...leaving])
    const opened = {
      link,
      fingerprint: link.fingerprint,
      endpoint,
      arbiter: new Arbiter(endpoint, { clock, log, ready }),
      openedAtMs: clock.monotonicMs(),
      devices: 0,
      overbooked: false,
    }
    open.set(name, opened)
    return opened
  }

  function addDevice(device: ResolvedDevice, on: OpenLink, neighboursGapMs: number): void {
    const { link, arbiter } = on
    const profile = polledPart(device.profile)
    if (!profile) return
    // Every request of the line waits as long as the slowest device needs.
    const gapMs = link.gapMs ?? neighboursGapMs
    const line = tuned(link, polledConnection(device.connection)?.serial)
    const timeoutMs = timeoutOf(profile, line)
    const cost = profile.items ? itemCost(line, gapMs) : lineCost(line, gapMs)
    const turn = turnOf(on.devices++)
    const pollDeps = { learnt, random: deps.random, lineCost: cost, gapMs, timeoutMs, turn, events }
    arbiter.add(new DevicePoll(device, pollDeps, clock.monotonicMs()))
  }

  /** One line when the devices of a link want more of it than there is, and one when they fit again. */
  function tellBooking(name: string, link: OpenLink): void {
    const plans = [...link.arbiter.devices.values()].map((device) => device.plan())
    const share = lineShare(plans)
    if (share > 1 === link.overbooked) return
    link.overbooked = share > 1
    const fields = { link: name, share: Math.round(share * 100) / 100 }
    if (!link.overbooked)
      log.info({ was: 'HW_LINK_OVERBOOKED', ...fields }, `${name} has time for all its devices again`)
    else log.warn({ code: 'HW_LINK_OVERBOOKED', ...fields }, `${name}: ${bookingText(plans)}`)
  }

  return {
    setHall(links, devices) {
      const wanted = new Map<string, ResolvedDevice[]>()
      for (const device of devices.values()) {
        const connection = polledConnection(device.connection)
        if (!connection || !links.has(connection.link)) continue
        wanted.set(connection.link, [...(wanted.get(connection.link) ?? []), device])
      }
      for (const [name, { fingerprint }] of open) {
        if (!wanted.has(name) || links.get(name)?.fingerprint !== fingerprint) closeLink(name)
      }
      for (const [name, list] of wanted) {
        const link = open.get(name) ?? openLink(name, links.get(name)!)
        const now = new Map(list.map((device) => [device.id, device]))
        for (const [id, poll] of link.arbiter.devices) {
          if (now.get(id)?.fingerprint !== poll.device.fingerprint) link.arbiter.remove(id)
        }
        const needs = largestNeeds(list)
        link.endpoint.setTiming(needs)
        for (const device of list) if (!link.arbiter.devices.has(device.id)) addDevice(device, link, needs.gapMs)
        tellBooking(name, link)
      }
      deviceLog.keepOnly((id) => devices.has(id))
    },

    planOf(device) {
      const found = pollOf(device)
      return found?.poll.plan()
    },

    readOnce: readByHand,

    async readNow(device, quantities) {
      const rows = await readByHand(device, quantities)
      // The hall may have changed while the line was waited for.
      if (!rows || rows.length === 0 || !pollOf(device)) return
      const values: Record<string, Value> = {}
      const bad: Record<string, BadReason> = {}
      for (const row of rows) {
        if (row.value !== undefined) values[row.quantity] = row.value
        else bad[row.quantity] = row.bad ?? 'timeout'
      }
      deps.onFrame(frameOf(device, values, Object.keys(bad).length > 0 ? bad : undefined))
    },

    async write(device, request) {
      const found = pollOf(device)
      const { profile, connection } = found?.poll.device ?? {}
      if (!found || !profile?.modbus || connection?.via !== 'modbus') return undefined
      const { unitId, serial } = connection
      const to = { unitId, ...(serial && { serial }) }
      const timeoutMs = found.link.link.timeoutMs ?? profile.modbus.timeoutMs
      return found.link.arbiter.write((endpoint) =>
        'on' in request
          ? endpoint.writeCoil({ ...request, ...to }, timeoutMs)
          : endpoint.writeRegisters({ ...request, ...to }, timeoutMs),
      )
    },

    stats: () => ({ ...linesStats([...open.values()]), learntRanges: learnt.size }),

    inside(id) {
      const found = pollOf(id)
      if (!found) return undefined
      const { poll, link } = found
      const { arbiter, endpoint, openedAtMs } = link
      return {
        ...poll.inside(),
        counts: { ...poll.counts },
        latencyMs: poll.latencyMs,
        lastFailure: poll.lastFailure,
        link: {
          ...endpoint.stats(),
          busyMs: arbiter.stats().busyMs,
          openMs: clock.monotonicMs() - openedAtMs,
          devices: arbiter.devices.size,
        },
      }
    },

    async useLink(name, use) {
      return open.get(name)?.arbiter.urgent(use)
    },

    openLinks: () => [...open.keys()],

    linkStats: () => new Map([...open].map(([name, { arbiter }]) => [name, arbiter.stats()])),

    async close() {
      closing.abort()
      for (const name of [...open.keys()]) closeLink(name)
      await Promise.all([statusLoop, loaded, ...leaving])
      await learnt.saved()
    },
  }
}

/** The profile with these quantities alone. */
function profilePart(
  profile: PolledProfile,
  variant: string | undefined,
  quantities: readonly string[],
): PolledProfile {
  const { variants: _, items, ...rest } = profile
  const wanted = ({ quantity }: { readonly quantity: string }) => quantities.includes(quantity)
  if (items) {
    const { variants: _others, ...alone } = items
    return { ...rest, items: { ...alone, items: itemsOfVariant(items, variant).filter(wanted) } }
  }
  return { ...rest, registers: registersOf(profile, variant).filter(wanted) }
}

function largestNeeds(devices: readonly ResolvedDevice[]) {
  let gapMs = 0
  let connectDelayMs = 0
  for (const { profile } of devices) {
    const needs = polledPart(profile)
    gapMs = Math.max(gapMs, needs?.gapMs ?? 0)
    connectDelayMs = Math.max(connectDelayMs, needs?.connectDelayMs ?? 0)
  }
  return { gapMs, connectDelayMs }
}
