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
