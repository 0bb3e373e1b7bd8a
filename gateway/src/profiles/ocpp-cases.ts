import type { BadReason, Value } from '../domain/frame.ts'
import type { OcppCase } from './cases-schema.ts'
import { createOcppReader } from './ocpp-mapping.ts'
import { isOcppAction, readOcpp } from './ocpp-messages.ts'
import type { OcppProfile } from './ocpp-schema.ts'

/** What the gateway makes of the messages of a case, one after the other; what is said later holds. */
export function runOcppCase(profile: OcppProfile, one: OcppCase) {
  const reader = createOcppReader(profile, one.connector)
  const values: Record<string, Value> = {}
  const bad: Record<string, BadReason> = {}
  let at: number | undefined
  for (const [action, payload] of one.messages) {
    const message = isOcppAction(action) ? readOcpp(action, payload) : undefined
    if (!message) return { values, bad, rejected: 'unusable' }
    for (const reading of reader.read(message, one.receivedAt)) {
      for (const quantity of Object.keys(reading.values)) delete bad[quantity]
      for (const quantity of Object.keys(reading.bad ?? {})) delete values[quantity]
      Object.assign(values, reading.values)
      Object.assign(bad, reading.bad)
      at = reading.at
    }
  }
  return { values, bad, ...(at !== undefined && { at }) }
}
