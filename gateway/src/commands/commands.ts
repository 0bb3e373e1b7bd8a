import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { ProfileCommand } from '../profiles/command-schema.ts'
import type { CommandRecord, CommandRefusal, CommandRequest, CommandStats, Commands } from './command.ts'
import { accepts, type CommandSituation, decide, type Interlock, type RevertTarget } from './decide.ts'
import { createHistory } from './history.ts'
import { createKept } from './kept.ts'
import { DAY_MS, type LedgerParts, openLedger } from './ledger.ts'
import { offerOf } from './offer.ts'
import type { PendingRevert } from './pending-revert.ts'
import { createReverts } from './reverts.ts'
import { createRuns, type Found, type Given, INTERRUPTED } from './runs.ts'
import { isCutShort, keptOf, turnOf } from './turn.ts'
import type { Wires } from './wires.ts'

export type { Commands } from './command.ts'
export type { Interlock } from './decide.ts'
export { commandTables } from './ledger.ts'

export interface CommandsParts extends LedgerParts {
  devices(): ReadonlyMap<string, ResolvedDevice>
  readonly wires: Wires
  readonly interlocks: readonly Interlock[]
  readonly clock: Clock
  readonly log: Log
}

/** The room, opened. */
export interface OpenCommands extends Commands {
  /** Takes back what was pending when the gateway stopped. Called once, when devices can be reached. */
  start(): void
  /** Ends what is under way; what is to be taken back stays on disk for the next start. */
  close(): Promise<void>
}

/** Commands under way in the whole hall; one more is refused. Switching off is not counted. */
export const MAX_UNDER_WAY = 200
/** Ended records kept in memory for whoever asks what came of one. */
const MAX_ENDED = 1000

/** How long a gateway that stops waits for what it takes back. */
const LAST_REVERTS_MS = 3000

export async function openCommands(parts: CommandsParts): Promise<OpenCommands> {
  const { wires, clock, log } = parts
  const ledger = await openLedger(parts)
  const ended = new Map<string, CommandRecord>()
  const history = createHistory(await ledger.since(clock.wallMs() - DAY_MS))
  const listeners = new Set<(record: CommandRecord) => void>()
  const count = { confirmed: 0, failed: 0, 'timed-out': 0, refused: 0 }
  let closing = false

  for (const record of await ledger.interrupted()) {
    ledger.note({ ...record, ...INTERRUPTED })
  }
  const tell = (record: CommandRecord): CommandRecord => {
    for (const listener of listeners) listener(record)
    return record
  }
  const runs = createRuns({ ...{ ledger, history, wires, clock, log, tell }, isClosing: () => closing })
  const online = (device: string) => wires.state(device)?.presence === 'online'
  const reverts = createReverts({
    pending: await ledger.reverts(),
    ...{ clock, log, online, onlineAgain },
    busyUntil: (device) => {
      const run = runs.of(device)
      return run?.allOff ? run.ended : undefined
    },
    give: (revert) => takeBack(revert),
  })
  const kept = createKept({
    stored: await ledger.kept(),
    ...{ clock, log, online, onlineAgain },
    busyUntil: (device) => runs.of(device)?.ended,
    expiresMs(one) {
      const found = find(one.device, one.command)
      if ('code' in found || !isEnabled(found, one.command)) return undefined
      const { expiresS, value } = found.command
      return expiresS !== undefined && accepts(found.command, one.value ?? value ?? true) ? expiresS * 1000 : undefined
    },
    async renew(one, signal) {
      const found = find(one.device, one.command)
      return 'code' in found ? found.message : runs.renew(found, one, signal)
    },
    forget: ({ device, quantity }) => ledger.change({ forget: { device, quantity } }),
  })

  function find(id: string, name: string): Found | CommandRefusal {
    const device = parts.devices().get(id)
    if (!device) return { code: 'HW_DEVICE_UNKNOWN', message: `没有设备 ${id} · The hall has no device "${id}".` }
    const { commands } = device.profile
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (!command)
      return { code: 'HW_COMMAND_UNKNOWN', message: `${device.name} 没有命令 ${name} · has no command "${name}".` }
    return { device, command }
  }

  const isEnabled = ({ device }: Found, name: string) => device.commands?.includes(name) === true

  function situationOf({ device, command }: Found, name: string): CommandSituation {
    const now = clock.wallMs()
    const lastGivenMs = history.lastGivenMs(device.id, name)
    return {
      device,
      command,
      state: wires.state(device.id),
      now,
      busy: runs.of(device.id)
        ? 'command'
        : reverts.overdue(device.id, command.quantity ?? '')
          ? 'revert'
          : runs.size >= MAX_UNDER_WAY
            ? 'hall'
            : undefined,
      givenLastDay: history.givenLastDay(device.id, name, now),
      sinceLastMs: lastGivenMs === undefined ? undefined : clock.monotonicMs() - lastGivenMs,
    }
  }

  function refuse(request: CommandRequest, { code, message }: CommandRefusal): CommandRecord {
    const record = { ...runs.recordOf(request, undefined), state: 'refused', code, message, ms: 0 } as const
    count.refused++
    // Nobody's typing error fills the ledger with devices that do not exist.
    if (code !== 'HW_DEVICE_UNKNOWN' && code !== 'HW_COMMAND_UNKNOWN') ledger.note(record)
    return tell(record)
  }

  /** Decides, and gives it. The first promise is done when it is on its way, the second at its end. */
  function take(request: CommandRequest): { begun: Promise<CommandRecord>; ended: Promise<CommandRecord> } {
    const refused = (refusal: CommandRefusal) => {
      const record = Promise.resolve(refuse(request, refusal))
      return { begun: record, ended: record }
    }
    if (closing) return refused({ code: 'HW_COMMAND_BUSY', message: '网关正在停止 · The gateway is stopping.' })
    const found = find(request.device, request.command)
    if ('code' in found) return refused(found)
    if (!isEnabled(found, request.command)) {
      const message = `本厅未开放此命令 · hall.yaml does not enable ${request.command} of ${request.device}.`
      return refused({ code: 'HW_COMMAND_NOT_ENABLED', message })
    }
    const decision = decide(request, situationOf(found, request.command), parts.interlocks)
    if (!decision.ok) return refused(decision.refusal)
    const { value, revert } = decision
    const { roles: _, value: __, ...asked } = request
    return give(found, { ...asked, ...(value !== undefined && { value }) }, revert)
  }

  /** @param lasting a limit that its device forgets is written again until something newer comes */
  const give = (found: Found, request: Given, revert?: RevertTarget, lasting = true) =>
    runs.give(found, request, {
      turnOf: (record) => turnOf({ reverts, kept }, found, record, revert),
      finish: (done) => finish(found, done, lasting),
    })

  function finish({ command, device }: Found, done: CommandRecord, lasting: boolean): void {
    count[done.state as keyof typeof count]++
    const keep = lasting ? keptOf(command, done) : undefined
    if (keep) kept.keep(keep)
    // What a demonstration set does not outlive the gateway, because the demonstration does not.
    const outlives = keep && (command.allOff || done.via !== 'demo')
    const pending = reverts.of(device.id, command.quantity ?? '')
    const isBack = done.state === 'confirmed' && (command.allOff || done.revertOf !== undefined)
    if (pending && isBack) reverts.drop(pending)
    const { device: id, quantity = '' } = done
    const dropped = pending && isBack ? [{ drop: pending }] : []
    // It may have gone to disk and never out: what was owed before is owed still, and stands there again.
    const owed = isCutShort(done) ? [pending ? { set: pending } : { drop: { device: id, quantity } }] : dropped
    ledger.note(done, [...owed, ...(outlives ? [{ keep }] : [])])
    history.ended(done)
    ended.set(done.id, done)
    if (ended.size > MAX_ENDED) ended.delete(ended.keys().next().value ?? '')
    if (done.state === 'failed' || done.state === 'timed-out') {
      const { id, by, code, ms } = done
      log.warn(
        { code, device: device.id, command: done.command, id, by, ms },
        `${device.id}: ${done.command} ${done.state}`,
      )
    } else
      log.info(
        { device: device.id, command: done.command, id: done.id, by: done.by, ms: done.ms },
        `${device.id}: ${done.command} ${done.state}`,
      )
    tell(done)
  }

  function takeBack({
    device: id,
    command: name,
    value,
    of,
    trace,
    keep = false,
  }: PendingRevert): Promise<CommandRecord> | undefined {
    const found = find(id, name)
    // The device left the hall, or its profile changed: nobody can take it back from here.
    if ('code' in found) return undefined
    const back: Given = {
      ...{ device: id, command: name, by: 'gateway', via: 'gateway', revertOf: of },
      ...(value !== undefined && { value }),
      ...(trace !== undefined && { trace }),
    }
    return give(found, back, undefined, keep).ended
  }

  async function onlineAgain(device: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && wires.state(device)?.presence !== 'online') await clock.sleep(250, signal).catch(() => {})
  }

  return {
    request: (request) => take(request).ended,
    begin: (request) => take(request).begun,
    async ended(id) {
      return runs.ended(id) ?? ended.get(id)
    },
    async allOff(who, only) {
      const startMs = clock.monotonicMs()
      const ends: Promise<CommandRecord>[] = []
      for (const device of parts.devices().values()) {
        if (only && !only.includes(device.id)) continue
        for (const name of device.commands ?? []) {
          const command = device.profile.commands[name]
          if (command?.allOff) ends.push(give({ device, command }, offRequest(device, name, command, who)).ended)
        }
      }
      const devices = await Promise.all(ends)
      // Who is named and has nothing that switches it off, or is not of the hall, is not known to be off.
      const isOff = (id: string) => devices.some(({ device }) => device === id)
      const off = devices.every(({ state }) => state === 'confirmed') && (only ?? []).every(isOff)
      return { ms: Math.round(clock.monotonicMs() - startMs), devices, off }
    },
    recent: (query) => ledger.recent(query),
    available(id) {
      const device = parts.devices().get(id)
      return (
        device?.commands?.flatMap((name) => {
          const command = device.profile.commands[name]
          return command ? [offerOf(name, situationOf({ device, command }, name), history.last(id, name))] : []
        }) ??
        (device && [])
      )
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stats: (): CommandStats => ({
      commandsConfirmed: count.confirmed,
      commandsFailed: count.failed,
      commandsTimedOut: count['timed-out'],
      commandsRefused: count.refused,
      commandsUnderWay: runs.size,
      ...reverts.stats(),
      ...kept.stats(),
      ledgerWaiting: ledger.waiting(),
    }),
    start() {
      reverts.start()
      kept.start()
    },
    async close() {
      closing = true
      kept.close()
      runs.stop()
      // Nobody would take it back while the gateway is gone.
      const back = reverts.close().map((revert) => takeBack(revert))
      await Promise.race([Promise.all(back), clock.sleep(LAST_REVERTS_MS)])
      runs.stop()
      await runs.settled()
      await ledger.settled()
    },
  }
}

const offRequest = (
  { id }: ResolvedDevice,
  name: string,
  { value }: ProfileCommand,
  who: Pick<CommandRequest, 'by' | 'via' | 'reason' | 'trace'>,
): Given => ({ ...who, device: id, command: name, ...(value !== undefined && { value }) })
