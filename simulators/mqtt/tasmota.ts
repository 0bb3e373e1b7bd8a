import type { ApplianceState } from '../physics/appliances.ts'
import { type Make, type MakeContext, round } from './make.ts'
import { plugReadings } from './plug-readings.ts'

/** A Tasmota plug with TelePeriod shortened to 5 s. Its time has no zone; LWT is plain text and retained. */
export function tasmotaPlug(context: MakeContext, appliance: ApplianceState): Make {
  const { physics, clockMs } = context
  const name = context.topic.topic ?? context.device.id
  const dayStartKWh = appliance.energyKWh
  const time = () => new Date(clockMs() + 8 * 3_600_000).toISOString().slice(0, 19)
  const power = () => (appliance.switchedOn ? 'ON' : 'OFF')
  return {
    periodMs: 5000,
    will: { topic: `tele/${name}/LWT`, payload: 'Offline', qos: 1, retain: true },
    hello: () => [{ topic: `tele/${name}/LWT`, payload: 'Online', qos: 0, retain: true }],
    report: () => {
      const r = plugReadings(appliance, physics)
      return [
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
            ENERGY: {
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
            },
          },
        },
      ]
    },
    subscribes: [`cmnd/${name}/#`],
    receive: (topic, payload) => {
      if (topic !== `cmnd/${name}/POWER`) return []
      const command = payload.trim().toUpperCase()
      if (command === 'ON' || command === '1') appliance.switchedOn = true
      else if (command === 'OFF' || command === '0') appliance.switchedOn = false
      else if (command === 'TOGGLE' || command === '2') appliance.switchedOn = !appliance.switchedOn
      return [
        { topic: `stat/${name}/RESULT`, payload: { POWER: power() }, qos: 0 },
        { topic: `stat/${name}/POWER`, payload: power(), qos: 0 },
      ]
    },
  }
}
