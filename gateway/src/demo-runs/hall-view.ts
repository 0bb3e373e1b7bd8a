import { createOpeningHours } from '../alarms/opening-hours.ts'
import type { Commands } from '../commands/command.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { bindingsOf, type KnownDevice } from '../demos/bindings.ts'
import type { Prices } from '../demos/money.ts'
import type { ReadScenario } from '../demos/read-scenarios.ts'
import type { HallNow } from '../demos/readiness.ts'
import type { Situation } from '../demos/run.ts'
import type { CircuitView, InterlockView } from '../demos/run-view.ts'
import type { DeviceState } from '../readings/readings.ts'
import type { Catalogue } from './catalogue.ts'
import { goesOffAlone } from './goes-off-alone.ts'
import { hallInterlocks, type TrippedInput, trippedInputs } from './hall-inputs.ts'
import { knownDevice } from './known-device.ts'

export interface HallViewParts {
  hall(): ResolvedHall
  readonly catalogue: Catalogue
  state(device: string): DeviceState | undefined
  readonly commands: Pick<Commands, 'available'>
  /** Devices with an open alarm of P1 or P2. */
  faulty(): ReadonlySet<string>
  /** Unix ms at which a device of the demonstrations was last switched off. */
  offAt(device: string): number | undefined
  /** Circuits that runs hold. */
  locks(): HallNow['locks']
  now(): number
}

/** The hall as demonstrations see it, at this moment. */
export interface HallView {
  known(id: string): KnownDevice | undefined
  hallNow(): HallNow
  tripped(): readonly TrippedInput[]
  interlocks(): readonly InterlockView[]
  open(): boolean
  prices(scenario: string): Prices
  circuits(): readonly CircuitView[]
  /** The same for interlocks: undefined power where no meter measures the whole circuit. */
  circuitLoads(): Situation['circuits']
  /** Whether a role of the device is on the circuit. */
  hangsOn(circuit: string, device: string): boolean
  /** Every device that a scenario may switch. */
  switchable(): readonly string[]
}

export function createHallView(parts: HallViewParts): HallView {
  const { catalogue, commands, state, now } = parts
  const settings = () => parts.hall().hall.demos
  let hours: { readonly of: unknown; readonly open: (now: number) => boolean } | undefined

  /** I11: the schedule of the demonstrations, else the opening hours. */
  function open(): boolean {
    const { hall, repair, demos } = parts.hall().hall
    const of = demos.schedule ?? repair.openingHours
    if (hours?.of !== of) hours = { of, open: createOpeningHours(of, hall.timeZone) }
    return hours.open(now())
  }

  function known(id: string): KnownDevice | undefined {
    const device = parts.hall().devices.get(id)
    return device && knownDevice(device, state(id), commands.available(id) ?? [], parts.faulty().has(id))
  }

  const tripped = () => trippedInputs(settings(), state)

  function prices(scenario: string): Prices {
    const { tariff, touTariff, businessTariff, usedKWh, scenarioTariffs } = settings()
    const own = scenarioTariffs[scenario]
    const { book } = catalogue
    return {
      tariff: book.tariff(own?.tariff ?? tariff),
      touTariff: book.tariff(own?.touTariff ?? touTariff),
      businessTariff: book.tariff(businessTariff),
      usedKWh: own?.usedKWh ?? usedKWh,
    }
  }

  const powerOf = (device: string) => {
    const reading = state(device)?.readings.get('activePower')
    return reading?.quality === 'good' && typeof reading.value === 'number' ? reading.value : undefined
  }

  /** Each device once, whatever roles it has. */
  function devicesOn(circuit: string): readonly string[] {
    const { roles, scenarioRoles } = settings()
    const all = [roles, ...Object.values(scenarioRoles)].flatMap((bound) => Object.values(bound).flat())
    return [...new Set(all.flatMap((one) => (one.circuit === circuit ? one.device : [])))]
  }

  return {
    known,
    open,
    tripped,
    prices,
    interlocks: () => hallInterlocks(settings(), tripped(), open()),
    hallNow: () => ({
      now: now(),
      settings: settings(),
      device: known,
      tripped: tripped(),
      open: open(),
      locks: parts.locks(),
      offAt: parts.offAt,
      goesOffAlone(id, on) {
        const device = parts.hall().devices.get(id)
        return device !== undefined && goesOffAlone(device, on)
      },
      hasTariff: (scenario, which) => {
        const { tariff, touTariff, businessTariff } = prices(scenario)
        return (which === 'tariff' ? (tariff ?? touTariff) : businessTariff) !== undefined
      },
    }),
    circuits() {
      const locks = parts.locks()
      return settings().circuits.map(({ id, name, limitW, meter }) => {
        const powers = (meter === undefined ? devicesOn(id) : [meter]).map(powerOf)
        const lock = locks.get(id)
        const all = powers.every((power) => power === undefined)
        const powerW = all ? null : powers.reduce<number>((sum, power) => sum + (power ?? 0), 0)
        return { id, name, limitW, powerW, ...(lock && { run: lock.run }) }
      })
    },
    circuitLoads: () =>
      new Map(
        settings().circuits.map(({ id, limitW, meter }) => [
          id,
          { limitW, powerW: meter === undefined ? undefined : powerOf(meter) },
        ]),
      ),
    hangsOn: (circuit, device) => devicesOn(circuit).includes(device),
    switchable() {
      const { roles, scenarioRoles } = settings()
      if (Object.keys(roles).length + Object.keys(scenarioRoles).length === 0) return []
      const switched = [...catalogue.scenarios.values()].flatMap((read) => switchedDevices(read, settings()))
      return [...new Set(switched)]
    },
  }
}

const switchedDevices = ({ scenario }: ReadScenario, settings: HallNow['settings']): string[] =>
  Object.entries(scenario.roles).flatMap(([role, { switched }]) =>
    switched ? bindingsOf(settings, scenario.id, role).map(({ device }) => device) : [],
  )
