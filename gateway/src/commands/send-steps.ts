import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { WriteResult } from '../modbus/modbus.ts'
import type { Clock } from '../ports/clock.ts'
import type { ProfileCommand } from '../profiles/command-schema.ts'
import type { CommandStep } from '../profiles/command-writes.ts'
import type { Wires } from './wires.ts'

/** What is sent, and when it may be. */
export interface Sending {
  readonly device: ResolvedDevice
  readonly command: ProfileCommand
  /** Monotonic ms before which the device takes no write; switching off does not wait for it. */
  readonly notBeforeMs: number
  /** Aborted when something stronger comes: from then on nothing more is sent. */
  readonly signal: AbortSignal
}

export interface SendingParts {
  readonly wires: Pick<Wires, 'write' | 'call' | 'publish' | 'state'>
  readonly clock: Clock
  readonly onWritten: () => void
}

/**
 * Sends what comes before the last step, and waits until that may go: a charger's own watchdog is set before its current. Resolves
 * with why the last step must not go. Switching off goes whatever came of what was to be written first.
 */
export async function sendBefore(
  { device, command, notBeforeMs: from, signal }: Sending,
  steps: readonly CommandStep[],
  parts: SendingParts,
): Promise<string | undefined> {
  const { wires, clock } = parts
  let notBeforeMs = from
  for (const step of steps) {
    const { unless } = step.via === 'message' || step.via === 'ocpp' ? {} : step
    const now = unless && wires.state(device.id)?.readings.get(unless.quantity)
    if (unless && now?.quality === 'good' && now.value === unless.value) continue
    const waitMs = command.allOff ? 0 : notBeforeMs - clock.monotonicMs()
    if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => {})
    if (signal.aborted || step === steps.at(-1)) return undefined
    const trouble = await sendStep(device.id, step, parts)
    if (trouble !== undefined && !command.allOff) return trouble
    notBeforeMs = clock.monotonicMs() + (device.profile.modbus?.writeGapMs ?? 0)
  }
  return undefined
}

/** Undefined when it was sent, and acknowledged where the protocol does that; else why not. */
export async function sendStep(device: string, step: CommandStep, parts: SendingParts): Promise<string | undefined> {
  const { wires, onWritten } = parts
  if (step.via === 'message') {
    wires.publish(step.topic, step.payload)
    return undefined
  }
  if (step.via === 'ocpp') return wires.call(device, step, 'command')
  const request =
    step.via === 'coil' ? { address: step.address, on: step.on } : { address: step.address, values: step.words }
  const result = await wires.write(device, request)
  onWritten()
  return writeTrouble(result)
}

function writeTrouble(result: WriteResult | undefined): string | undefined {
  if (result?.ok) return undefined
  if (!result) return '链路已关闭或写入排队已满 · The link is closed, or too many writes wait.'
  if (result.failure === 'exception')
    return `设备拒绝写入，异常码 ${result.exceptionCode} · The device refused the write with exception ${result.exceptionCode}.`
  return `写入无应答 (${result.failure}) · The write was not answered: ${result.failure}.`
}
