import type { ApplianceState } from '../physics/appliances.ts'
import { type Make, type MakeContext, type Message, round } from './make.ts'
import { plugReadings } from './plug-readings.ts'
import { plugRelay } from './plug-relay.ts'

/** A Shelly Gen2 plug with status_ntf and rpc_ntf on: component status per period, notifications that carry only what changed. */
export function shellyPlug(context: MakeContext, appliance: ApplianceState): Make {
  const { physics, clockMs } = context
  const prefix = context.topic.prefix ?? context.device.id
  const relay = plugRelay(appliance)
  let lastPowerW = Number.NaN

  function status(): Record<string, unknown> {
    const r = plugReadings(appliance, physics)
    const temperature = 38 + r.powerW / 150
    return {
      id: 0,
      source: 'init',
      output: r.on,
      apower: round(r.powerW, 1),
      voltage: round(r.voltage, 1),
      freq: round(r.hz, 1),
      pf: round(r.powerFactor, 2),
      current: round(r.currentA, 3),
      aenergy: {
        total: round(52_410 + r.energyKWh * 1000, 3),
        by_minute: [
          round((r.powerW * 1000) / 60, 3),
          round((r.powerW * 1000) / 60, 3),
          round((r.powerW * 1000) / 60, 3),
        ],
        minute_ts: Math.floor(clockMs() / 60_000) * 60,
      },
      temperature: { tC: round(temperature, 1), tF: round(temperature * 1.8 + 32, 1) },
    }
  }

  const notify = (params: Record<string, unknown>): Message => ({
    topic: `${prefix}/events/rpc`,
    qos: 0,
    payload: {
      src: prefix,
      dst: `${prefix}/events`,
      method: 'NotifyStatus',
      params: { ts: round(clockMs() / 1000, 2), ...params },
    },
  })

  return {
    periodMs: context.device.thing ? 1000 : 5000,
    will: { topic: `${prefix}/online`, payload: 'false', qos: 1, retain: true },
    hello: () => [{ topic: `${prefix}/online`, payload: 'true', qos: 0, retain: true }],
    report: () => {
      const full = status()
      const messages: Message[] = [{ topic: `${prefix}/status/switch:0`, payload: full, qos: 1 }]
      const { powerW } = appliance
      if (Math.abs(powerW - lastPowerW) > 1)
        messages.push(notify({ 'switch:0': { id: 0, apower: full.apower, current: full.current } }))
      lastPowerW = powerW
      return messages
    },
    changes: () =>
      relay.changed() ? [notify({ 'switch:0': { id: 0, output: appliance.switchedOn, source: 'timer' } })] : [],
    subscribes: [`${prefix}/rpc`, `${prefix}/command/#`],
    receive: (topic, payload) => {
      if (topic === `${prefix}/command/switch:0`) {
        if (payload === 'on' || payload === 'off') relay.set(payload === 'on')
        if (payload === 'toggle') relay.set(!appliance.switchedOn)
        return [{ topic: `${prefix}/status/switch:0`, payload: status(), qos: 1 }]
      }
      return topic === `${prefix}/rpc` ? answerRpc(payload) : []
    },
  }

  function answerRpc(payload: string): Message[] {
    const request = requestOf(payload)
    if (!request) return []
    const reply = (body: Record<string, unknown>): Message => ({
      topic: `${request.src}/rpc`,
      qos: 1,
      payload: { id: request.id, src: prefix, dst: request.src, ...body },
    })
    if (request.method === 'Switch.GetStatus') return [reply({ result: status() })]
    if (request.method !== 'Switch.Set' || typeof request.on !== 'boolean')
      return [reply({ error: { code: 404, message: `No handler for ${request.method}` } })]
    const before = appliance.switchedOn
    relay.set(request.on, request.toggleAfterS)
    return [
      reply({ result: { was_on: before } }),
      notify({ 'switch:0': { id: 0, output: request.on, source: 'MQTT' } }),
    ]
  }
}

interface RpcRequest {
  readonly id: number
  readonly src: string
  readonly method: string
  readonly on: unknown
  readonly toggleAfterS: number | undefined
}

function requestOf(payload: string): RpcRequest | undefined {
  try {
    const { id, src, method, params } = JSON.parse(payload) as Record<string, unknown>
    if (typeof id !== 'number' || typeof src !== 'string' || typeof method !== 'string') return undefined
    const { on, toggle_after: after } = (params ?? {}) as { on?: unknown; toggle_after?: unknown }
    return { id, src, method, on, toggleAfterS: typeof after === 'number' ? after : undefined }
  } catch {
    return undefined
  }
}
