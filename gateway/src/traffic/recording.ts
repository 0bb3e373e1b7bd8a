import { z } from 'zod'
import { HallwattError } from '../domain/errors.ts'
import type { Exchange, LineKind } from './exchange.ts'

/**
 * A recording of raw traffic: lines of JSON, so that a cut file loses its last line only. The first line says what it is; each of
 * the others is one exchange (bytes as hexadecimal text) or one MQTT message (payload as base64).
 */
const headSchema = z.object({
  format: z.literal(1),
  of: z.enum(['modbus-tcp', 'serial', 'mqtt']),
  /** Link, or device that sends by MQTT. */
  name: z.string(),
  hall: z.string(),
  startedAt: z.number(),
  gateway: z.string(),
  /** MQTT: what stands for the names in the profile’s topics. */
  parameters: z.record(z.string(), z.string()).optional(),
  /** Devices on the line as hall.yaml had them; `meter`: the address of one that speaks DL/T 645. */
  devices: z.array(
    z.object({
      id: z.string(),
      profile: z.string(),
      unitId: z.number().optional(),
      meter: z.string().optional(),
      variant: z.string().optional(),
    }),
  ),
})
export type RecordingHead = z.infer<typeof headSchema>

const hex = z.string().regex(/^([0-9a-f]{2})*$/)
const exchangeSchema = z.object({ at: z.number(), ms: z.number().optional(), sent: hex, received: hex })
const messageSchema = z.object({ at: z.number(), topic: z.string(), payload: z.string() })

export interface RecordedMessage {
  readonly at: number
  readonly topic: string
  readonly payload: Buffer
}

export interface Recording {
  readonly head: RecordingHead
  readonly exchanges: readonly Omit<Exchange, 'seq'>[]
  readonly messages: readonly RecordedMessage[]
  /** Lines that could not be read: the last one of a file that was cut. */
  readonly brokenLines: number
}

export const headLine = (head: RecordingHead): string => `${JSON.stringify(head)}\n`

export const exchangeLine = ({ at, ms, sent, received }: Exchange): string =>
  `${JSON.stringify({ at, ms, sent: sent.toString('hex'), received: received.toString('hex') })}\n`

export const messageLine = ({ at, topic, payload }: RecordedMessage): string =>
  `${JSON.stringify({ at, topic, payload: payload.toString('base64') })}\n`

export const kindOfLink = (type: string): LineKind => (type === 'modbus-tcp' ? 'modbus-tcp' : 'serial')

/** @throws HallwattError HW_RECORDING_INVALID when the first line is not that of a recording */
export function readRecording(text: string): Recording {
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '')
  const head = headSchema.safeParse(jsonOf(first))
  if (!head.success) throw new HallwattError('HW_RECORDING_INVALID', 'Its first line is not the head of a recording.')
  const exchanges: Omit<Exchange, 'seq'>[] = []
  const messages: RecordedMessage[] = []
  let brokenLines = 0
  for (const line of lines) {
    const json = jsonOf(line)
    const exchange = exchangeSchema.safeParse(json)
    const message = exchange.success ? undefined : messageSchema.safeParse(json)
    if (exchange.success) {
      const { sent, received, at, ms } = exchange.data
      exchanges.push({
        at,
        sent: Buffer.from(sent, 'hex'),
        received: Buffer.from(received, 'hex'),
        ...(ms !== undefined && { ms }),
      })
    } else if (message?.success)
      messages.push({ ...message.data, payload: Buffer.from(message.data.payload, 'base64') })
    else brokenLines += 1
  }
  return { head: head.data, exchanges, messages, brokenLines }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
