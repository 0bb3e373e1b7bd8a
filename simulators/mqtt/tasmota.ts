import type { ApplianceState } from '../physics/appliances.ts'
import { type Make, type MakeContext, type Message, round } from './make.ts'
import { plugReadings } from './plug-readings.ts'
import { plugRelay } from './plug-relay.ts'

/** A Tasmota plug with TelePeriod shortened to 5 s. Its time has no zone; LWT is plain text and retained. */
export function tasmotaPlug(context: MakeContext, appliance: ApplianceState): Make {
  const { physics, clockMs } = context
  const name = context.topic.topic ?? context.device.id
  const dayStartKWh = appliance.energyKWh
  const time = () => new Date(clockMs() + 8 * 3_600_000).toISOString().slice(0, 19)
  const power = () => (appliance.switchedOn ? 'ON' : 'OFF')
  const relay = plugRelay(appliance)
  let pulseS = 0

  const told = (): Message[] => [
    { topic: `stat/${name}/RESULT`, payload: { POWER: power() }, qos: 0 },
    { topic: `stat/${name}/POWER`, payload: power(), qos: 0 },
  ]

  function energy() {
    const r = plugReadings(appliance, physics)
    return {
      TotalStartTime: '2026-01-05T09:30:00',
      Total: round(37.2 + r.energyKWh, 3),
      Yesterday: 0.412,
      Today: round(r.energyKWh - dayStartKWh, 3),
      Period: Math.round((r.powerW * 5) / 3600),
      Power: Math.round(r.powerW),
      ApparentPower: Math.round(r.apparentVA),
      ReactivePower: Math.round(r.reactiveVar),
      Factor: round(r.powerFactor, 2),
      Voltage: Math.round(r.voltage),
      Current: round(r.currentA, 3),
    }
  }

  /** One command of the console: `Power1 ON`, `PulseTime1 160`, `STATUS 10`, `Backlog a; b`. */
  function obey(command: string, argument: string): Message[] {
    switch (command.toUpperCase().replace(/1$/, '')) {
      case 'BACKLOG':
        return argument.split(';').flatMap((one) => {
          const [word = '', ...rest] = one.trim().split(/\s+/)
          return obey(word, rest.join(' '))
        })
      case 'PULSETIME':
        // Up to 111 tenths of a second; from 112 on seconds, with 100 added.
        pulseS = Number(argument) <= 111 ? Number(argument) / 10 : Number(argument) - 100
        return [{ topic: `stat/${name}/RESULT`, payload: { PulseTime1: { Set: Number(argument) } }, qos: 0 }]
      case 'STATUS':
        if (argument !== '10') return []
        return [{ topic: `stat/${name}/STATUS10`, payload: { StatusSNS: { Time: time(), ENERGY: energy() } }, qos: 0 }]
      case 'POWER': {
        const word = argument.toUpperCase()
        if (['ON', '1'].includes(word)) relay.set(true, pulseS)
        else if (['OFF', '0'].includes(word)) relay.set(false)
        else if (['TOGGLE', '2'].includes(word)) relay.set(!appliance.switchedOn)
        return told()
      }
      default:
        return [{ topic: `stat/${name}/RESULT`, payload: { Command: 'Unknown' }, qos: 0 }]
    }
  }

  return {
    // Its shortest TelePeriod is 10 s; the demo's own plugs are simulated faster.
    periodMs: context.device.thing ? 10_000 : 5000,
    will: { topic: `tele/${name}/LWT`, payload: 'Offline', qos: 1, retain: true },
    hello: () => [{ topic: `tele/${name}/LWT`, payload: 'Online', qos: 0, retain: true }],
    report: () => [
      {
        topic: `tele/${name}/STATE`,
        qos: 0,
        payload: {
          Time: time(),
          Uptime: '3T04:11:52',
          UptimeSec: 274_312,
          Heap: 27,
          SleepMode: 'Dynamic',
          Sleep: 50,
          LoadAvg: 19,
          MqttCount: 1,
          POWER: power(),
          Wifi: { AP: 1, SSId: 'hall-iot', Channel: 6, RSSI: 74, Signal: -63, LinkCount: 1 },
        },
      },
      {
        topic: `tele/${name}/SENSOR`,
        qos: 0,
        payload: {
          Time: time(),
          ENERGY: energy(),
        },
      },
    ],
    subscribes: [`cmnd/${name}/#`],
    changes: () => (relay.changed() ? told() : []),
    receive: (topic, payload) => {
      const prefix = `cmnd/${name}/`
      return topic.startsWith(prefix) ? obey(topic.slice(prefix.length), payload.trim()) : []
    },
  }
}
