import { isSeq, parse, parseDocument } from 'yaml'
import { z } from 'zod'
import { demoHallText } from './demo-hall.ts'

/** gateway/halls/drill.yaml: what is added to the demo hall. Rules and people are checked when the whole hall is loaded. */
const additionsSchema = z.strictObject({
  devices: z.array(z.record(z.string(), z.unknown())),
  periodsMs: z.record(z.string(), z.number()),
  repair: z.record(z.string(), z.unknown()),
})

export interface DrillHallOptions {
  readonly basePort: number
  /** Address of the local channel. */
  readonly channelUrl: string
  /** Name of the environment variable that holds the secret of its signatures. */
  readonly secretName: string
}

/** The demo hall with what drill.yaml adds, and the local channel under the name `drill`. */
export function drillHallText(demo: string, additions: string, options: DrillHallOptions): string {
  const { devices, periodsMs, repair } = additionsSchema.parse(parse(additions))
  const document = parseDocument(demoHallText(demo, options))
  const listed = document.get('devices')
  if (!isSeq(listed)) throw new Error('the demo hall lists no devices')
  for (const device of devices) listed.add(document.createNode(device))
  const hall = document.toJS() as { devices: { id: string }[] }
  for (const [id, periodMs] of Object.entries(periodsMs)) {
    const index = hall.devices.findIndex((device) => device.id === id)
    if (index < 0) throw new Error(`drill.yaml gives a period to ${id}, which is not in the hall`)
    document.setIn(['devices', index, 'periodMs'], periodMs)
  }
  const channels = { drill: { type: 'webhook', url: options.channelUrl, secret: options.secretName } }
  document.set('repair', document.createNode({ ...repair, channels }))
  return document.toString({ lineWidth: 0 })
}
