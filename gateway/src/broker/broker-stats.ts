/** Everything the broker counts; scraped into `/metrics` under `hallwatt_broker_…`. Counters start at 0 with the process. */
export interface BrokerStats {
  readonly clients: number
  readonly sessions: number
  readonly retained: number
  readonly queued: number
  readonly pendingWrites: number
  readonly messagesIn: number
  readonly bytesIn: number
  readonly messagesOut: number
  readonly bytesOut: number
  readonly wills: number
  readonly deniedConnects: number
  readonly limitedLogins: number
  readonly refusedSockets: number
  readonly deniedPublishes: number
  readonly deniedSubscribes: number
  readonly malformed: number
  readonly oversized: number
  readonly connectTimeouts: number
  readonly keepAliveTimeouts: number
  readonly slowedClients: number
  readonly droppedQos0In: number
  readonly droppedQos0Out: number
  readonly slowClientsDropped: number
  readonly retainedRefused: number
  readonly queueDropped: number
  readonly sessionsForgotten: number
  readonly notTaken: number
}

type Gauges = Pick<BrokerStats, 'clients' | 'sessions' | 'retained' | 'queued' | 'pendingWrites'>
export type BrokerCounters = { -readonly [Name in Exclude<keyof BrokerStats, keyof Gauges>]: number }

export const createBrokerCounters = (): BrokerCounters => ({
  messagesIn: 0,
  bytesIn: 0,
  messagesOut: 0,
  bytesOut: 0,
  wills: 0,
  deniedConnects: 0,
  limitedLogins: 0,
  refusedSockets: 0,
  deniedPublishes: 0,
  deniedSubscribes: 0,
  malformed: 0,
  oversized: 0,
  connectTimeouts: 0,
  keepAliveTimeouts: 0,
  slowedClients: 0,
  droppedQos0In: 0,
  droppedQos0Out: 0,
  slowClientsDropped: 0,
  retainedRefused: 0,
  queueDropped: 0,
  sessionsForgotten: 0,
  notTaken: 0,
})
