import type { AedesClient } from './aedes-types.ts'
import type { BrokerCounters } from './broker-stats.ts'
import { PacketTooLarge } from './packet-cap.ts'
import type { TroubleLog } from './trouble-log.ts'

/** An error of Aedes, of our own login, or of the socket. */
type EndError = Error & { code?: string; refused?: boolean }

/** Counts and says once why a connection ended, by Aedes' words where it has no codes. */
export function createConnectionEnds({
  counters,
  trouble,
  nameOf,
  drainTimeoutMs,
}: {
  readonly counters: BrokerCounters
  readonly trouble: TroubleLog
  readonly nameOf: (client: AedesClient) => string
  readonly drainTimeoutMs: number
}): (client: AedesClient, error: EndError) => void {
  const explained = new WeakSet<AedesClient>()

  return (client, error) => {
    // Aedes says a drain timeout once per message that waited.
    if (explained.has(client)) return
    explained.add(client)
    if (error.refused || error.message === 'not taken' || error.message === 'connection closed') return
    const name = nameOf(client)
    if (error instanceof PacketTooLarge) {
      counters.oversized++
      trouble.warn('HW_MQTT_TOO_LARGE', name, `"${name}" was disconnected: ${error.message}`)
    } else if (error.message === 'drain timeout') {
      counters.slowClientsDropped++
      trouble.warn('HW_MQTT_CLIENT_SLOW', name, `"${name}" was disconnected: it has not read for ${drainTimeoutMs} ms.`)
    } else if (error.message === 'connect did not arrive in time') counters.connectTimeouts++
    else if (error.message === 'keep alive timeout') counters.keepAliveTimeouts++
    else if (error.code === undefined) {
      // Errors of the socket have a code; what is left is what the client said.
      counters.malformed++
      trouble.warn('HW_MQTT_MALFORMED', name, `"${name}" was disconnected: ${error.message}.`)
    }
  }
}
