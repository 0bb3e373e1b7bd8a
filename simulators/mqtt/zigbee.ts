import type { ApplianceState } from '../physics/appliances.ts'
import { type Make, type MakeContext, round } from './make.ts'
import { plugReadings } from './plug-readings.ts'
import { plugRelay } from './plug-relay.ts'

/** Base topic of the bridge and its own Will; the plugs behind it have no connection of their own. */
export const zigbeeBridge = (base: string): Make => ({
  periodMs: 60_000,
  will: { topic: `${base}/bridge/state`, payload: { state: 'offline' }, qos: 1, retain: true },
  hello: () => [{ topic: `${base}/bridge/state`, payload: { state: 'online' }, qos: 1, retain: true }],
  report: () => [],
})

/** A plug behind Zigbee2MQTT with availability switched on. */
export function zigbeePlug(context: MakeContext, appliance: ApplianceState, base: string): Make {
  const name = context.topic.name ?? context.device.id
  const relay = plugRelay(appliance)
  const state = () => {
    const r = plugReadings(appliance, context.physics)
    return {
      state: r.on ? 'ON' : 'OFF',
      power: round(r.powerW, 1),
      voltage: round(r.voltage, 1),
      current: round(r.currentA, 2),
      energy: round(12.34 + r.energyKWh, 2),
      ac_frequency: round(r.hz, 2),
      power_factor: round(r.powerFactor, 2),
      linkquality: 142,
    }
  }
  return {
    periodMs: context.device.thing ? 1000 : 5000,
    hello: () => [{ topic: `${base}/${name}/availability`, payload: { state: 'online' }, qos: 1, retain: true }],
    report: () => [{ topic: `${base}/${name}`, payload: state(), qos: 1 }],
    subscribes: [`${base}/${name}/set`, `${base}/${name}/get`],
    receive: (topic, payload) => {
      // The bridge hears for all its plugs.
      if (topic !== `${base}/${name}/set` && topic !== `${base}/${name}/get`) return []
      if (topic.endsWith('/set')) {
        const wanted = /"state"\s*:\s*"(ON|OFF|TOGGLE)"/i.exec(payload)?.[1]?.toUpperCase()
        if (wanted) relay.set(wanted === 'TOGGLE' ? !appliance.switchedOn : wanted === 'ON')
      }
      return [{ topic: `${base}/${name}`, payload: state(), qos: 1 }]
    },
  }
}
