import type { SimulatedHall } from '../hall.ts'
import { PV } from '../hall.ts'
import { BATTERY } from '../physics/battery.ts'
import { sum } from '../physics/electric.ts'
import { lineVoltages } from './eastron.ts'
import { i16, i32, type RegisterMap, text, threePhases, u16, u32 } from './registers.ts'

/** Huawei SUN2000-10KTL on the roof, with its own view of the main meter. 64 registers a request, holes between blocks refused. */
export const sun2000 = (hall: SimulatedHall): RegisterMap => {
  const { roof, supply } = hall.state
  const ac = hall.meters.roof.state
  const main = hall.meters.main.state
  const dcW = () => roof.powerW / 0.982
  const running = () => roof.powerW > 0
  const stringV = () => (running() ? 560 + 40 * Math.min(1, roof.powerW / PV.roofRatedW) : 0)
  return {
    wordOrder: 'high-first',
    maxRegisters: 64,
    holding: {
      blocks: [
        [30000, 30078],
        [32000, 32010],
        [32016, 32023],
        [32064, 32094],
        [32106, 32119],
        [37100, 37138],
      ],
      points: [
        text(30000, 15, 'SUN2000-10KTL-M1'),
        text(30015, 10, 'HV2050301234'),
        text(30025, 10, '01074567-001'),
        text(30035, 15, 'V100R001C00SPC143'),
        text(30050, 15, 'V100R001C00SPC143'),
        u16(30070, () => 429),
        u16(30071, () => 2),
        u16(30072, () => 2),
        u32(30073, () => PV.roofRatedW),
        u32(30075, () => PV.roofRatedW * 1.1),
        u16(32000, () => (running() ? 0b110 : 0b1)),
        u16(32002, () => 0b111),
        i16(32016, () => stringV() / 0.1),
        i16(32017, () => (running() ? dcW() / 2 / stringV() / 0.01 : 0)),
        i16(32018, () => stringV() / 0.1),
        i16(32019, () => (running() ? dcW() / 2 / stringV() / 0.01 : 0)),
        i32(32064, dcW),
        ...threePhases(u16, 32066, 1, () => lineVoltages(main), 0.1),
        ...threePhases(u16, 32069, 1, () => supply.u, 0.1),
        ...threePhases(i32, 32072, 2, () => ac.i, 0.001),
        i32(32078, () => roof.peakW),
        i32(32080, () => roof.powerW),
        i32(32082, () => 0),
        i16(32084, () => 1000),
        u16(32085, () => supply.hz / 0.01),
        u16(32086, () => (running() ? 9820 : 0)),
        i16(32087, () => (hall.state.outdoorC + 8 + roof.powerW / 400) / 0.1),
        u16(32088, () => 3000),
        u16(32089, () => (running() ? 0x0200 : 0xa000)),
        u16(32090, () => 0),
        u32(32091, () => undefined),
        u32(32093, () => undefined),
        u32(32106, () => roof.totalKWh / 0.01),
        u32(32108, () => roof.totalKWh / 0.982 / 0.01),
        u32(32112, () => roof.powerW / 1000 / 0.01),
        u32(32114, () => roof.dayKWh / 0.01),
        u32(32116, () => (roof.dayKWh + 412) / 0.01),
        u32(32118, () => (roof.dayKWh + 5210) / 0.01),
        u16(37100, () => 1),
        ...threePhases(i32, 37101, 2, () => main.u, 0.1),
        ...threePhases(i32, 37107, 2, () => main.i, 0.01),
        // Positive is export here, the opposite of the meter itself.
        i32(37113, () => -main.totalP),
        i32(37115, () => -main.totalQ),
        i16(37117, () => main.totalPf / 0.001),
        i16(37118, () => main.hz / 0.01),
        i32(37119, () => main.exportKWh / 0.01),
        i32(37121, () => main.importKWh / 0.01),
        i32(37123, () => main.importKvarh / 0.01),
        u16(37125, () => 1),
        ...threePhases(i32, 37126, 2, () => lineVoltages(main), 0.1),
        ...threePhases(i32, 37132, 2, () => [-main.p[0], -main.p[1], -main.p[2]]),
        u16(37138, () => 1),
      ],
    },
  }
}

/** Sungrow SH5.0RT: hybrid inverter with the west roof and the battery. Low word first; address 5038 and the gaps between blocks refused. */
export const sungrowSh = (hall: SimulatedHall): RegisterMap => {
  const { west, battery, supply } = hall.state
  const main = hall.meters.main.state
  const ac = hall.meters.hybrid.state
  const charging = () => battery.powerW > 5
  const discharging = () => battery.powerW < -5
  const batteryV = () => 192 + 12 * battery.soc
  const loadW = () => main.totalP + hall.state.roof.powerW - ac.totalP
  const flowBits = () =>
    (west.powerW > 0 ? 1 : 0) |
    (charging() ? 2 : 0) |
    (discharging() ? 4 : 0) |
    8 |
    (main.totalP < -5 ? 16 : 0) |
    (main.totalP > 5 ? 32 : 0)
  return {
    wordOrder: 'low-first',
    maxRegisters: 125,
    input: {
      blocks: [
        [4989, 5037],
        [5039, 5115],
        [5213, 5214],
        [5241, 5241],
        [5600, 5745],
        [12999, 13123],
        [13249, 13293],
      ],
      points: [
        text(4989, 10, 'A2290501234'),
        u16(4999, () => 0x0e00),
        u16(5000, () => 50),
        u16(5002, () => west.dayKWh / 0.1),
        u32(5003, () => (west.totalKWh + battery.dischargedKWh) / 0.1),
        i16(5007, () => (hall.state.indoorC + 9 + Math.abs(battery.powerW) / 300) / 0.1),
        u16(5010, () => (west.powerW > 0 ? 3800 : 0)),
        u16(5011, () => west.powerW / 380 / 0.1),
        u32(5016, () => west.powerW / 0.97),
        ...threePhases(u16, 5018, 1, () => supply.u, 0.1),
        i32(5032, () => 0),
        i16(5034, () => 1000),
        i32(5213, () => -battery.powerW),
        u16(5241, () => supply.hz / 0.01),
        i32(5600, () => main.totalP),
        ...threePhases(i32, 5602, 2, () => main.p),
        u16(5627, () => BATTERY.ratedW / 100),
        u16(5634, () => 25),
        u16(5635, () => 25),
        u16(5638, () => BATTERY.capacityWh / 10),
        ...threePhases(i16, 5740, 1, () => main.u, 0.1),
        ...threePhases(u16, 5743, 1, () => main.i, 0.01),
        u16(12999, () => 0x0040),
        u16(13000, flowBits),
        u16(13001, () => west.dayKWh / 0.1),
        u32(13002, () => west.totalKWh / 0.1),
        i32(13007, loadW),
        // Positive is export here; 5600 counts import positive.
        i32(13009, () => -main.totalP),
        u16(13019, () => batteryV() / 0.1),
        // Negative while charging; the power beside it has no sign on this firmware, the flow bits tell the direction.
        i16(13020, () => -battery.powerW / batteryV() / 0.1),
        i16(13021, () => Math.abs(battery.powerW)),
        u16(13022, () => battery.soc * 1000),
        u16(13023, () => 985),
        i16(13024, () => battery.temperatureC / 0.1),
        u32(13026, () => battery.dischargedKWh / 0.1),
        ...threePhases(i16, 13030, 1, () => ac.i, 0.1),
        i32(13033, () => -sum(ac.p)),
        u32(13036, () => main.importKWh / 0.1),
        u32(13040, () => battery.chargedKWh / 0.1),
        u32(13045, () => main.exportKWh / 0.1),
        text(13249, 15, 'SAPPHIRE-H_01011.01.42'),
        text(13264, 15, 'WINET-SV200.001.00'),
        text(13279, 15, 'SBRBCU-S_22011.01.22'),
      ],
    },
  }
}
