import type { BadReason, Presence, Value } from '../domain/frame.ts'
import type { MqttCase } from './cases-schema.ts'
import { compileMqtt } from './mqtt-mapping.ts'
import type { MqttProfile } from './profile-schema.ts'

/** What the profile makes of one case, in the shape a case expects it. */
export interface MqttOutcome {
  readonly expect: Readonly<Record<string, Value>>
  readonly bad: Readonly<Record<string, BadReason>>
  readonly at: number
  readonly presence?: Presence
  readonly rejected?: string
}

/** Runs one case of `<model>.cases.yaml`. A topic that no rule takes in is rejected as `unknown-topic`. */
export async function runMqttCase(mqtt: MqttProfile, one: MqttCase): Promise<MqttOutcome> {
  const defaults = Object.entries(mqtt.parameters).flatMap(([name, { default: value }]) =>
    value ? [[name, value]] : [],
  )
  const compiled = compileMqtt(mqtt, { ...Object.fromEntries(defaults), ...one.parameters })
  const payload = typeof one.payload === 'string' ? one.payload : JSON.stringify(one.payload)
  const results = await compiled.map(one.topic, Buffer.from(payload), one.receivedAt)
  const expect: Record<string, Value> = {}
  const bad: Record<string, BadReason> = {}
  let outcome: MqttOutcome = { expect, bad, at: one.receivedAt }
  if (results.length === 0) return { ...outcome, rejected: 'unknown-topic' }
  for (const result of results) {
    if (result === undefined) continue
    if (!result.ok) return { ...outcome, rejected: result.rejected }
    const { at, presence } = result.message
    Object.assign(expect, result.message.values)
    Object.assign(bad, result.message.bad)
    outcome = { ...outcome, at, ...(presence && { presence }) }
  }
  return outcome
}
