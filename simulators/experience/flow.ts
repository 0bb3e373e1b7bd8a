import { meterOver, rounded, type Stand, type Thing, type Zone } from './thing.ts'

const GRID_W = 3200
const PV_W = 1500
const EVSE_W = 1400

/**
 * D01: the whole hall in one picture. 3200 W from the grid and 1500 W from the roof; the meters of zones and charger see 4600 W of it,
 * so that 100 W (2.1 %) have no meter. All move together by one per cent, as clouds and customers come and go.
 */
export function flow(zone: Zone): Stand {
  const wander = zone.noise('flow')
  let scale = 1
  let dayKWh = 4.2
  const constant = (name: string, watts: number, kWh: number) => ({
    name,
    ...meterOver(() => [{ powerW: watts * scale, reactiveVar: 0 }], { volts: 220, kWh }),
  })
  const meters = [constant('grid', GRID_W, 48_210), constant('zone-a', 1900, 9120), constant('zone-b', 1300, 7333)]
  const pv: Thing = {
    values: () => ({
      generatedPower: rounded(PV_W * scale, 1),
      yieldEnergyDay: rounded(dayKWh, 4),
      yieldEnergy: rounded(12_480 + dayKWh, 4),
    }),
  }
  const storage: Thing = { values: () => ({ batteryPower: 0, socPercent: 64, batteryCapacity: 10 }) }
  const evse: Thing = {
    values: () => ({
      activePower: rounded(EVSE_W * scale, 1),
      evseState: 'C',
      currentL1: rounded((EVSE_W * scale) / 220, 3),
    }),
  }
  return {
    things: { ...Object.fromEntries(meters.map((meter) => [meter.name, meter])), pv, storage, evse },
    step(at, seconds) {
      scale = 1 + 0.01 * wander(at / 10)
      dayKWh += (PV_W * scale * seconds) / 3_600_000
      for (const meter of meters) meter.step(at, seconds)
    },
  }
}
