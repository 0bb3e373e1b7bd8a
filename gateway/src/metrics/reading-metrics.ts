import type { BrokerStats } from '../broker/broker-stats.ts'
import type { EndpointStats } from '../modbus/modbus.ts'
import type { ReadingsStats } from '../readings/readings.ts'
import { counter, gauge, type MetricsOf } from './metric.ts'

/** From the devices to the readings. */

/** Labelled with the link. */
export const endpointMetrics: MetricsOf<EndpointStats> = {
  connected: gauge('modbus_connected', '1 while the link has a connection.'),
  connects: counter('modbus_connects', 'Connections made.'),
  connectFailures: counter('modbus_connect_failures', 'Connections that could not be made.'),
  requests: counter('modbus_requests', 'Requests sent.'),
  timeouts: counter('modbus_timeouts', 'Requests nobody answered in time.'),
  garbled: counter('modbus_garbled', 'Answers that were cut, had a wrong check sum or came from another unit id.'),
  exceptions: counter('modbus_exceptions', 'Requests the device refused with an exception code.'),
  connectionsLost: counter('modbus_connections_lost', 'Connections lost.'),
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
