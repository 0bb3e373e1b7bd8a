import { z } from 'zod'
import type { IncomingPublish } from '../broker/broker.ts'
import type { Role } from '../domain/role.ts'
import type { Clock } from '../ports/clock.ts'
import type { CommandRecord, Commands } from './command.ts'
import { MAX_REVERT_S } from './decide.ts'

const MAX_PAYLOAD_BYTES = 4096
/** A command that waited longer on its way is not wanted any more. */
const STALE_AFTER_MS = 30_000
/** For so long the same `id` of the same client is the same command: QoS 1 may bring it twice. */
const SAME_FOR_MS = 60_000
const MAX_REMEMBERED = 1000

const argumentsSchema = z.strictObject({
  id: z.string().max(100).optional(),
  value: z.union([z.boolean(), z.number(), z.string().max(200)]).optional(),
  reason: z.string().trim().min(1).max(500).optional(),
  revertAfterS: z.number().min(1).max(MAX_REVERT_S).optional(),
  t: z.number().optional(),
})

/** What is published on …/result. */
export interface MqttResult extends Partial<Omit<CommandRecord, 'id'>> {
  /** The `id` that came with the command. */
  readonly id?: string
  /** The number in the ledger. */
  readonly record?: string
}

/**
 * Commands that come in on our own topics: `hallwatt/<hall>/<device>/command/<name>` with `{value, revertAfterS, reason, id, t}`,
 * all optional. Each change is answered on `…/result`, not retained.
 */
export function createMqttCommands(parts: {
  hall: () => string
  /** Roles of a service of the hall; undefined for whoever is none. */
  rolesOf(user: string): readonly Role[] | undefined
  commands: Pick<Commands, 'begin' | 'ended'>
  /** QoS 1. */
  publish(topic: string, payload: string): void
  clock: Clock
}): (message: IncomingPublish) => void {
  const { commands, clock } = parts
  const seen = new Map<string, number>()

  function isRepeated(key: string): boolean {
    const now = clock.monotonicMs()
    const at = seen.get(key)
    if (at !== undefined && now - at < SAME_FOR_MS) return true
    seen.set(key, now)
    if (seen.size > MAX_REMEMBERED) seen.delete(seen.keys().next().value ?? '')
    return false
  }

  async function take(user: string, roles: readonly Role[], topic: string, payload: string): Promise<void> {
    const [, , device = '', , command = ''] = topic.split('/')
    const answer = (result: MqttResult) => parts.publish(`${topic}/result`, JSON.stringify(result))
    const read = readArguments(payload)
    if (!read.ok) {
      answer({ device, command, state: 'refused', code: 'HW_COMMAND_VALUE', message: read.message })
      return
    }
    const { id, t, value, reason, revertAfterS } = read.value
    if (t !== undefined && clock.wallMs() - t > STALE_AFTER_MS) {
      const message = '命令已过期 · The command is older than 30 s.'
      answer({ ...(id !== undefined && { id }), device, command, state: 'refused', code: 'HW_COMMAND_VALUE', message })
      return
    }
    if (id !== undefined && isRepeated(`${user} ${topic} ${id}`)) return
    const tell = ({ id: record, ...rest }: CommandRecord) =>
      answer({ ...(id !== undefined && { id }), record, ...rest })
    const begun = await commands.begin({
      ...{ device, command, by: user, roles, via: 'mqtt' },
      ...(value !== undefined && { value }),
      ...(reason !== undefined && { reason }),
      ...(revertAfterS !== undefined && { revertAfterS }),
      ...(id !== undefined && { trace: id }),
    })
    tell(begun)
    if (begun.state !== 'sending') return
    const ended = await commands.ended(begun.id)
    if (ended) tell(ended)
  }

  return ({ user, topic, payload, retain }) => {
    const [root, hall, , what, name, ...more] = topic.split('/')
    if (root !== 'hallwatt' || hall !== parts.hall() || what !== 'command' || !name || more.length > 0) return
    const roles = parts.rolesOf(user)
    // A retained command would be given again by whoever reads it next.
    if (!roles || retain) return
    // The payload is a view of the socket's buffer.
    void take(user, roles, topic, payload.length > MAX_PAYLOAD_BYTES ? '-' : payload.toString())
  }
}

function readArguments(payload: string) {
  try {
    const read = argumentsSchema.safeParse(payload.trim() === '' ? {} : JSON.parse(payload))
    return read.success
      ? ({ ok: true, value: read.data } as const)
      : ({ ok: false, message: z.prettifyError(read.error) } as const)
  } catch {
    return { ok: false, message: '不是 JSON · The payload is no JSON object.' } as const
  }
}
