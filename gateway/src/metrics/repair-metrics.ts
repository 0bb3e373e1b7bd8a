import type { AuthStats } from '../auth/auth.ts'
import type { FaultsStats } from '../faults/faults.ts'
import type { OutboxStats } from '../notify/outbox.ts'
import type { RepairStats } from '../repair/repair.ts'
import { counter, gauge, type MetricsOf } from './metric.ts'

/** From a fault to a person. */

const MILLISECONDS = { factor: 0.001 }

export const faultsMetrics: MetricsOf<FaultsStats> = {
  devices: gauge('fault_devices', 'Devices whose readings are judged.'),
  rules: gauge('fault_rules', 'Rules that judge them.'),
  active: gauge('faults_active', 'Faults raised and not cleared.'),
  unknown: gauge('faults_unknown', 'Of these: faults whose evidence is missing.'),
  raised: counter('faults_raised', 'Faults found.'),
  cleared: counter('faults_cleared', 'Faults gone again.'),
}

export const repairMetrics: MetricsOf<RepairStats> = {
  openAlarms: gauge('alarms_open', 'Alarms that are not normal.'),
  unacknowledgedAlarms: gauge('alarms_unacknowledged', 'Alarms nobody has acknowledged.'),
  openOrders: gauge('work_orders_open', 'Work orders that are not closed.'),
  steps: counter('repair_steps', 'Steps of the repair chain decided.'),
  waitingSteps: gauge('repair_waiting_steps', 'Steps decided and not yet on disk.'),
  retriedCommits: counter('repair_retried_commits', 'Commits of steps that had to be tried again.'),
}

export const notifyMetrics: MetricsOf<OutboxStats> = {
  waiting: gauge('notices_waiting', 'Notices not yet accepted by a channel.'),
  oldestWaitMs: gauge('notice_oldest_wait_seconds', 'Age of the oldest waiting notice.', MILLISECONDS),
  sends: counter('notice_sends', 'Messages sent to channels.'),
  accepted: counter('notices_accepted', 'Notices a channel accepted.'),
  dead: counter('notices_dead', 'Notices that became dead letters.'),
  retry: counter('notice_failures_retry', 'Refusals that are tried again soon.'),
  throttle: counter('notice_failures_throttle', 'Refusals because the channel is too busy.'),
  content: counter('notice_failures_content', 'Refusals because of what the message holds.'),
  channel: counter('notice_failures_channel', 'Refusals because the channel needs a person.'),
  unknown: counter('notice_failures_unknown', 'Answers nobody knows, taken as refusals.'),
  repeated: counter('notices_repeated', 'Sent again because a crash left open whether they had arrived.'),
  brokenChannels: gauge('notice_channels_broken', 'Channels that need a person.'),
  failedCommits: counter('notice_failed_commits', 'States of notices that could not be written at once.'),
}

export const authMetrics: MetricsOf<AuthStats> = {
  users: gauge('users', 'Users of the hall.'),
  sessions: gauge('sessions', 'Sessions that are open.'),
  logins: counter('logins', 'Logins that succeeded.'),
  failedLogins: counter('logins_failed', 'Logins with a wrong user or password.'),
  limitedLogins: counter('logins_limited', 'Logins refused because there were too many.'),
  auditEntries: gauge('audit_entries', 'Entries of the audit log.'),
  auditWaiting: gauge('audit_waiting', 'Entries not yet on disk.'),
}
