import { CIRCUITS, type Circuit, type Fittings } from './fittings.ts'
import {
  type Appliance,
  type ApplianceState,
  airConditioner,
  createAppliance,
  openingHoursLoad,
  type Surroundings,
  steadyLoad,
} from './physics/appliances.ts'
import { createBattery } from './physics/battery.ts'
import { createCharger } from './physics/charger.ts'
import { createCounters } from './physics/counter-desk.ts'
import { addFlow, addLoad, createMeter, noFlow, PHASES, type Phase, type Phases, sum } from './physics/electric.ts'
import { isOpen, localTime } from './physics/local-time.ts'
import { noiseOverTime, seededRandom, seedFor } from './physics/random.ts'
import { clearSkyWm2, createClouds, createOutdoorAir, pvPowerW } from './physics/sun.ts'
import { createTerminal } from './physics/terminal.ts'
import { createUps } from './physics/ups.ts'

export const PV = { roofPeakW: 12_000, roofRatedW: 10_000, westPeakW: 3_000, westRatedW: 5_000 }

/** The grid of the physics. Every step is one second, whatever the caller's rhythm: the same seed gives the same series. */
const STEP_MS = 1000
/** A longer sleep (a suspended laptop) is skipped instead of computed. */
const LONGEST_CATCH_UP_MS = 6 * 3_600_000

/**
 * One service hall as physics: no sockets, no clock of its own. What the main meter shows is the sum of what the loads draw,
 * minus what roof and battery give; energy registers are the integral of power.
 * @param options.seed  the same seed and start give the same series
 * @param options.start Unix ms; any instant
 * @param options.guests loads on the circuit of the experience zone that are stepped elsewhere
 */
export function createHall(options: {
  seed: number
  start: number
  fittings: Fittings
  guests?: readonly ApplianceState[]
}) {
  const { seed, start, fittings } = options
  const random = (name: string) => seededRandom(seedFor(seed, name))
  const noise = (name: string, periodMs: number) => noiseOverTime(seedFor(seed, name), periodMs)

  const clouds = createClouds(seed)
  const outdoorAir = createOutdoorAir(seed)
  const gridV = [noise('u1', 90_000), noise('u2', 90_000), noise('u3', 90_000)] as const
  const gridHz = noise('hz', 20_000)

  const terminals = new Map(fittings.terminals.map(({ id }) => [id, createTerminal(random(id))]))
  const appliances = new Map(
    fittings.appliances.map(({ id, model }) => [id, createAppliance(model, random(id), noise(id, 15_000))]),
  )
  const chargers = new Map(
    fittings.chargers.map(({ id, maxA, phases }, index) => [
      id,
      createCharger({ maxA, phases, random: random(id), busyAtStart: index === 0 }),
    ]),
  )
  const counters = createCounters(fittings.counters, random('counters'))
  const ups = createUps()
  const battery = createBattery(0.45 + 0.3 * random('soc')())

  const fixed: { circuit: Circuit; phases: readonly Phase[]; load: Appliance }[] = [
    { circuit: 'lighting', phases: [0], load: openingHoursLoad(1680, 110, 0.95) },
    { circuit: 'hvac', phases: PHASES, load: airConditioner(6200) },
    { circuit: 'counter', phases: [0], load: openingHoursLoad(310, 14, 0.93) },
    { circuit: 'counter', phases: [1], load: openingHoursLoad(340, 14, 0.93) },
    { circuit: 'counter', phases: [2], load: openingHoursLoad(290, 12, 0.93) },
    { circuit: 'self-service', phases: [1], load: steadyLoad(34, 0.92, noise('queue', 60_000)) },
    { circuit: 'server-room', phases: [1], load: steadyLoad(180, 0.96, noise('cooling', 240_000), 0.3) },
    { circuit: 'rest', phases: [0], load: steadyLoad(85, 0.9, noise('rest', 300_000), 0.2) },
    { circuit: 'rest', phases: [2], load: openingHoursLoad(60, 20, 0.9) },
  ]
  const rackW = noise('rack', 30_000)

  const meterStart = random('registers')
  const meters = {
    main: createMeter(48_000 + 9000 * meterStart(), 3100 + 500 * meterStart()),
    water: createMeter(900 + 300 * meterStart()),
    ...(Object.fromEntries(CIRCUITS.map((name) => [name, createMeter(1500 + 6000 * meterStart())])) as Record<
      Circuit,
      ReturnType<typeof createMeter>
    >),
    roof: createMeter(2, 21_500 + 4000 * meterStart()),
    hybrid: createMeter(640, 5200 + 800 * meterStart()),
  }

  const state = {
    /** Unix ms of the last step. */
    at: start,
    open: false,
    outdoorC: outdoorAir(start),
    indoorC: 23,
    irradianceWm2: 0,
    supply: { u: [220, 220, 220] as Phases, hz: 50 },
    roof: { powerW: 0, totalKWh: meters.roof.state.exportKWh, dayKWh: 0, peakW: 0 },
    west: { powerW: 0, totalKWh: 4900 + 600 * meterStart(), dayKWh: 0 },
    battery: battery.state,
    ups: ups.state,
    counters: counters.state,
    restW: 0,
  }
  let day = -1

  function stepOnce(at: number): void {
    const seconds = STEP_MS / 1000
    const time = localTime(at)
    if (time.day !== day) {
      day = time.day
      state.roof.dayKWh = 0
      state.roof.peakW = 0
      state.west.dayKWh = 0
    }
    state.at = at
    state.open = isOpen(time)
    state.outdoorC = outdoorAir(at)
    const comfort = state.open ? 24 : state.outdoorC * 0.4 + 14
    state.indoorC += (comfort - state.indoorC) * (seconds / 5400)
    state.irradianceWm2 = clearSkyWm2(at) * clouds(at)

    const before = meters.main.state
    // The hall's own load pulls its phase down by about 1 V per 10 A.
    for (const phase of PHASES) state.supply.u[phase] = 224 + 3 * gridV[phase](at) - (0.1 * before.p[phase]) / 220
    state.supply.hz = 50 + 0.03 * gridHz(at)

    const around: Surroundings = { at, time, seconds, outdoorC: state.outdoorC, indoorC: state.indoorC }
    const flows = Object.fromEntries(CIRCUITS.map((name) => [name, noFlow()])) as Record<
      Circuit,
      ReturnType<typeof noFlow>
    >
    const water = noFlow()

    for (const { circuit, phases, load } of fixed) {
      load.step(around)
      addLoad(flows[circuit], load.state.powerW, load.state.powerFactor, phases)
    }
    for (const { id, phase } of fittings.terminals) {
      const terminal = terminals.get(id)!
      terminal.step(time, state.indoorC, seconds)
      addLoad(flows['self-service'], terminal.state.powerW, terminal.state.powerFactor, [phase])
    }
    for (const { id, model, phase } of fittings.appliances) {
      const load = appliances.get(id)!
      load.step(around)
      addLoad(flows.experience, load.state.powerW, load.state.powerFactor, [phase])
      if (model === 'water-heater') addLoad(water, load.state.powerW, load.state.powerFactor, [phase])
    }
    for (const { powerW, powerFactor } of options.guests ?? []) addLoad(flows.experience, powerW, powerFactor, [0])
    for (const charger of chargers.values()) {
      charger.step(at, time, state.supply.u[charger.phases[0] ?? 0], seconds)
      addLoad(flows.charging, charger.state.powerW, charger.powerFactor, charger.phases)
    }
    ups.step(430 * (1 + 0.06 * rackW(at)), state.supply.u[0], seconds)
    addLoad(flows['server-room'], ups.state.inputW, 0.98, [0])
    counters.step(at, time, seconds)

    state.roof.powerW = pvPowerW(state.irradianceWm2, state.outdoorC, PV.roofPeakW, PV.roofRatedW)
    state.west.powerW = pvPowerW(state.irradianceWm2, state.outdoorC, PV.westPeakW, PV.westRatedW)
    state.roof.peakW = Math.max(state.roof.peakW, state.roof.powerW)
    const kWh = (watts: number) => (watts * seconds) / 3_600_000
    state.roof.totalKWh += kWh(state.roof.powerW)
    state.roof.dayKWh += kWh(state.roof.powerW)
    state.west.totalKWh += kWh(state.west.powerW)
    state.west.dayKWh += kWh(state.west.powerW)

    const main = noFlow()
    for (const name of CIRCUITS) addFlow(main, flows[name])
    const demandW = sum(main.p) - state.roof.powerW - state.west.powerW
    battery.step(demandW, seconds)
    const roof = noFlow()
    addLoad(roof, -state.roof.powerW, 1, PHASES)
    const hybrid = noFlow()
    addLoad(hybrid, battery.state.powerW - state.west.powerW, 1, PHASES)
    addFlow(main, roof)
    addFlow(main, hybrid)
    state.restW = sum(flows.rest.p)

    for (const name of CIRCUITS) meters[name].step(flows[name], state.supply, seconds)
    meters.water.step(water, state.supply, seconds)
    meters.roof.step(roof, state.supply, seconds)
    meters.hybrid.step(hybrid, state.supply, seconds)
    meters.main.step(main, state.supply, seconds)
  }

  stepOnce(start)

  return {
    state,
    meters,
    terminals,
    appliances,
    chargers,
    battery,
    ups,
    counters,
    waterHeaterPhase: fittings.appliances.find(({ model }) => model === 'water-heater')?.phase ?? (0 as Phase),
    /** Brings the hall to `now`, Unix ms, in whole seconds. Time that stands still or goes back changes nothing. */
    step(now: number): void {
      if (now - state.at > LONGEST_CATCH_UP_MS) state.at = now - STEP_MS
      while (state.at + STEP_MS <= now) stepOnce(state.at + STEP_MS)
    },
  }
}

export type SimulatedHall = ReturnType<typeof createHall>
export type MeterName = keyof SimulatedHall['meters']
