import type { ResolvedDevice } from '../config/resolved-hall.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { ProfileCommand } from '../profiles/command-schema.ts'
import type { CommandOffer, CommandRecord, CommandRefusal, CommandRequest, CommandStats, Commands } from './command.ts'
import { type CommandSituation, decide, type Interlock, inputOf, type RevertTarget, standingRefusal } from './decide.ts'
import { DAY_MS, type LedgerParts, openLedger } from './ledger.ts'
import type { PendingRevert } from './pending-revert.ts'
import type { Outcome } from './proof.ts'
import { createReverts } from './reverts.ts'
import { runCommand, SUPERSEDED, type Wires } from './run-command.ts'

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

interface UnderWay {
  readonly record: CommandRecord
  readonly allOff: boolean
  readonly stop: AbortController
  readonly ended: Promise<CommandRecord>
}

/** One command under a device of the hall, found. */
interface Found {
  readonly device: ResolvedDevice
  readonly command: ProfileCommand
}

type Given = Omit<CommandRequest, 'roles'> & { readonly revertOf?: string }

export async function openCommands(parts: CommandsParts): Promise<OpenCommands> {
  const { wires, clock, log } = parts
  const ledger = await openLedger(parts)
  const underWay = new Map<string, UnderWay>()
  const ended = new Map<string, CommandRecord>()
  const last = new Map<string, CommandRecord>()
  const given = new Map<string, { wallMs: number[]; lastMonotonicMs?: number }>()
  const lastWriteMs = new Map<string, number>()
  const listeners = new Set<(record: CommandRecord) => void>()
  const count = { confirmed: 0, failed: 0, 'timed-out': 0, refused: 0 }
  let closing = false

  const keyOf = (device: string, command: string) => `${device} ${command}`
  for (const record of await ledger.since(clock.wallMs() - DAY_MS)) {
    const key = keyOf(record.device, record.command)
    last.set(key, record)
    given.set(key, { wallMs: [...(given.get(key)?.wallMs ?? []), record.at] })
  }
  for (const record of await ledger.interrupted()) {
    ledger.note({ ...record, ...INTERRUPTED })
  }
  const reverts = createReverts({
    pending: await ledger.reverts(),
    clock,
    log,
    online: (device) => wires.state(device)?.presence === 'online',
    onlineAgain: (device, signal) => onlineAgain(device, signal),
    busyUntil: (device) => {
      const run = underWay.get(device)
      return run?.allOff ? run.ended : undefined
    },
    give: (revert) => takeBack(revert),
  })

  const tell = (record: CommandRecord): CommandRecord => {
    for (const listener of listeners) listener(record)
    return record
  }

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
    const known = given.get(keyOf(device.id, name))
    const now = clock.wallMs()
    const { quantity = '' } = command
    return {
      device,
      command,
      state: wires.state(device.id),
      now,
      busy: underWay.has(device.id)
        ? 'command'
        : reverts.overdue(device.id, quantity)
          ? 'revert'
          : underWay.size >= MAX_UNDER_WAY
            ? 'hall'
            : undefined,
      // After the clock was set back, commands of the future still count.
      givenLastDay: known?.wallMs.filter((at) => now - at < DAY_MS).length ?? 0,
      sinceLastMs: known?.lastMonotonicMs === undefined ? undefined : clock.monotonicMs() - known.lastMonotonicMs,
    }
  }

  function refuse(request: CommandRequest, { code, message }: CommandRefusal): CommandRecord {
    const record = { ...recordOf(request, undefined), state: 'refused', code, message, ms: 0 } as const
    count.refused++
    // Nobody's typing error fills the ledger with devices that do not exist.
    if (code !== 'HW_DEVICE_UNKNOWN' && code !== 'HW_COMMAND_UNKNOWN') ledger.note(record)
    return tell(record)
  }

  function recordOf(request: Given, found: Found | undefined): CommandRecord {
    const { device, command, value, by, via, reason, revertAfterS, trace, revertOf } = request
    const quantity = found?.command.quantity
    const before = quantity === undefined ? undefined : wires.state(device)?.readings.get(quantity)?.value
    const at = clock.wallMs()
    return {
      ...{ id: ledger.nextId(), at, device, command, by, via, state: 'sending' as const },
      ...(value !== undefined && { value }),
      ...(reason !== undefined && { reason }),
      ...(trace !== undefined && { trace }),
      ...(quantity !== undefined && { quantity }),
      ...(before !== undefined && { before }),
      ...(revertOf !== undefined && { revertOf }),
      ...(revertAfterS !== undefined && { revertAfterS, revertAt: at + revertAfterS * 1000 }),
    }
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

  /** Nothing more is asked: it is sent. From here on the device is taken, before anything is waited for. */
  function give(found: Found, request: Given, revert?: RevertTarget) {
    const { device, command } = found
    const key = keyOf(device.id, request.command)
    const startMs = clock.monotonicMs()
    underWay.get(device.id)?.stop.abort()
    const record = recordOf(request, found)
    const stop = new AbortController()
    const change = revertChange(found, record, revert)
    const changes = change ? [change.stored] : []
    const recorded = command.allOff ? ledger.note(record, changes) : ledger.begin(record, changes)
    const wallMs = (given.get(key)?.wallMs ?? []).filter((at) => record.at - at < DAY_MS)
    given.set(key, { wallMs: [...wallMs, record.at], lastMonotonicMs: startMs })

    async function run(): Promise<CommandRecord> {
      const sent = await send()
      const outcome = closing && sent.code === 'HW_COMMAND_SUPERSEDED' ? INTERRUPTED : sent
      const { code, ...rest } = outcome
      const done = { ...record, ...rest, ...(code && { code }), ms: Math.round(clock.monotonicMs() - startMs) }
      if (underWay.get(device.id)?.stop === stop) underWay.delete(device.id)
      finish(found, key, done)
      return done
    }

    async function send(): Promise<Outcome | Refused> {
      try {
        await recorded
      } catch (error) {
        const because = (error as { code?: string }).code ?? 'HW_STORE_IO'
        const message = `命令无法记录，未下发 (${because}) · It cannot be recorded (${because}), so it was not sent.`
        return { state: 'refused', code: 'HW_COMMAND_NOT_RECORDED', message }
      }
      begun.resolve(tell(record))
      if (stop.signal.aborted) {
        // Whatever came first has settled what is to become of the quantity.
        if (change) ledger.note(record, [{ drop: change.of }])
        return SUPERSEDED
      }
      change?.act()
      const { revertAfterS } = request
      const context = {
        parameters: device.connection.via === 'mqtt' ? device.connection.parameters : {},
        id: record.id,
        at: record.at,
        ...(revertAfterS !== undefined && { seconds: Math.ceil(revertAfterS) }),
      }
      const notBeforeMs =
        (lastWriteMs.get(device.id) ?? Number.NEGATIVE_INFINITY) + (device.profile.modbus?.writeGapMs ?? 0)
      const order = { device, command, value: request.value, context, notBeforeMs, signal: stop.signal }
      try {
        return await runCommand(order, wires, clock, () => lastWriteMs.set(device.id, clock.monotonicMs()))
      } catch (error) {
        log.error({ code: 'HW_INTERNAL', device: device.id, error: String(error) }, 'a command could not be run')
        return { state: 'failed', code: 'HW_COMMAND_WRITE_FAILED', message: String(error) }
      }
    }

    const begun = Promise.withResolvers<CommandRecord>()
    const end = run()
    // A command that the ledger did not take never begins.
    void end.then(begun.resolve)
    underWay.set(device.id, { record, allOff: command.allOff, stop, ended: end })
    return { begun: begun.promise, ended: end }
  }

  /** What becomes of the revert of the same quantity: on disk together with the record, in force once that is on disk. */
  function revertChange({ device: { profile }, command }: Found, record: CommandRecord, revert?: RevertTarget) {
    const { device, quantity = '', id, trace, revertAfterS } = record
    const of = { device, quantity }
    const before = reverts.of(device, quantity)
    if (revert && revertAfterS !== undefined) {
      const set: PendingRevert = {
        ...{ device, quantity, command: revert.command, of: id },
        ...(revert.value !== undefined && { value: revert.value }),
        ...(trace !== undefined && { trace }),
      }
      return { of, stored: { set }, act: () => reverts.add(set, revertAfterS * 1000) }
    }
    if (!before || record.revertOf !== undefined) return undefined
    // Switching off that may fail does not stop a later switching off; all else is replaced by what is wanted now.
    if (command.allOff && profile.commands[before.command]?.allOff) return undefined
    return { of, stored: { drop: of }, act: () => reverts.drop(of) }
  }

  function finish({ command, device }: Found, key: string, done: CommandRecord): void {
    count[done.state as keyof typeof count]++
    const pending = reverts.of(device.id, command.quantity ?? '')
    const isBack = done.state === 'confirmed' && (command.allOff || done.revertOf !== undefined)
    if (pending && isBack) reverts.drop(pending)
    ledger.note(done, pending && isBack ? [{ drop: pending }] : [])
    last.set(key, done)
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
  }: PendingRevert): Promise<CommandRecord> | undefined {
    const found = find(id, name)
    // The device left the hall, or its profile changed: nobody can take it back from here.
    if ('code' in found) return undefined
    return give(found, {
      ...{ device: id, command: name, by: 'gateway', via: 'gateway', revertOf: of },
      ...(value !== undefined && { value }),
      ...(trace !== undefined && { trace }),
    }).ended
  }

  async function onlineAgain(device: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && wires.state(device)?.presence !== 'online') await clock.sleep(250, signal).catch(() => {})
  }

  function offerOf(found: Found, name: string): CommandOffer {
    const { command, device } = found
    const { title, quantity, power, allOff, permission, maxPerDay, revert } = command
    const situation = situationOf(found, name)
    const refusal = standingRefusal(situation)
    const latest = last.get(keyOf(device.id, name))
    return {
      ...{ command: name, title, unit: quantity === undefined ? '' : (quantityOf(quantity)?.unit ?? '') },
      ...{ takes: inputOf(command), power, allOff, permission, canRevert: revert !== undefined },
      ...(quantity !== undefined && { quantity }),
      ...(maxPerDay !== undefined && {
        perDay: { most: maxPerDay, left: Math.max(0, maxPerDay - situation.givenLastDay) },
      }),
      ...(refusal && { refusal }),
      ...(latest && { last: latest }),
    }
  }

  return {
    request: (request) => take(request).ended,
    begin: (request) => take(request).begun,
    async ended(id) {
      for (const { record, ended: end } of underWay.values()) if (record.id === id) return end
      return ended.get(id)
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
      const off = devices.every(({ state }) => state === 'confirmed')
      return { ms: Math.round(clock.monotonicMs() - startMs), devices, off }
    },
    recent: (query) => ledger.recent(query),
    available(id) {
      const device = parts.devices().get(id)
      return (
        device?.commands?.flatMap((name) => {
          const command = device.profile.commands[name]
          return command ? [offerOf({ device, command }, name)] : []
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
      commandsUnderWay: underWay.size,
      ...reverts.stats(),
      ledgerWaiting: ledger.waiting(),
    }),
    start: () => reverts.start(),
    async close() {
      closing = true
      for (const { stop } of underWay.values()) stop.abort()
      // Nobody would take it back while the gateway is gone.
      const back = reverts.close().map((revert) => takeBack(revert))
      await Promise.race([Promise.all(back), clock.sleep(LAST_REVERTS_MS)])
      for (const { stop } of underWay.values()) stop.abort()
      await Promise.all([...underWay.values()].map(({ ended: end }) => end))
      await ledger.settled()
    },
  }
}

const INTERRUPTED: Outcome = {
  state: 'failed',
  code: 'HW_COMMAND_INTERRUPTED',
  message: '网关在结果出来前停止 · The gateway stopped before the end was known.',
}

/** Sent only when it could be recorded. */
type Refused = Pick<CommandRecord, 'message'> & { readonly state: 'refused'; readonly code: 'HW_COMMAND_NOT_RECORDED' }

const offRequest = (
  { id }: ResolvedDevice,
  name: string,
  { value }: ProfileCommand,
  who: Pick<CommandRequest, 'by' | 'via' | 'reason' | 'trace'>,
): Given => ({ ...who, device: id, command: name, ...(value !== undefined && { value }) })
