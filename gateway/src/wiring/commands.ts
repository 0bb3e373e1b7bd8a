import { z } from 'zod'
import type { Audit } from '../auth/auth.ts'
import type { IncomingPublish } from '../broker/broker.ts'
import { topicOf } from '../broker/topics.ts'
import type { Commands } from '../commands/command.ts'
import { type Interlock, openCommands } from '../commands/commands.ts'
import { createMqttCommands } from '../commands/mqtt-commands.ts'
import type { Answer } from '../commands/proof.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { Value } from '../domain/frame.ts'
import type { Readings } from '../readings/readings.ts'
import type { Store } from '../store/store.ts'
import type { Devices } from './devices.ts'
import type { GatewayOptions, Opened } from './opened.ts'

const MAX_ANSWER_BYTES = 4096
const answerSchema = z.object({ id: z.string(), ok: z.boolean(), text: z.string().max(500).optional() })

export interface CommandRooms {
  readonly commands: Commands
  /** Hears commands of services, and what devices answer. */
  takeMessage(message: IncomingPublish): void
}

/** The commands room on its wires: registers through polling, messages through the broker, proof through readings. */
export async function openCommandRooms(
  parts: {
    hall: () => ResolvedHall
    store: Store
    readings: Readings
    devices: Devices
    audit: Audit
    interlocks: readonly Interlock[]
  },
  { clock, log }: GatewayOptions,
  opened: Opened,
): Promise<CommandRooms> {
  const { hall, readings } = parts
  const { broker, polling, ocpp } = parts.devices
  const watching = new Map<string, Set<(quantity: string, value: Value) => void>>()
  const answering = new Map<string, (answer: Answer) => void>()
  const publish = (topic: string, payload: string) => broker.publish(topic, payload, { qos: 1 })

  opened.add(
    readings.onChange((change) => {
      if (change.type !== 'state') return
      const listeners = watching.get(change.state.device)
      if (!listeners) return
      for (const quantity of change.quantities) {
        const reading = change.state.readings.get(quantity)
        if (reading?.quality !== 'good' || reading.value === undefined) continue
        for (const listener of listeners) listener(quantity, reading.value)
      }
    }),
  )

  const commands = await openCommands({
    store: parts.store,
    audit: (fact, writes) => parts.audit.append(fact, writes),
    devices: () => hall().devices,
    interlocks: parts.interlocks,
    clock,
    log,
    wires: {
      write: polling.write,
      readNow: polling.readNow,
      call: async (device, step, what) =>
        ocpp ? ocpp.call(device, step, what) : '本厅未开放 OCPP 端口 · The hall has no port for charge points.',
      publish,
      state: (device) => readings.device(device),
      watch(device, onValue) {
        const listeners = watching.get(device) ?? new Set()
        watching.set(device, listeners.add(onValue))
        return () => {
          listeners.delete(onValue)
          if (listeners.size === 0) watching.delete(device)
        }
      },
      watchAnswer(device, id, onAnswer) {
        const key = `${device} ${id}`
        answering.set(key, onAnswer)
        return () => answering.delete(key)
      },
    },
  })
  opened.add(() => commands.close())

  const takeCommand = createMqttCommands({
    hall: () => hall().hall.hall.id,
    rolesOf: (user) => hall().hall.services.find(({ id }) => id === user)?.roles,
    commands,
    publish,
    clock,
  })

  /** Only the device itself may answer for itself. */
  function takeAnswer({ user, topic, payload }: IncomingPublish): void {
    if (answering.size === 0 || payload.length > MAX_ANSWER_BYTES) return
    const [, , id = '', , name = ''] = topic.split('/')
    const device = hall().devices.get(id)
    if (device?.connection.via !== 'mqtt' || device.connection.user !== user) return
    if (topic !== topicOf('commandResult', { hall: hall().hall.hall.id, device: id, name })) return
    const answer = readAnswer(payload)
    if (answer) answering.get(`${id} ${answer.id}`)?.(answer)
  }

  commands.start()
  return {
    commands,
    takeMessage(message) {
      takeCommand(message)
      takeAnswer(message)
    },
  }
}

function readAnswer(payload: Buffer) {
  try {
    return answerSchema.safeParse(JSON.parse(payload.toString())).data
  } catch {
    return undefined // no JSON
  }
}
