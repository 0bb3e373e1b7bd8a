import type { CommandRecord } from './command.ts'
import { DAY_MS } from './ledger.ts'

/** How often each command of each device was given, and what came of it last: for limits per day, pauses and screens. */
export interface History {
  /** Decided, and on its way; `monotonicMs` when that was. */
  given(record: CommandRecord, monotonicMs: number): void
  ended(record: CommandRecord): void
  last(device: string, command: string): CommandRecord | undefined
  /** `wallMs` now. After the clock was set back, commands of the future still count. */
  givenLastDay(device: string, command: string, wallMs: number): number
  /** Monotonic ms; undefined when it was not given since the gateway started. */
  lastGivenMs(device: string, command: string): number | undefined
}

/** @param lastDay what the ledger holds of the last 24 hours, oldest first */
export function createHistory(lastDay: readonly CommandRecord[]): History {
  const all = new Map<string, { wallMs: number[]; monotonicMs?: number; last?: CommandRecord }>()
  const of = (device: string, command: string) => all.get(`${device} ${command}`)

  function entryOf({ device, command }: CommandRecord) {
    const key = `${device} ${command}`
    const entry = all.get(key) ?? { wallMs: [] }
    all.set(key, entry)
    return entry
  }

  for (const record of lastDay) {
    const entry = entryOf(record)
    entry.last = record
    entry.wallMs.push(record.at)
  }
  return {
    given(record, monotonicMs) {
      const entry = entryOf(record)
      entry.wallMs = [...entry.wallMs.filter((at) => record.at - at < DAY_MS), record.at]
      entry.monotonicMs = monotonicMs
    },
    ended(record) {
      entryOf(record).last = record
    },
    last: (device, command) => of(device, command)?.last,
    givenLastDay: (device, command, now) => of(device, command)?.wallMs.filter((at) => now - at < DAY_MS).length ?? 0,
    lastGivenMs: (device, command) => of(device, command)?.monotonicMs,
  }
}
