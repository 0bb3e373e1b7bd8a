import type { HistoryStats } from '../history/history.ts'
import type { InfluxStats } from '../influx/influx.ts'
import type { SpoolStats } from '../spool/spool.ts'
import type { StoreStats } from '../store/store.ts'
import { counter, gauge, type MetricsOf } from './metric.ts'

/** From the disk to InfluxDB. */

const MILLISECONDS = { factor: 0.001 }

export const storeMetrics: MetricsOf<StoreStats> = {
  bytes: gauge('store_bytes', 'Database file plus write-ahead log.'),
  usedBytes: gauge('store_used_bytes', 'Pages that hold something; the rest of the file is free for reuse.'),
  walBytes: gauge('store_wal_bytes', 'Write-ahead log.'),
  diskFreeBytes: gauge('store_disk_free_bytes', 'Space the disk still has for us.'),
  commits: counter('store_commits', 'Transactions made durable (one fsync each).'),
  commitCalls: counter('store_commit_calls', 'Calls made durable; above the commits by what was grouped.'),
  commitMsLast: gauge('store_commit_last_seconds', 'Duration of the last commit.', MILLISECONDS),
  commitMsMax: gauge('store_commit_max_seconds', 'Duration of the longest commit.', MILLISECONDS),
  queuedWrites: gauge('store_queued_writes', 'Calls that wait for a commit.'),
  queuedBytes: gauge('store_queued_bytes', 'Bytes that wait for a commit.'),
  queuedReads: gauge('store_queued_reads', 'Queries that wait for the reading thread.'),
  failures: counter('store_failures', 'Calls that failed, for whatever reason.'),
  refusedBusy: counter('store_refused_busy', 'Calls refused because the queue was at its end.'),
  full: gauge('store_full', '1 while the disk is full.'),
  ioTrouble: gauge('store_io_trouble', '1 while the disk refuses to write.'),
  corruptFiles: counter('store_corrupt_files', 'Database files put aside because they were damaged.'),
  workerRestarts: counter('store_worker_restarts', 'Restarts of the writing or the reading thread.'),
}

export const spoolMetrics: MetricsOf<SpoolStats> = {
  committedFrames: counter('spool_committed_frames', 'Frames made durable since the start.'),
  droppedFrames: counter('spool_dropped_frames', 'Frames evicted though never forwarded, since the store was made.'),
  evictedFrames: counter('spool_evicted_frames', 'Frames evicted, forwarded or not, since the start.'),
  pendingFrames: gauge('spool_pending_frames', 'Frames appended and not yet durable.'),
  pendingBytes: gauge('spool_pending_bytes', 'Bytes appended and not yet durable.'),
  refusedFrames: counter('spool_refused_frames', 'Frames refused because the spool was full.'),
  head: gauge('spool_head_seq', 'Highest sequence number committed.'),
  tail: gauge('spool_tail_seq', 'Lowest sequence number still kept; head + 1 when empty.'),
  backlogFrames: gauge('spool_backlog_frames', 'Frames known not yet forwarded; 0 when nothing is forwarded.'),
  deadLetters: gauge('spool_dead_letters', 'Lines kept that the server refused for good.'),
  usedBytes: gauge('spool_used_bytes', 'Bytes in use against the cap.'),
  maxBytes: gauge('spool_max_bytes', 'The cap, store.maxBytes of hall.yaml.'),
}

export const influxMetrics: MetricsOf<InfluxStats> = {
  sentFrames: counter('forward_frames', 'Frames the server acknowledged.'),
  sentPoints: counter('forward_points', 'Values the server acknowledged.'),
  sentBytes: counter('forward_bytes', 'Bytes of line protocol, before gzip, the server acknowledged.'),
  sentBatches: counter('forward_requests', 'Write requests the server acknowledged.'),
  failures: counter('forward_failures', 'Write requests that failed.', { label: 'failure' }),
  deadLetters: counter('forward_dead_letters', 'Lines put into the dead-letter table.'),
  cursorSaveFailures: counter('forward_cursor_save_failures', 'Times the position could not be saved.'),
  lagFrames: gauge('forward_lag_frames', 'Frames not yet forwarded.'),
  backlogFrames: gauge('forward_backlog_frames', 'Of the lag: what is drained beside live data.'),
  gaps: gauge('forward_gaps', 'Ranges of the backlog.'),
  lagSeconds: gauge('forward_lag_seconds', 'Age of the oldest frame not yet forwarded; 0 when there is none.'),
  backingOff: gauge('forward_backing_off', '1 while the server takes nothing and the next try waits.'),
}

export const historyMetrics: MetricsOf<HistoryStats> = {
  lagFrames: gauge('history_lag_frames', 'Frames committed and not yet rolled up.'),
  rolledFrames: counter('history_rolled_frames', 'Frames rolled up.'),
  passes: counter('history_passes', 'Passes over new frames.'),
  failures: counter('history_failures', 'Passes that failed.'),
  gaveUpBefore: gauge(
    'history_gave_up_before_seconds',
    'Unix time before which roll-ups were given up for space; 0 when never.',
    MILLISECONDS,
  ),
}
