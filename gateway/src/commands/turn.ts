import type { ProfileCommand } from '../profiles/command-schema.ts'
import type { CommandRecord } from './command.ts'
import type { RevertTarget } from './decide.ts'
import type { Kept, KeptCommand } from './kept.ts'
import type { PendingRevert } from './pending-revert.ts'
import type { Reverts } from './reverts.ts'
import type { Found, Turn } from './runs.ts'

/** What a command changes of what is to be taken back, and of what is written again: both belong to one quantity of one device. */
export function turnOf(
  { reverts, kept }: { readonly reverts: Reverts; readonly kept: Kept },
  { device: { profile }, command }: Found,
  record: CommandRecord,
  revert?: RevertTarget,
): Turn {
  const { device, quantity = '', id, trace, revertAfterS } = record
  const of = { device, quantity }
  const wasKept = kept.of(device, quantity) !== undefined
  const forgets = wasKept ? [{ forget: of }] : []
  if (revert && revertAfterS !== undefined) {
    const set: PendingRevert = {
      ...{ device, quantity, command: revert.command, of: id },
      ...(revert.value !== undefined && { value: revert.value }),
      ...(trace !== undefined && { trace }),
      ...(wasKept && { keep: true }),
    }
    const act = () => {
      kept.drop(of)
      reverts.add(set, revertAfterS * 1000)
    }
    return { changes: [...forgets, { set }], act }
  }
  const before = reverts.of(device, quantity)
  // Switching off that may fail does not stop a later switching off; all else is replaced by what is wanted now.
  const stays =
    !before || record.revertOf !== undefined || (command.allOff && profile.commands[before.command]?.allOff === true)
  const act = () => {
    kept.drop(of)
    if (!stays) reverts.drop(of)
  }
  return { changes: [...forgets, ...(stays ? [] : [{ drop: of }])], act }
}

/** A limit that its device forgets stays wanted once it is confirmed; switching off stays wanted whatever was read. */
export function keptOf({ expiresS, allOff }: ProfileCommand, done: CommandRecord): KeptCommand | undefined {
  const { id, device, quantity, command, value, state } = done
  if (expiresS === undefined || quantity === undefined || !(state === 'confirmed' || (allOff && !isCutShort(done))))
    return undefined
  return { device, quantity, command, of: id, ...(value !== undefined && { value }) }
}

/** Something else came before its end. */
export const isCutShort = ({ code }: CommandRecord): boolean =>
  code === 'HW_COMMAND_SUPERSEDED' || code === 'HW_COMMAND_INTERRUPTED'
