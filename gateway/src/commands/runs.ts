import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { ProfileCommand } from '../profiles/command-schema.ts'
import type { CommandRecord, CommandRequest } from './command.ts'
import type { History } from './history.ts'
import type { KeptCommand } from './kept.ts'
import type { Change, Ledger } from './ledger.ts'
import type { Outcome } from './proof.ts'
import { resend, runCommand, SUPERSEDED } from './run-command.ts'
import type { Wires } from './wires.ts'

/** One command under a device of the hall, found. */
export interface Found {
  readonly device: ResolvedDevice
  readonly command: ProfileCommand
}

export type Given = Omit<CommandRequest, 'roles'> & { readonly revertOf?: string }

/** What becomes of what was to be taken back, and of what is written again, once a command goes. */
export interface Turn {
  /** On disk together with the record. */
  readonly changes: readonly Change[]
  /** In force once that is on disk, and before anything is sent. */
  act(): void
}

export interface RunsParts {
  readonly ledger: Pick<Ledger, 'begin' | 'note' | 'nextId'>
  readonly history: Pick<History, 'given'>
  readonly wires: Wires
  readonly clock: Clock
  readonly log: Log
  tell(record: CommandRecord): void
  /** The gateway stops: what is ended by that was interrupted. */
  isClosing(): boolean
}

interface UnderWay {
  readonly allOff: boolean
  readonly stop: AbortController
  readonly id: string
  readonly ended: Promise<CommandRecord>
}

/** What is under way, at most one command per device: recorded, sent, and proved. */
export interface Runs {
  readonly size: number
  of(device: string): Pick<UnderWay, 'allOff' | 'ended'> | undefined
  /** The end of a command that is under way; undefined for any other. */
  ended(id: string): Promise<CommandRecord> | undefined
  /**
   * Nothing more is asked: it is sent, and whatever was under way on the device is superseded. From here on the device is taken,
   * before anything is waited for. `begun` resolves when it is on its way.
   */
  give(
    found: Found,
    request: Given,
    how: { turnOf(record: CommandRecord): Turn; finish(done: CommandRecord): void },
  ): { readonly begun: Promise<CommandRecord>; readonly ended: Promise<CommandRecord> }
  /** What was confirmed already is written once more; no record of its own, because nothing changes. */
  renew(found: Found, kept: KeptCommand, signal: AbortSignal): Promise<string | undefined>
  recordOf(request: Given, found: Found | undefined): CommandRecord
  /** Ends everything. */
  stop(): void
  settled(): Promise<unknown>
}

export function createRuns({ ledger, history, wires, clock, log, tell, isClosing }: RunsParts): Runs {
  const underWay = new Map<string, UnderWay>()
  const lastWriteMs = new Map<string, number>()

  const sendingOf = ({ device, command }: Found, signal: AbortSignal) => ({
    ...{ device, command, signal },
    notBeforeMs: (lastWriteMs.get(device.id) ?? Number.NEGATIVE_INFINITY) + (device.profile.modbus?.writeGapMs ?? 0),
  })
  const wrote = (device: string) => () => void lastWriteMs.set(device, clock.monotonicMs())

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

  const give: Runs['give'] = (found, request, how) => {
    const { device, command } = found
    const startMs = clock.monotonicMs()
    underWay.get(device.id)?.stop.abort()
    const record = recordOf(request, found)
    const stop = new AbortController()
    const turn = how.turnOf(record)
    const recorded = command.allOff ? ledger.note(record, turn.changes) : ledger.begin(record, turn.changes)
    history.given(record, startMs)

    async function run(): Promise<CommandRecord> {
      const sent = await send()
      const outcome = isClosing() && sent.code === 'HW_COMMAND_SUPERSEDED' ? INTERRUPTED : sent
      const { code, ...rest } = outcome
      const done = { ...record, ...rest, ...(code && { code }), ms: Math.round(clock.monotonicMs() - startMs) }
      if (underWay.get(device.id)?.stop === stop) underWay.delete(device.id)
      how.finish(done)
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
      tell(record)
      begun.resolve(record)
      if (stop.signal.aborted) return SUPERSEDED
      turn.act()
      const { revertAfterS } = request
      const context = {
        parameters: device.connection.via === 'mqtt' ? device.connection.parameters : {},
        id: record.id,
        at: record.at,
        ...(revertAfterS !== undefined && { seconds: Math.ceil(revertAfterS) }),
      }
      const order = { ...sendingOf(found, stop.signal), value: request.value, context }
      try {
        return await runCommand(order, wires, clock, wrote(device.id))
      } catch (error) {
        log.error({ code: 'HW_INTERNAL', device: device.id, error: String(error) }, 'a command could not be run')
        return { state: 'failed', code: 'HW_COMMAND_WRITE_FAILED', message: String(error) }
      }
    }

    const begun = Promise.withResolvers<CommandRecord>()
    const ended = run()
    // A command that the ledger did not take never begins.
    void ended.then(begun.resolve)
    underWay.set(device.id, { id: record.id, allOff: command.allOff, stop, ended })
    return { begun: begun.promise, ended }
  }

  return {
    get size() {
      return underWay.size
    },
    of: (device) => underWay.get(device),
    ended: (id) => [...underWay.values()].find((run) => run.id === id)?.ended,
    give,
    renew(found, { value, of }, signal) {
      const context = { parameters: {}, id: of, at: clock.wallMs() }
      return resend({ ...sendingOf(found, signal), value, context }, wires, clock, wrote(found.device.id))
    },
    recordOf,
    stop() {
      for (const { stop } of underWay.values()) stop.abort()
    },
    settled: () => Promise.all([...underWay.values()].map(({ ended }) => ended)),
  }
}

export const INTERRUPTED: Outcome = {
  state: 'failed',
  code: 'HW_COMMAND_INTERRUPTED',
  message: '网关在结果出来前停止 · The gateway stopped before the end was known.',
}

/** Sent only when it could be recorded. */
type Refused = Pick<CommandRecord, 'message'> & { readonly state: 'refused'; readonly code: 'HW_COMMAND_NOT_RECORDED' }
