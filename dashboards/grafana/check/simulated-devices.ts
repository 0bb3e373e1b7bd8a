import type { ResolvedDevice, ResolvedHall } from '../../../gateway/src/config/resolved-hall.ts'
import type { BadReason, Frame, Value } from '../../../gateway/src/domain/frame.ts'
import { compileRegisters, isBad } from '../../../gateway/src/profiles/decode-registers.ts'
import type { SimulatedDevice } from '../../../simulators/device.ts'
import { createFaults, FAULTS } from '../../../simulators/faults.ts'
import { fittingsOf } from '../../../simulators/fittings.ts'
import { createHall } from '../../../simulators/hall.ts'
import type { HallDevice, HallFile } from '../../../simulators/hall-file.ts'
import { answer, type ModbusUnit } from '../../../simulators/modbus/unit.ts'
import type { Make, Message } from '../../../simulators/mqtt/make.ts'
import { zigbeeBridge } from '../../../simulators/mqtt/zigbee.ts'
import { baseOf, makeOf, textOf } from '../../../simulators/mqtt-devices.ts'
import { simulatedDevice, unitsOf } from '../../../simulators/simulators.ts'

/** What a device would send to the broker now, and as which user. */
export interface Sent {
  readonly user: string
  readonly topic: string
  readonly payload: string
  readonly qos: 0 | 1
}

/**
 * The simulators of a hall without their sockets: physics on a stepped clock, registers and payloads as on the wire.
 * Modbus answers are decoded by the gateway's profiles; MQTT payloads are left to the gateway's ingest.
 */
export function createSimulatedDevices(parts: {
  file: HallFile
  hall: ResolvedHall
  seed: number
  start: number
  clockMs: () => number
}) {
  const { file, hall, seed, start, clockMs } = parts
  const physics = createHall({ seed, start, fittings: fittingsOf(file.devices) })
  const devices = new Map<string, SimulatedDevice>()
  let evaluators = 0
  for (const device of file.devices)
    devices.set(
      device.id,
      simulatedDevice(device, physics, device.profile.includes('evaluator') ? evaluators++ : undefined),
    )
  const faults = createFaults(devices)
  const polled = polledDevices()
  const speakers = file.devices.filter(({ link }) => link === undefined).flatMap(speakerOf)

  function polledDevices(): { device: ResolvedDevice; read: () => Frame | undefined }[] {
    const units = Object.keys(file.links).flatMap((link) => {
      const onLink = file.devices.filter((device) => device.link === link)
      return [...unitsOf(onLink, devices, physics, () => {}).values()]
    })
    return units.flatMap((unit) => {
      const device = hall.devices.get(unit.device)
      return device?.profile.modbus ? [{ device, read: readerOf(device, unit, clockMs) }] : []
    })
  }

  function speakerOf(device: HallDevice): { device: SimulatedDevice; user: string; make: Make }[] {
    const simulated = devices.get(device.id)!
    const context = {
      hall: file.hall.id,
      device: simulated,
      physics,
      topic: device.topic,
      clockMs: () => clockMs() + (simulated.trouble.clockOffsetMs ?? 0),
      broken: () => faults.of(device.id).map((fault) => FAULTS[fault]?.zh ?? fault),
    }
    const make = makeOf(context)
    return make ? [{ device: simulated, user: device.mqttUser ?? device.id, make }] : []
  }

  const bridge = file.devices.find(({ profile }) => profile === 'zigbee2mqtt/plug')
  const away = new Set<string>(speakers.map(({ device }) => device.id))

  return {
    physics,
    faults,
    polled,
    /** What a technician does beside the repair: new paper, an empty cash box. */
    refill(device: string): void {
      const terminal = physics.terminals.get(device)?.state
      if (terminal) Object.assign(terminal, { receiptPaperPercent: 100, invoicePaperPercent: 100, cashBoxPercent: 0 })
      if (device.startsWith('queue')) physics.counters.state.ticketPaperPercent = 100
    },
    /** Everything the MQTT devices say at this step: greetings, Wills, reports, changes. */
    speak(): Sent[] {
      const sent: Sent[] = []
      const say = (user: string, messages: readonly Message[]) => {
        for (const message of messages)
          sent.push({ user, topic: message.topic, payload: textOf(message), qos: message.qos })
      }
      if (away.size === speakers.length && bridge)
        say(bridge.mqttUser ?? bridge.id, zigbeeBridge(baseOf(bridge)).hello())
      for (const { device, user, make } of speakers) {
        if (device.trouble.disconnected) {
          if (!away.has(device.id) && make.will) say(user, [make.will])
          away.add(device.id)
          continue
        }
        if (away.delete(device.id)) say(user, make.hello())
        if (!device.trouble.silent) say(user, [...make.report(), ...(make.changes?.() ?? [])])
      }
      return sent
    },
  }
}

/** Of a meter's hundred registers those that boards show: the check has to be quick. */
const SHOWN =
  /^(activePower|reactivePower|powerFactor|frequency|voltageL[123]|currentL[123]|activeEnergy(Import|Export)|generatedPower|yieldEnergy(Day)?|gridPower|batteryPower|socPercent|evseState|chargerState|charging|sessionEnergy|vehicleConnected|temperature\..*)$/

/** Reads every register of a device once; undefined when it does not answer. */
function readerOf(device: ResolvedDevice, unit: ModbusUnit, clockMs: () => number): () => Frame | undefined {
  const registers = compileRegisters(device.profile.modbus!, device.variant).filter(({ quantity }) =>
    SHOWN.test(quantity),
  )
  const words = new Map<string, number>()
  const image = { word: (table: string, address: number) => words.get(`${table} ${address}`) ?? -1 }

  function request(table: string, address: number, count: number): void {
    const pdu = Buffer.from([table === 'input' ? 4 : 3, address >> 8, address & 255, count >> 8, count & 255])
    const answered = answer(unit, pdu)
    if (answered.readUInt8(0) & 0x80) return
    for (let i = 0; i < count; i++) words.set(`${table} ${address + i}`, answered.readUInt16BE(2 + 2 * i))
  }

  return () => {
    if (unit.trouble.silent) return undefined
    words.clear()
    const values: Record<string, Value> = {}
    const bad: Record<string, BadReason> = {}
    for (const register of registers) {
      request(register.table, register.address, register.length)
      for (const { table, address } of register.companions)
        if (image.word(table, address) < 0) request(table, address, 1)
      const value = register.decode(image)
      if (isBad(value)) bad[register.quantity] = value.bad
      else values[register.quantity] = value
    }
    return { device: device.id, stream: 'reading', at: clockMs(), values, bad }
  }
}
