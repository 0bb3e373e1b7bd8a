import type { Phase } from './electric.ts'
import type { LocalTime } from './local-time.ts'
import type { Random } from './random.ts'

interface Car {
  soc: number
  readonly capacityWh: number
  /** Unix ms when it drives away at the earliest, once full. */
  leavesAt: number
}

type ChargerPart = 'chargerGround' | 'chargerHeat' | 'connectorLock' | 'vehicleLink'

export interface ChargerState {
  /** IEC 61851: A no car, B plugged in, C charging, F charger at fault. */
  state: 'A' | 'B' | 'C' | 'F'
  /** Set from outside: the charger has tripped and gives nothing until this is gone. */
  tripped: boolean
  /** What an agent says is wrong, in the words of its contract; a Modbus charger only says that it stopped. */
  parts: Record<ChargerPart, string>
  powerW: number
  /** A per used phase. */
  currentA: number
  /** Commanded; below 6 A the session is paused. */
  limitA: number
  sessionWh: number
  totalWh: number
  carSoc: number
}

/** Share of full current a car takes: constant up to 80 %, then falling to 8 % when full. */
const chargingShare = (soc: number) => (soc < 0.8 ? 1 : Math.max(0.08, 1 - ((soc - 0.8) / 0.2) * 0.92))

const POWER_FACTOR = 0.99
/** What the charger itself and the car's on-board charger lose. */
const EFFICIENCY = 0.92

/** An AC charger with cars that come and go. `maxA` per phase: 16 A on three phases is 11 kW, 32 A on one is 7 kW. */
export function createCharger(options: {
  maxA: number
  phases: readonly Phase[]
  random: Random
  busyAtStart: boolean
}) {
  const { maxA, phases, random } = options
  let car: Car | undefined = options.busyAtStart
    ? { soc: 0.3 + 0.2 * random(), capacityWh: 60_000, leavesAt: 0 }
    : undefined
  const state: ChargerState = {
    state: 'A',
    tripped: false,
    parts: { chargerGround: 'ok', chargerHeat: 'ok', connectorLock: 'ok', vehicleLink: 'ok' },
    powerW: 0,
    currentA: 0,
    limitA: maxA,
    sessionWh: car ? 4000 + 3000 * random() : 0,
    totalWh: 1_250_000 + Math.round(500_000 * random()),
    carSoc: 0,
  }
  return {
    state,
    maxA,
    phases,
    powerFactor: POWER_FACTOR,
    step(at: number, time: LocalTime, voltage: number, seconds: number): void {
      if (!car && random() < (arrivalsPerHour(time) * seconds) / 3600) {
        car = { soc: 0.15 + 0.45 * random(), capacityWh: random() < 0.5 ? 50_000 : 75_000, leavesAt: 0 }
        state.sessionWh = 0
      }
      if (car && car.soc >= 1 && car.leavesAt === 0) car.leavesAt = at + 600_000 + random() * 1_800_000
      if (car && car.leavesAt > 0 && at >= car.leavesAt) {
        car = undefined
        state.sessionWh = 0
      }
      const charging = car !== undefined && car.soc < 1 && state.limitA >= 6 && !state.tripped
      state.state = state.tripped ? 'F' : !car ? 'A' : charging ? 'C' : 'B'
      state.currentA = charging && car ? Math.min(state.limitA, maxA) * chargingShare(car.soc) : 0
      state.powerW = state.currentA * voltage * POWER_FACTOR * phases.length
      const wh = (state.powerW * seconds) / 3600
      state.sessionWh += wh
      state.totalWh += wh
      if (car) {
        car.soc = Math.min(1, car.soc + (wh * EFFICIENCY) / car.capacityWh)
        state.carSoc = car.soc
      } else state.carSoc = 0
    },
  }
}

/** The charger obeys a new limit within its control loop, not with the next step of the physics. */
export function limitCharger(state: ChargerState, limitA: number): void {
  state.limitA = limitA
  if (limitA >= 6 || state.state !== 'C') return
  state.state = 'B'
  state.currentA = 0
  state.powerW = 0
}

const arrivalsPerHour = ({ hour }: LocalTime) => (hour >= 8 && hour < 20 ? 0.5 : 0.05)
