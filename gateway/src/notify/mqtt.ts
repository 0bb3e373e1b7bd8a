import type { Channel } from './channel.ts'
import { noticeJson } from './webhook.ts'

/** Publishes on a broker: ours, or one we are a client of. Resolves when the broker has it. */
export type Publish = (topic: string, payload: string) => Promise<void>

/** Notices as JSON on one topic, QoS 1, not retained: who subscribes later has nothing to do about them. */
export function createMqtt(options: { topic: string; publish: Publish }): Channel {
  return {
    type: 'mqtt',
    limits: { textBytes: 18_000, personal: false, gathers: false },
    async send(message) {
      try {
        await options.publish(options.topic, JSON.stringify(noticeJson(message)))
        return { type: 'ok' }
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'MQTT'
        return { type: 'retry', code, reason: 'the broker did not take it' }
      }
    },
  }
}
