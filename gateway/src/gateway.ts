import { randomBytes } from 'node:crypto'
import type { Interlock } from './commands/commands.ts'
import { devicesLetGo, type HallChanges, hallChanges } from './config/hall-changes.ts'
import type { ResolvedHall } from './config/resolved-hall.ts'
import type { HallwattError } from './domain/errors.ts'
import { createSteadyClock } from './ports/steady-clock.ts'
import { createReadings, type ReadingsStats } from './readings/readings.ts'
import type { SpoolStats } from './spool/spool.ts'
import { type CommandRooms, openCommandRooms } from './wiring/commands.ts'
import { openDemos } from './wiring/demos.ts'
import { type Devices, openDevices } from './wiring/devices.ts'
import { openFlows } from './wiring/flows.ts'
import { createFrames } from './wiring/frames.ts'
import { letGo } from './wiring/let-go.ts'
import { type GatewayOptions, Opened } from './wiring/opened.ts'
import { openRepair } from './wiring/repair.ts'
import { openScreens } from './wiring/screens.ts'
import { openStorage } from './wiring/storage.ts'
import { openTraffic, recordMessage } from './wiring/traffic.ts'
import { VERSION } from './wiring/version.ts'

/** A running hall. */
export interface Gateway {
  /** `http` is a URL, `mqtt` host:port. */
  addresses(): { readonly http: string; readonly mqtt: string }
  /** Goes over to another state of the hall; only what changed is touched. Ports, store and InfluxDB change at the next start. */
  apply(hall: ResolvedHall): Promise<HallChanges>
  /** The file on disk has problems; shown as not ready until a valid one is applied. */
  refuseConfiguration(error: HallwattError): void
  stats(): { readonly readings: ReadingsStats; readonly spool: SpoolStats }
  close(): Promise<void>
}

/**
 * Starts a hall: store first, then everything that writes to it, then the ports.
 * @throws HallwattError HW_STORE_LOCKED, HW_PORT_IN_USE, HW_BIND_REFUSED, HW_FILE_UNREADABLE … ; what was opened is closed again
 */
export async function startGateway(first: ResolvedHall, options: GatewayOptions): Promise<Gateway> {
  const opened = new Opened()
  try {
    return await openRooms(first, options, opened)
  } catch (error) {
    await opened.close()
    throw error
  }
}

async function openRooms(first: ResolvedHall, options: GatewayOptions, opened: Opened): Promise<Gateway> {
  const { clock } = options
  let current = first
  let refused: HallwattError | undefined
  const hall = () => current

  const storage = await openStorage(first.hall, options, opened)
  const readings = createReadings()
  const frames = createFrames({ hall, readings, spool: storage.spool, clock })
  const configuration = () =>
    refused === undefined
      ? { name: 'configuration', ok: true }
      : { name: 'configuration', ok: false, code: refused.code, message: refused.message }

  // Who judges readings stands ready before the first device speaks; what is told to devices and phones comes after, so the
  // repair chain is handed the way there, not the rooms themselves.
  let devices: Devices | undefined
  let address = ''
  let commandRooms: CommandRooms | undefined
  const repair = await openRepair(
    {
      hall,
      storage,
      readings,
      frames,
      publish: (topic, payload, settings) => devices?.broker.publish(topic, payload, settings),
      publicUrl: () => address,
    },
    options,
    opened,
  )
  readings.setDevices([...first.devices.values()], clock.wallMs())
  repair.takeOver(first)
  const takeMessage: Parameters<typeof openDevices>[0]['takeMessage'] = (message) => {
    recordMessage(traffic, hall(), message)
    repair.takeAnswer(message)
    commandRooms?.takeMessage(message)
  }
  const traffic = openTraffic({ hall, version: VERSION }, options, opened)
  const takeBytes: Parameters<typeof openDevices>[0]['takeBytes'] = (link, direction, bytes) =>
    traffic[direction](link, bytes)
  const flowsPassword = randomBytes(24).toString('base64url')
  devices = await openDevices(
    { hall, store: storage.store, readings, frames, takeMessage, takeBytes, flowsPassword },
    options,
    opened,
  )
  // The demonstrations know the E-stop and stand on the commands room: they are asked from their opening on.
  let byHand: Interlock | undefined
  const interlocks: readonly Interlock[] = [(request, situation) => byHand?.(request, situation)]
  commandRooms = await openCommandRooms(
    { hall, store: storage.store, readings, devices, audit: repair.views.auth.audit, interlocks },
    options,
    opened,
  )
  const { broker } = devices
  const { commands } = commandRooms
  const demos = await openDemos({ hall, storage, readings, frames, commands, repair }, options, opened)
  byHand = demos.byHand
  const flows = await openFlows(
    { hall, readings, repair: repair.views.repair, broker, password: flowsPassword, command: commands.request, demos },
    options,
    opened,
  )
  const http = await openScreens(
    { hall, storage, devices, readings, frames, repair, commands, demos, traffic, flows, configuration },
    options,
    opened,
  )
  address = http.address()
  const steady = createSteadyClock(clock)
  opened.every(1000, () => {
    const setByMs = steady.jumped()
    if (setByMs !== 0) readings.clockSet(setByMs, clock.wallMs())
    readings.tick(clock.wallMs())
  })

  return {
    addresses() {
      const { host, port } = broker.addresses().tcp
      return { http: http.address(), mqtt: `${host}:${port}` }
    },
    async apply(next) {
      const changes = hallChanges(current, next)
      const leaving = devicesLetGo(current, next)
      if (leaving.length > 0) await letGo(leaving, demos, options)
      current = next
      frames.forgetSeries()
      readings.setDevices([...next.devices.values()], clock.wallMs())
      repair.takeOver(next)
      await devices?.takeOver(next)
      refused = undefined
      return changes
    },
    refuseConfiguration(error) {
      refused = error
    },
    stats: () => ({ readings: readings.stats(), spool: storage.spool.stats() }),
    close: () => opened.close(),
  }
}
