import type { SimulatedDevice } from '../device.ts'
import type { FaultDefinition } from '../faults.ts'
import type { ChargerState } from '../physics/charger.ts'

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

/** A plug whose relay does not do what it says. */
const relay = (zh: string, en: string, how: 'dead' | 'welded', finds?: string): FaultDefinition => ({
  zh,
  en,
  ...(finds !== undefined && { finds }),
  on: ['appliance'],
  apply: ({ appliance }) => {
    if (appliance) appliance.relay = how
  },
  clear: ({ appliance }) => {
    if (appliance) delete appliance.relay
  },
})

/** What only a charger with an agent can say about itself. */
const chargerPart = (
  zh: string,
  en: string,
  finds: string,
  part: keyof ChargerState['parts'],
  word: string,
): FaultDefinition => ({
  zh,
  en,
  finds,
  on: ['charger-agent'],
  apply: ({ charger }) => {
    if (charger) charger.parts[part] = word
  },
  clear: ({ charger }) => {
    if (charger) charger.parts[part] = 'ok'
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
      // By itself it would take the better part of an hour: somebody has put in charged batteries.
      u.chargePercent = Math.max(u.chargePercent, 80)
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
    zh: '充电桩漏电',
    en: 'Charger tripped on a ground fault',
    finds: 'ev.ground',
    on: ['charger'],
    apply: ({ charger }) => {
      if (!charger) return
      charger.tripped = true
      charger.parts.chargerGround = 'fault'
    },
    clear: ({ charger }) => {
      if (!charger) return
      charger.tripped = false
      charger.parts.chargerGround = 'ok'
    },
  },
  charger_hot: chargerPart('充电桩过温', 'Charger too hot', 'ev.hot', 'chargerHeat', 'hot'),
  connector_lock: chargerPart('枪锁故障', 'Connector lock failed', 'ev.lock', 'connectorLock', 'failed'),
  vehicle_link: chargerPart('车桩通信异常', 'No talk between charger and car', 'ev.comm', 'vehicleLink', 'error'),
  meter_clock: {
    zh: '电表时钟超差',
    en: 'Meter clock ten minutes off',
    finds: 'mtr.clock',
    on: ['meter-agent'],
    parameters: { seconds: 600 },
    apply: ({ meterClock }, { seconds = 600 }) => {
      if (meterClock) meterClock.offsetS = seconds
    },
    clear: ({ meterClock }) => {
      if (meterClock) meterClock.offsetS = 0
    },
  },
  relay_dead: relay('插座通而无电', 'Plug says on and draws nothing', 'dead'),
  relay_welded: relay('继电器粘连', 'Plug says off and still draws', 'welded', 'demo.not_off'),
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
