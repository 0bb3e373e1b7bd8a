import type { AskingStats } from '../asking/asking.ts'
import type { BrokerStats } from '../broker/broker-stats.ts'
import type { IngestStats } from '../ingest/ingest-stats.ts'
import type { ArbiterStats } from '../polling/arbiter.ts'
import type { PollingStats } from '../polling/polling-stats.ts'
import type { ReadingsStats } from '../readings/readings.ts'
import { counter, gauge, type MetricsOf } from './metric.ts'

/** From the devices to the readings. */

const MILLISECONDS = { factor: 0.001 }

export const pollingMetrics: MetricsOf<PollingStats> = {
  devices: gauge('polling_devices', 'Devices that are polled.'),
  online: gauge('polling_devices_online', 'Of these: devices that answer.'),
  links: gauge('polling_links', 'Modbus links.'),
  connectedLinks: gauge('polling_links_connected', 'Of these: links with a connection.'),
  requests: counter('polling_requests', 'Requests sent, all links together.'),
  errors: counter('polling_errors', 'Of these: requests without a usable answer.'),
  passes: counter('polling_passes', 'Passes over a device at one rate.'),
  skippedPasses: counter('polling_skipped_passes', 'Passes left out because the line had no time for them.'),
  rejectedQuantities: gauge('polling_rejected_quantities', 'Quantities their device refuses.'),
  learntRanges: gauge('polling_learnt_ranges', 'Address ranges learnt as forbidden.'),
  busyMs: counter('polling_busy_seconds', 'Time in which a request was under way.', MILLISECONDS),
  probeMs: counter('polling_probe_seconds', 'Of this: time spent on devices that do not answer.', MILLISECONDS),
  timeouts: counter('polling_timeouts', 'Requests nobody answered in time.'),
  garbled: counter('polling_garbled', 'Answers that were cut, had a wrong check sum or came from another unit id.'),
  exceptions: counter('polling_exceptions', 'Requests the device refused with an exception code.'),
}

/** Labelled with the link. */
export const linkMetrics: MetricsOf<ArbiterStats> = {
  requests: counter('poll_requests', 'Requests sent on this link.'),
  busyMs: counter('poll_busy_seconds', 'Time in which a request was under way on this link.', MILLISECONDS),
  probeMs: counter('poll_probe_seconds', 'Of this: time spent on devices that do not answer.', MILLISECONDS),
  urgent: counter('poll_urgent', 'Writes and reads by hand, before what was due.'),
}

/** SNMP, probes and scrapes together. */
export const askingMetrics: MetricsOf<AskingStats> = {
  devices: gauge('asking_devices', 'Devices that are asked over the network (SNMP, probe, scrape).'),
  online: gauge('asking_devices_online', 'Of these: devices that answer.'),
  running: gauge('asking_rounds_running', 'Rounds of questions under way, one socket each.'),
  rounds: counter('asking_rounds', 'Rounds of questions.'),
  failures: counter('asking_failures', 'Of these: rounds without an answer.'),
  refusals: counter('asking_refusals', 'Of these: the device answered and refused.'),
  lateRounds: counter('asking_late_rounds', 'Rounds that began more than a period late.'),
}

export const ingestMetrics: MetricsOf<IngestStats> = {
  devices: gauge('ingest_devices', 'Devices that send by MQTT.'),
  troubles: gauge('ingest_troubles', 'Topics and users that are in trouble now.'),
  messages: counter('ingest_messages', 'Messages looked at.'),
  frames: counter('ingest_frames', 'Frames made of them.'),
  values: counter('ingest_values', 'Values in these frames.'),
  badValues: counter('ingest_bad_values', 'Values of the wrong type, out of range or said to be missing.'),
  presenceMessages: counter('ingest_presence_messages', 'Messages that said whether a device is there.'),
  silentMessages: counter('ingest_silent_messages', 'Messages understood, with nothing in them that is read.'),
  clearedMessages: counter('ingest_cleared_messages', 'Empty payloads: they clear a retained message.'),
  duplicates: counter('ingest_duplicates', 'Messages sent again by a client that had no answer.'),
  oversized: counter('ingest_oversized', 'Payloads that are too long.'),
  notUtf8: counter('ingest_not_utf8', 'Payloads that are not UTF-8.'),
  malformed: counter('ingest_malformed', 'Payloads that are not the expected JSON.'),
  duplicateKey: counter('ingest_duplicate_key', 'JSON with one key twice.'),
  tooDeep: counter('ingest_too_deep', 'JSON nested too deep.'),
  tooSlow: counter('ingest_too_slow', 'Payloads the profile took too long to read.'),
  stampsAbsurd: counter('ingest_stamps_absurd', 'Time stamps that cannot be true; the time of receipt was taken.'),
  stampsUnreadable: counter(
    'ingest_stamps_unreadable',
    'Time stamps that cannot be read; the time of receipt was taken.',
  ),
  forbidden: counter('ingest_forbidden', 'Messages about a device the sender does not speak for.'),
  unknownTopic: counter('ingest_unknown_topic', 'Messages on topics no profile has.'),
  unknownDevice: counter('ingest_unknown_device', 'Messages about devices that are not in the hall.'),
  unread: counter('ingest_unread', 'Messages on topics a device may use and nothing reads.'),
  notStored: counter('ingest_not_stored', 'Messages not acknowledged because they could not be made durable.'),
  profileErrors: counter('ingest_profile_errors', 'Devices left out because profile and topic values do not fit.'),
}

export const brokerMetrics: MetricsOf<BrokerStats> = {
  clients: gauge('broker_clients', 'Clients connected.'),
  sessions: gauge('broker_sessions', 'Persistent sessions kept.'),
  retained: gauge('broker_retained_messages', 'Retained messages kept.'),
  queued: gauge('broker_queued_messages', 'Messages kept for clients that are away.'),
  pendingWrites: gauge('broker_pending_writes', 'Session and retained records not yet on disk.'),
  messagesIn: counter('broker_messages_in', 'Messages published by clients.'),
  bytesIn: counter('broker_bytes_in', 'Bytes received.'),
  messagesOut: counter('broker_messages_out', 'Messages delivered to clients.'),
  bytesOut: counter('broker_bytes_out', 'Bytes sent.'),
  wills: counter('broker_wills', 'Will Messages published.'),
  deniedConnects: counter('broker_denied_connects', 'Connections refused for their credentials.'),
  limitedLogins: counter('broker_limited_logins', 'Login attempts refused because there were too many.'),
  refusedSockets: counter('broker_refused_sockets', 'Sockets refused because the broker was full.'),
  deniedPublishes: counter('broker_denied_publishes', 'Messages to topics the client may not write.'),
  deniedSubscribes: counter('broker_denied_subscribes', 'Subscriptions the client may not make.'),
  malformed: counter('broker_malformed_packets', 'Packets that are not MQTT 3.1.1.'),
  oversized: counter('broker_oversized_packets', 'Packets above maxPacketBytes.'),
  connectTimeouts: counter('broker_connect_timeouts', 'Sockets that never sent a CONNECT.'),
  keepAliveTimeouts: counter('broker_keep_alive_timeouts', 'Clients silent for longer than they had said.'),
  slowedClients: counter('broker_slowed_clients', 'Times a client was slowed down for its message rate.'),
  droppedQos0In: counter('broker_dropped_qos0_in', 'QoS 0 messages dropped above the message rate.'),
  droppedQos0Out: counter('broker_dropped_qos0_out', 'QoS 0 messages not delivered because the client was behind.'),
  slowClientsDropped: counter('broker_slow_clients_dropped', 'Clients disconnected because they read nothing.'),
  retainedRefused: counter('broker_retained_refused', 'Retained messages refused because the table was full.'),
  queueDropped: counter('broker_queue_dropped', 'Messages dropped from full offline queues, oldest first.'),
  sessionsForgotten: counter('broker_sessions_forgotten', 'Persistent sessions given up.'),
  notTaken: counter('broker_not_taken', 'QoS 1 messages not acknowledged because they could not be made durable.'),
}

export const readingsMetrics: MetricsOf<ReadingsStats> = {
  devices: gauge('devices', 'Devices of the hall.'),
  online: gauge('devices_online', 'Devices that answer.'),
  offline: gauge('devices_offline', 'Devices known to be away.'),
  unknown: gauge('devices_unknown', 'Devices nothing is known of.'),
  staleReadings: gauge('stale_readings', 'Readings older than three of their periods.'),
  refusedFrames: counter('refused_frames', 'Frames of devices that are not in the hall.'),
}
