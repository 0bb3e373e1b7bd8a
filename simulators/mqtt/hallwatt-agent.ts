import type { Make, MakeContext, Message } from './make.ts'

/**
 * A device with our own agent: `hallwatt/{hall}/{device}/state` per period, `/event` at once with the words that changed, and a
 * retained Will on `/online`. Asked for a self-test, it passes unless something is broken; told to restart, it does.
 */
export function hallwattAgent(
  context: MakeContext,
  periodMs: number,
  values: () => Record<string, unknown>,
  restart?: () => void,
): Make {
  const base = `hallwatt/${context.hall}/${context.device.id}`
  let known: Record<string, unknown> = {}

  function selfTest(payload: string): Message[] {
    if (context.device.trouble.silent) return []
    const { id } = JSON.parse(payload) as { id: string }
    const broken = context.broken()
    const outcome = broken.length === 0 ? { id, ok: true } : { id, ok: false, text: broken.join('、') }
    return [{ topic: `${base}/command/self-test/result`, payload: outcome, qos: 1 }]
  }

  const words = () => Object.fromEntries(Object.entries(values()).filter(([, value]) => typeof value === 'string'))

  return {
    periodMs,
    persistentSession: true,
    will: { topic: `${base}/online`, payload: 'false', qos: 1, retain: true },
    hello: () => {
      known = words()
      return [{ topic: `${base}/online`, payload: 'true', qos: 1, retain: true }]
    },
    report: () => [{ topic: `${base}/state`, payload: { t: context.clockMs(), ...values() }, qos: 1 }],
    changes: () => {
      const now = words()
      const changed = Object.entries(now).filter(([name, word]) => known[name] !== word)
      known = now
      return changed.length === 0
        ? []
        : [{ topic: `${base}/event`, payload: { t: context.clockMs(), ...Object.fromEntries(changed) }, qos: 1 }]
    },
    subscribes: [`${base}/command/+`],
    receive(topic, payload) {
      if (topic === `${base}/command/self-test`) return selfTest(payload)
      if (topic !== `${base}/command/restart` || !restart || context.device.trouble.silent) return []
      restart()
      return [{ topic: `${base}/state`, payload: { t: context.clockMs(), ...values() }, qos: 1 }]
    },
  }
}
