import type { CommandStats } from '../commands/command.ts'
import { counter, gauge, type MetricsOf } from './metric.ts'

/** From a person to a device. */
export const commandMetrics: MetricsOf<CommandStats> = {
  commandsConfirmed: counter('commands_confirmed', 'Commands that a reading confirmed.'),
  commandsFailed: counter('commands_failed', 'Commands that the device refused, or that readings contradict.'),
  commandsTimedOut: counter('commands_timed_out', 'Commands that no reading confirmed in time.'),
  commandsRefused: counter('commands_refused', 'Commands that were never sent.'),
  commandsUnderWay: gauge('commands_under_way', 'Commands under way.'),
  revertsPending: gauge('command_reverts_pending', 'Commands that will be taken back.'),
  revertsOverdue: gauge(
    'command_reverts_overdue',
    'Of these: due, and not confirmed yet. Above 0 for long: go and look.',
  ),
  commandsKept: gauge('commands_kept', 'Limits that are written again and again, because their device forgets them.'),
  commandRenewals: counter('command_renewals', 'Times such a limit was written again.'),
  ledgerWaiting: gauge('command_ledger_waiting', 'Records of commands not yet on disk.'),
}
