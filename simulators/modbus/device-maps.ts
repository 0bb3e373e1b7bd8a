import type { Thing } from '../experience/thing.ts'
import type { MeterName, SimulatedHall } from '../hall.ts'
import { adl400 } from './acrel.ts'
import { type ChargerSource, kebaP30, terraAc } from './chargers.ts'
import { ddsu666, dtsu666 } from './chint.ts'
import { sdm120, sdm630 } from './eastron.ts'
import { alfenEve, webastoNext } from './forgetful-chargers.ts'
import { sun2000, sungrowSh } from './inverters.ts'
import { b23, em340, iem3155 } from './other-meters.ts'
import type { RegisterMap } from './registers.ts'
import { sunspecMeter } from './sunspec.ts'

/** A Modbus device of the hall file, as far as the simulators need it. */
export interface ModbusDevice {
  readonly id: string
  readonly profile: string
  readonly variant?: string | undefined
}

/** Which point of the hall a meter measures, by the end of its id; any other meter sees the whole hall. */
const METERED: Record<string, MeterName> = {
  'meter-main': 'main',
  'meter-self-service': 'self-service',
  'meter-counter': 'counter',
  'meter-lighting': 'lighting',
  'meter-hvac': 'hvac',
  'meter-experience': 'experience',
  'meter-charging': 'charging',
  'meter-server-room': 'server-room',
  'meter-water-heater': 'water',
  'meter-roof': 'roof',
}

/**
 * The registers of a device by its profile. A single-phase meter sits on L1, that of the water heater on the heater's phase.
 * Returns undefined for a model that nobody simulates.
 */
export function registerMapOf(hall: SimulatedHall, device: ModbusDevice, thing?: Thing): RegisterMap | undefined {
  const meter = thing?.meter ?? hall.meters[METERED[device.id] ?? 'main'].state
  const phase = METERED[device.id] === 'water' ? hall.waterHeaterPhase : 0
  switch (device.profile) {
    case 'eastron/sdm630':
      return sdm630(meter)
    case 'eastron/sdm120':
      return sdm120(meter, phase)
    case 'chint/dtsu666':
      return dtsu666(meter, device.variant === 'energy-401e' ? 'energy-401e' : 'energy-101e')
    case 'chint/ddsu666':
      return ddsu666(meter, phase)
    case 'acrel/adl400':
      return adl400(meter)
    case 'schneider/iem3155':
      return iem3155(meter)
    case 'carlo-gavazzi/em340':
      return em340(meter)
    case 'abb/b23':
      return b23(meter)
    case 'keba/p30':
      return kebaP30(chargerSource(hall, device.id, thing))
    case 'abb/terra-ac':
      return terraAc(chargerSource(hall, device.id, thing))
    case 'alfen/eve':
      return alfenEve(chargerSource(hall, device.id, thing))
    case 'webasto/next':
      return webastoNext(chargerSource(hall, device.id, thing))
    case 'huawei/sun2000':
      return sun2000(hall)
    case 'sungrow/sh':
      return sungrowSh(hall)
    case 'sunspec/meter':
      return sunspecMeter(meter)
    default:
      return undefined
  }
}

function chargerSource(hall: SimulatedHall, id: string, thing?: Thing): ChargerSource {
  if (thing?.charger) return { charger: thing.charger, phases: [0], u: [220, 220, 220] }
  const charger = hall.chargers.get(id)
  if (!charger) throw new Error(`The simulated hall has no charger "${id}".`)
  return { charger: charger.state, phases: charger.phases, u: hall.state.supply.u }
}
