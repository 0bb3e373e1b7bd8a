/** What is wrong with the line to a device right now. Faults write it, servers and clients obey it. */
export interface Trouble {
  /** Modbus: requests stay unanswered. MQTT: connected, but sends nothing. */
  silent?: boolean
  /** Modbus: the read that covers `address` (every read without one) is refused with this code. */
  exception?: { readonly code: number; readonly address?: number }
  /** Modbus: the answer comes this much later. */
  delayMs?: number
  /** Modbus: the answer is damaged on the way. */
  garble?: 'corrupt' | 'short'
  /** Modbus: answers under the next unit id. */
  wrongUnit?: boolean
  /** The values stand still; the line works. */
  frozen?: boolean
  /** Only the values stand still: time stamps and relay answers go on. */
  stuck?: boolean
  /** MQTT: reports come this much less often, ms. */
  reportEveryMs?: number
  /** MQTT: the device's clock is off by this much. */
  clockOffsetMs?: number
  /** MQTT: the socket is cut and stays away. */
  disconnected?: boolean
  /** MQTT: every report is broken JSON. */
  malformed?: boolean
  /** MQTT: this many reports per second instead of one per period. */
  floodPerSecond?: number
}
