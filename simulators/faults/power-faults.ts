import type { SimulatedDevice } from '../device.ts'
import type { FaultDefinition } from '../faults.ts'

const ups = (
  zh: string,
  en: string,
  finds: string,
  apply: (ups: NonNullable<SimulatedDevice['ups']>) => void,
  clear: (ups: NonNullable<SimulatedDevice['ups']>) => void,
): FaultDefinition => ({
  zh,
  en,
  finds,
  on: ['ups'],
  apply: (device) => {
    if (device.ups) apply(device.ups)
  },
  clear: (device) => {
    if (device.ups) clear(device.ups)
  },
})

/** UPS, chargers and the appliances of the experience zone. */
export const powerFaults: Record<string, FaultDefinition> = {
  on_battery: ups(
    '市电中断',
    'Mains lost, on battery',
    'ups.on_battery',
    (u) => {
      u.mains = false
    },
    (u) => {
      u.mains = true
    },
  ),
  battery_low: ups(
    'UPS电量低',
    'UPS battery low',
    'ups.low',
    (u) => {
      u.mains = false
      u.chargePercent = Math.min(u.chargePercent, 14)
    },
    (u) => {
      u.mains = true
    },
  ),
  battery_bad: ups(
    'UPS电池失效',
    'UPS battery needs replacing',
    'ups.bad',
    (u) => {
      u.batteryGood = false
    },
    (u) => {
      u.batteryGood = true
    },
  ),
  overload: ups(
    'UPS过载',
    'UPS overload',
    'ups.overload',
    (u) => {
      u.overload = true
    },
    (u) => {
      u.overload = false
    },
  ),
  ups_link_lost: ups(
    'UPS通信中断',
    'UPS communication lost',
    'ups.comm_lost',
    (u) => {
      u.communication = 'lost'
    },
    (u) => {
      u.communication = 'ok'
    },
  ),
  charger_tripped: {
    zh: '充电桩故障',
    en: 'Charger tripped',
    finds: 'ev.ground',
    on: ['charger'],
    apply: ({ charger }) => {
      if (charger) charger.tripped = true
    },
    clear: ({ charger }) => {
      if (charger) charger.tripped = false
    },
  },
  switched_off: {
    zh: '电器被关断',
    en: 'Appliance switched off at its plug',
    on: ['appliance'],
    apply: ({ appliance }) => {
      if (appliance) appliance.switchedOn = false
    },
    clear: ({ appliance }) => {
      if (appliance) appliance.switchedOn = true
    },
  },
}
