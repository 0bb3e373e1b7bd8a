import type { Thing } from '../experience/thing.ts'
import type { Make, MakeContext, Message } from './make.ts'
import { plugRelay } from './plug-relay.ts'

/**
 * An appliance or instrument with our own contract: its state every second, what happened at once as an event with the time of the
 * instant. Told to switch on for a time it counts down by itself, so that a gateway that dies leaves nothing on.
 */
export function hallwattAppliance(context: MakeContext, thing: Thing): Make {
  const base = `hallwatt/${context.hall}/${context.device.id}`
  const { trouble } = context.device
  const relay = thing.appliance && plugRelay(thing.appliance)
  let stuck: ReturnType<Thing['values']> | undefined

  const values = () => {
    if (!trouble.stuck) stuck = undefined
    else stuck ??= thing.values()
    return stuck ? { ...stuck, ...(thing.appliance && { switchedOn: thing.appliance.switchedOn }) } : thing.values()
  }
  const message = (kind: 'state' | 'event', at: number, told: ReturnType<Thing['values']>): Message => ({
    topic: `${base}/${kind}`,
    payload: { t: Math.round(at), ...told },
    qos: 1,
  })
  const state = () => message('state', context.clockMs(), values())

  function obey(name: string, { forS, value }: { forS?: number; value?: number }): boolean {
    if (name === 'report') return true
    if (relay && name === 'switch-on') relay.set(true, forS)
    else if (relay && name === 'switch-off') relay.set(false)
    else return value !== undefined && thing.command?.(name, value) === true
    return true
  }

  return {
    periodMs: thing.periodMs ?? 1000,
    will: { topic: `${base}/online`, payload: 'false', qos: 1, retain: true },
    hello: () => [{ topic: `${base}/online`, payload: 'true', qos: 1, retain: true }, state()],
    report: () => [state()],
    changes: () => [
      ...(thing.events?.() ?? []).map(({ at, values: told }) => message('event', at, told)),
      ...(relay?.changed() ? [state()] : []),
    ],
    subscribes: [`${base}/command/+`],
    receive(topic, payload) {
      if (!topic.startsWith(`${base}/command/`) || trouble.silent) return []
      const order = orderOf(payload)
      return order && obey(topic.slice(base.length + 9), order) ? [state()] : []
    },
  }
}

function orderOf(payload: string): { forS?: number; value?: number } | undefined {
  try {
    const { forS, value } = JSON.parse(payload) as Record<string, unknown>
    return { ...(typeof forS === 'number' && { forS }), ...(typeof value === 'number' && { value }) }
  } catch {
    return undefined
  }
}
