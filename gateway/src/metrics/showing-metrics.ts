import type { FlowsStats } from '../flows/flows.ts'
import type { HttpStats } from '../http/http.ts'
import type { LiveStats } from '../live/live.ts'
import { counter, gauge, type Metric, type MetricsOf } from './metric.ts'
import type { ProcessStats } from './process-stats.ts'

/** From the readings to people, and the process itself. */

export const liveMetrics: MetricsOf<LiveStats> = {
  sequence: gauge('live_sequence', 'Sequence number of the last round of changes.'),
  subscribers: gauge('live_subscribers', 'Readers of the live stream.'),
  deltas: counter('live_deltas', 'Deltas delivered.'),
  heartbeats: counter('live_heartbeats', 'Heartbeats delivered.'),
  droppedSlowReaders: counter('live_dropped_slow_readers', 'Readers dropped because they took nothing for 15 s.'),
  pendingChanges: gauge('live_pending_changes', 'Quantities that wait for slow readers.'),
  framesPerSecond: gauge('frames_per_second', 'Frames committed per second, over the last ten seconds.'),
}

export const httpMetrics: MetricsOf<HttpStats> = {
  requests: counter('http_requests', 'Requests answered.'),
  clientErrors: counter('http_client_errors', 'Of these: answered with 4xx.'),
  serverErrors: counter('http_server_errors', 'Of these: answered with 5xx.'),
  refused: counter('http_refused', 'Requests refused for their host, token or rate.'),
  streams: gauge('http_streams', 'Live streams open.'),
  bufferedBytes: gauge('http_buffered_bytes', 'Bytes of live streams their readers have not taken yet.'),
  refusedStreams: counter('http_refused_streams', 'Live streams refused because all were taken.'),
}

export const flowsMetrics: MetricsOf<FlowsStats> = {
  up: gauge('flows_up', '1 while Node-RED runs.'),
  safeMode: gauge('flows_safe_mode', '1 while flows are loaded and not run, after Node-RED ended three times.'),
  starts: counter('flows_starts', 'Starts of Node-RED.'),
  ends: counter('flows_ends', 'Ends of Node-RED nobody asked for.'),
  hung: counter('flows_hung', 'Of these: it no longer answered and was ended.'),
  malformedMessages: counter('flows_malformed_messages', 'Messages of Node-RED that are none of ours.'),
  waiting: gauge('flows_waiting', 'Readings and changes that wait to be told to Node-RED.'),
  replacedReadings: counter('flows_replaced_readings', 'Readings overtaken by a newer one before they were told.'),
  droppedReadings: counter('flows_dropped_readings', 'Readings not told because too many waited.'),
  mergedChanges: counter('flows_merged_changes', 'Changes of alarms and orders overtaken by a newer one of the same.'),
  sentReadings: counter('flows_sent_readings', 'Readings told to Node-RED.'),
  sentChanges: counter('flows_sent_changes', 'Changes of alarms and orders told to Node-RED.'),
  asked: counter('flows_asked', 'Questions and commands of flows.'),
  refusedAsks: counter('flows_refused_asks', 'Of these: refused because too many were under way.'),
  complaints: counter('flows_complaints', 'Errors and warnings of nodes.'),
}

/** Names every Prometheus dashboard knows. */
const standard = (name: string, type: Metric['type'], help: string): Metric => ({ name, type, help })

export const processMetrics: MetricsOf<ProcessStats> = {
  uptimeS: gauge('uptime_seconds', 'Since the gateway started.'),
  residentBytes: standard('process_resident_memory_bytes', 'gauge', 'Resident memory of the process.'),
  heapUsedBytes: gauge('heap_used_bytes', 'JavaScript heap in use.'),
  cpuS: standard('process_cpu_seconds_total', 'counter', 'User and system CPU time spent.'),
  eventLoopDelayP99S: gauge(
    'event_loop_delay_p99_seconds',
    'How late the event loop was, 99th percentile of the last ten seconds.',
  ),
}
