/** What the room counts; the words of gateway/src/metrics/ocpp-metrics.ts. */
export function newOcppStats() {
  return {
    connections: 0,
    connectionsTurned: 0,
    messages: 0,
    messagesBroken: 0,
    messagesUnusable: 0,
    messagesRepeated: 0,
    frames: 0,
    badValues: 0,
    notStored: 0,
    transactionsBegun: 0,
    transactionsEnded: 0,
    transactionsUnknown: 0,
    calls: 0,
    callsFailed: 0,
  }
}

export type OcppCounts = ReturnType<typeof newOcppStats>

export interface OcppStats extends OcppCounts {
  readonly chargePoints: number
  readonly connected: number
  readonly transactionsOpen: number
}
