import type { OcppStats } from '../ocpp/ocpp.ts'
import { counter, gauge, type MetricsOf } from './metric.ts'

/** Charge points. */
export const ocppMetrics: MetricsOf<OcppStats> = {
  chargePoints: gauge('ocpp_charge_points', 'Charge points of the hall.'),
  connected: gauge('ocpp_connected', 'Charge points that are connected.'),
  connections: counter('ocpp_connections', 'Connections of charge points.'),
  connectionsTurned: counter('ocpp_connections_turned_away', 'Connections that were turned away.'),
  messages: counter('ocpp_messages', 'Messages of charge points.'),
  messagesBroken: counter('ocpp_messages_broken', 'Messages that break the schema, or are no OCPP.'),
  messagesUnusable: counter('ocpp_messages_unusable', 'Messages that say nothing usable.'),
  messagesRepeated: counter('ocpp_messages_repeated', 'Messages that were told before.'),
  frames: counter('ocpp_frames', 'Frames made of messages.'),
  badValues: counter('ocpp_bad_values', 'Meter values that cannot be right.'),
  notStored: counter('ocpp_not_stored', 'Messages refused because they could not be stored.'),
  transactionsBegun: counter('ocpp_transactions_begun', 'Transactions begun.'),
  transactionsEnded: counter('ocpp_transactions_ended', 'Transactions ended.'),
  transactionsUnknown: counter('ocpp_transactions_unknown', 'Ends of transactions that were never begun here.'),
  transactionsOpen: gauge('ocpp_transactions_open', 'Transactions under way.'),
  calls: counter('ocpp_calls', 'Questions to charge points.'),
  callsFailed: counter('ocpp_calls_failed', 'Questions without an answer, or answered with an error.'),
}
