import { startControl } from './control.ts'
import type { SimulatedDevice } from './device.ts'
import { isDlt645, metersOf } from './dlt645/hall-meters.ts'
import { createExperience, type Experience, isOnStand } from './experience/experience.ts'
import { createFaults, FAULTS, type Faults, type FaultTarget } from './faults.ts'
import { fittingsOf } from './fittings.ts'
import { createHall, type SimulatedHall } from './hall.ts'
import type { Credentials, HallDevice, HallFile } from './hall-file.ts'
import { registerMapOf } from './modbus/device-maps.ts'
import type { ModbusUnit } from './modbus/unit.ts'
import { type ModbusServer, startModbusServer } from './modbus-server.ts'
import { type MqttDevices, startMqttDevices } from './mqtt-devices.ts'
import { type NetworkDevices, startNetworkDevices } from './network-devices.ts'
import { type OcppDevices, startOcppDevices } from './ocpp-devices.ts'
import type { ApplianceState } from './physics/appliances.ts'

export interface SimulatorsOptions {
  readonly hall: HallFile
  readonly credentials: Credentials
  readonly seed: number
  /** Simulated seconds per real second. Time stamps of devices stay on the real clock; only the physics runs faster. */
  readonly speed: number
  /** Unix ms at which the physics starts. Default: now. */
  readonly start?: number
  /** Port of the control interface; 0 takes any free one. */
  readonly controlPort: number
  /** Moves every port of the hall file, for a second demo on the same machine. */
  readonly shiftPort?: (port: number) => number
  readonly log?: (line: string) => void
}

export interface Simulators {
  readonly devices: ReadonlyMap<string, SimulatedDevice>
  readonly physics: SimulatedHall
  readonly experience: Experience
  readonly faults: Faults
  readonly addresses: {
    readonly control: string
    /** Link id of the hall file → port. */
    readonly links: Readonly<Record<string, number>>
  }
  stats(): Record<string, number>
  close(): Promise<void>
}

const STEP_EVERY_MS = 250
const SHARED_BUS_BAUD = 115_200

/** Starts every device of a hall file on loopback sockets, over one physics. */
export async function startSimulators(options: SimulatorsOptions): Promise<Simulators> {
  const { hall, shiftPort = (port) => port, log = () => {} } = options
  const startedAt = performance.now()
  const start = options.start ?? Date.now()
  const onStands = hall.devices.filter(({ id }) => isOnStand(id))
  const wallStart = Date.now()
  const experience = createExperience({
    seed: options.seed,
    start: wallStart,
    speed: options.speed,
    devices: onStands.map(({ id }) => id),
  })
  const physics = createHall({
    seed: options.seed,
    start,
    fittings: fittingsOf(hall.devices.filter((device) => !onStands.includes(device))),
    guests: [...experience.things.values()].flatMap(({ appliance }) => appliance ?? []),
  })
  const devices = new Map<string, SimulatedDevice>()
  let evaluators = 0
  for (const device of hall.devices)
    devices.set(
      device.id,
      simulatedDevice(device, physics, device.profile.includes('evaluator') ? evaluators++ : undefined, experience),
    )
  const faults = createFaults(devices)

  const stepExperience = () => experience.step(wallStart + performance.now() - startedAt)

  const servers = new Map<string, ModbusServer>()
  let mqtt: MqttDevices | undefined
  let ocpp: OcppDevices | undefined
  let network: NetworkDevices | undefined
  let control: Awaited<ReturnType<typeof startControl>> | undefined
  let timer: NodeJS.Timeout | undefined
  async function close(): Promise<void> {
    clearInterval(timer)
    ocpp?.close()
    await Promise.all([
      control?.close(),
      mqtt?.close(),
      network?.close(),
      ...[...servers.values()].map((server) => server.close()),
    ])
  }

  try {
    for (const [link, settings] of Object.entries(hall.links)) {
      if (settings.type === 'modbus-rtu') continue // a real serial port has real devices on it
      const onLink = hall.devices.filter((device) => device.link === link)
      servers.set(
        link,
        await startModbusServer({
          host: '127.0.0.1',
          port: shiftPort(settings.port),
          framing: settings.type === 'modbus-tcp' ? 'tcp' : 'rtu',
          meters: metersOf(onLink, devices, physics),
          units: unitsOf(onLink, devices, physics, log),
          baud: settings.type === 'modbus-rtu-over-tcp' ? settings.baud : onLink.length > 1 ? SHARED_BUS_BAUD : 0,
          ...(onLink.some(({ profile }) => profile === 'huawei/sun2000') && { maxClients: 1, deafAfterConnectMs: 500 }),
        }),
      )
    }
    mqtt = startMqttDevices({
      url: `mqtt://${hall.broker.host}:${shiftPort(hall.broker.port)}`,
      credentials: options.credentials,
      log,
      beforeCommand: stepExperience,
      devices: hall.devices
        .filter(({ link, chargePoint, host, meter }) => (link ?? chargePoint ?? host ?? meter) === undefined)
        .map((device) => {
          const simulated = devices.get(device.id)!
          return {
            hall: hall.hall.id,
            device: simulated,
            physics,
            topic: device.topic,
            user: device.mqttUser ?? device.id,
            // What stands in the experience zone stamps its values with the instant they are of.
            clockMs: () => (simulated.thing ? experience.now() : Date.now()) + (simulated.trouble.clockOffsetMs ?? 0),
            broken: () => faults.of(device.id).map((fault) => FAULTS[fault]?.zh ?? fault),
          }
        }),
    })
    if (hall.ocpp)
      ocpp = startOcppDevices({
        url: `ws://${hall.ocpp.host}:${shiftPort(hall.ocpp.port)}/ocpp`,
        devices: hall.devices,
        simulated: devices,
        physics,
      })
    network = await startNetworkDevices(
      hall.devices.filter(({ host }) => host !== undefined),
      shiftPort,
      log,
    )
    control = await startControl({
      port: options.controlPort,
      devices,
      faults,
      happenings: experience.happenings,
      state: () => ({
        ...physics.state,
        at: new Date(physics.state.at).toISOString(),
        main: physics.meters.main.state,
        loads: Object.fromEntries(
          [...experience.things].flatMap(([id, { appliance }]) => (appliance ? [[id, loadOf(appliance)]] : [])),
        ),
      }),
    })
  } catch (error) {
    await close()
    throw error
  }
  timer = setInterval(() => {
    stepExperience()
    network?.step(STEP_EVERY_MS / 1000)
    physics.step(start + (performance.now() - startedAt) * options.speed)
  }, STEP_EVERY_MS)

  return {
    devices,
    physics,
    experience,
    faults,
    addresses: {
      control: control.url,
      links: Object.fromEntries([...servers].map(([link, server]) => [link, server.port])),
    },
    stats: () => ({
      ...mqtt?.stats(),
      ...ocpp?.stats(),
      ...network?.stats(),
      requests: [...servers.values()].reduce((n, s) => n + s.stats.requests, 0),
    }),
    close,
  }
}

const loadOf = ({ switchedOn, powerW, energyKWh }: ApplianceState) => ({ switchedOn, powerW, energyKWh })

export function unitsOf(
  onLink: readonly HallDevice[],
  devices: ReadonlyMap<string, SimulatedDevice>,
  physics: SimulatedHall,
  log: (line: string) => void,
): Map<number, ModbusUnit> {
  const units = new Map<number, ModbusUnit>()
  for (const device of onLink.filter((one) => !isDlt645(one))) {
    const { thing, trouble } = devices.get(device.id) ?? {}
    const map = registerMapOf(physics, device, thing)
    if (map && trouble)
      units.set(device.unitId ?? (device.profile === 'keba/p30' ? 255 : 1), { device: device.id, map, trouble })
    else log(`${device.id}: nobody simulates a ${device.profile}; it stays silent.`)
  }
  return units
}

export function simulatedDevice(
  device: HallDevice,
  physics: SimulatedHall,
  counter: number | undefined,
  experience?: Experience,
): SimulatedDevice {
  const thing = experience?.things.get(device.id)
  const terminal = physics.terminals.get(device.id)?.state
  const appliance = thing?.appliance ?? physics.appliances.get(device.id)?.state
  const charger = thing?.charger ?? physics.chargers.get(device.id)?.state
  const isQueue = device.profile.includes('ticket-machine')
  const isUps = device.profile.includes('ups')
  // A charger on Modbus has no relay of ours: its current limit is its switch.
  if (device.link !== undefined && thing?.charger && thing.appliance) thing.appliance.switchedOn = true
  if (device.host !== undefined)
    return { id: device.id, name: device.name, profile: device.profile, targets: [], trouble: {} }
  const targets: FaultTarget[] = [
    device.chargePoint !== undefined ? 'ocpp' : device.link === undefined ? 'mqtt' : 'modbus',
  ]
  if (terminal) targets.push('terminal')
  if (appliance) targets.push('appliance')
  if (charger) targets.push('charger')
  if (thing) targets.push('instrument')
  if (thing?.inputs) targets.push('safety')
  if (device.profile === 'hallwatt/charger' || device.profile.startsWith('ocpp/')) targets.push('charger-agent')
  const isMeterAgent = device.profile === 'hallwatt/meter'
  if (isMeterAgent) targets.push('meter-agent')
  if (isQueue) targets.push('queue')
  if (isUps) targets.push('ups')
  if (counter !== undefined) targets.push('evaluator')
  return {
    id: device.id,
    name: device.name,
    profile: device.profile,
    targets,
    trouble: {},
    ...(terminal && { terminal }),
    ...(appliance && { appliance }),
    ...(charger && { charger }),
    ...(thing && { thing }),
    ...(isMeterAgent && { meterClock: { offsetS: 0 } }),
    ...((isQueue || counter !== undefined) && { counters: physics.counters.state }),
    ...(counter !== undefined && { counter }),
    ...(isUps && { ups: physics.ups.state }),
  }
}
