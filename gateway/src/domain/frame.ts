/** One measured value. Numbers are in the quantity's canonical unit; text is a word of the quantity's closed list or free text. */
export type Value = number | string | boolean

/** `good`: as the device said it, in time. `stale`: true once, too old now. `bad`: the device or the line gave nothing usable. */
export type Quality = 'good' | 'stale' | 'bad'

/** Why a value is missing or not good. Closed list: documented in gateway/docs/data.md. */
export type BadReason =
  | 'timeout' // the device did not answer
  | 'exception' // the device refused this address (Modbus exception)
  | 'not-available' // the device says it has no such value (NaN, all ones)
  | 'out-of-range' // decoded, but outside what the profile calls possible
  | 'wrong-type' // the payload holds something else than the profile says
  | 'link-down' // the line or the broker connection to the device is gone

/** Which table of facts a frame belongs to; decides its InfluxDB measurement. */
export type Stream =
  | 'reading' // what the device measures → measurement = device kind
  | 'status' // how the gateway sees the device → `device_status`
  | 'gateway' // how the gateway is itself → `gateway`
  | 'alarm' // every change of an alarm → `alarm`
  | 'work_order' // every change of a work order → `work_order`
  | 'demo_run' // every demonstration that ended → `demo_run`; its device is the scenario

/**
 * All values that one device gave at one instant: the unit of storing, forwarding and showing.
 * `values` holds only good values; what could not be had stands in `bad` with its reason, and nothing is ever made up for it.
 */
export interface Frame {
  readonly device: string
  readonly stream: Stream
  /** Wall clock of the reading, Unix milliseconds: the device's own stamp where the profile trusts it, else when it was read. */
  readonly at: number
  /** By quantity id, canonical unit (domain/quantity.ts). */
  readonly values: Readonly<Record<string, Value>>
  readonly bad?: Readonly<Record<string, BadReason>>
}

/** `unknown` is a state of its own: nothing was heard yet, or the link through which we would hear is gone. */
export type Presence = 'online' | 'offline' | 'unknown'

/** The identity under which a frame is stored and forwarded; taken when the frame is made, so a later move changes no history. */
export interface Series {
  readonly hall: string
  readonly zone: string
  readonly device: string
  readonly kind: string
  readonly profile: string
  readonly stream: Stream
  /** Fault code; only in the streams `alarm` and `work_order`. */
  readonly code?: string
}
