import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { Value } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { ProfileCommand } from '../profiles/command-schema.ts'
import { askingMessage, type CommandContext, type CommandStep, commandSteps } from '../profiles/command-writes.ts'
import { type Answer, longestMs, type Outcome, proofOf, quantitiesOf, verdict } from './proof.ts'
import { type Sending, sendBefore, sendStep } from './send-steps.ts'
import type { Wires } from './wires.ts'

export interface Run extends Sending {
  readonly value: Value | undefined
  readonly context: CommandContext
}

/** When a device is asked what it shows, ms after the write; then every second. */
const ASK_AT_MS = [0, 150, 400, 1000] as const
const ASK_EVERY_MS = 1000
/** Switching off is sent again as long as nothing confirms it. */
const REPEAT_EVERY_MS = 1000

/**
 * Sends a command and waits for the reading that shows it. Readings count from the write on: for a register from its
 * acknowledgement, for a message from before it leaves, because the answer may come within the same turn.
 */
export async function runCommand(run: Run, wires: Wires, clock: Clock, onWritten: () => void): Promise<Outcome> {
  const { device, command, value, context, signal } = run
  const steps = commandSteps(device.profile, command, value, context)
  const main = steps.at(-1)
  if (!main) return failed(`${device.profileId} 没有写入方式 · says not how to send it.`)
  const shown = (quantity: string) => wires.state(device.id)?.readings.get(quantity)
  const proof = proofOf(device, command, value, (quantity) => {
    const known = shown(quantity)
    if (known?.value !== undefined) return 'yes'
    return known?.reason === 'not-available' ? 'no' : 'unknown'
  })
  const seen = new Map<string, Value>()
  const news = createNews()
  const sending = { wires, clock, onWritten }
  let listening = false
  let answer: Answer | undefined
  const stopWatching = wires.watch(device.id, (quantity, value) => {
    if (!listening) return
    seen.set(quantity, value)
    news.tell()
  })
  const stopAnswers = wires.watchAnswer(device.id, context.id, (said) => {
    answer = said
    news.tell()
  })
  signal.addEventListener('abort', news.tell)

  const send = async (step: CommandStep) => {
    const trouble = await sendStep(device.id, step, sending)
    if (step.via === 'ocpp' && trouble === undefined && command.confirm.answer) answer = { ok: true }
    return trouble
  }

  const ask =
    main.via === 'ocpp'
      ? oneAtATime(() => wires.call(device.id, main, 'asks'))
      : asker(device, command, context, quantitiesOf(proof), wires)
  try {
    const notSet = await sendBefore(run, steps, sending)
    if (notSet !== undefined) return failed(notSet)
    if (signal.aborted) return SUPERSEDED
    if (main.via === 'message' || main.via === 'ocpp') listening = true
    let trouble = await send(main)
    if (trouble !== undefined && !command.allOff) return failed(trouble)
    listening = true
    const startMs = clock.monotonicMs()
    let asked = 0
    let repeatAtMs = REPEAT_EVERY_MS
    for (;;) {
      if (signal.aborted) return SUPERSEDED
      const elapsedMs = clock.monotonicMs() - startMs
      const outcome = verdict(proof, seen, answer, elapsedMs)
      if (outcome) return trouble !== undefined && outcome.state !== 'confirmed' ? failed(trouble) : outcome
      if (command.allOff && elapsedMs >= repeatAtMs) {
        trouble = await send(main)
        repeatAtMs = elapsedMs + REPEAT_EVERY_MS
      }
      const askAtMs = askTimeMs(asked)
      if (elapsedMs >= askAtMs) {
        asked++
        ask()
        continue
      }
      // A millisecond beyond: a timer may be early by a fraction of one.
      const nextMs = Math.min(askAtMs, longestMs(proof), command.allOff ? repeatAtMs : Number.POSITIVE_INFINITY)
      await news.within(clock, Math.max(0, nextMs - elapsedMs) + 1)
    }
  } finally {
    stopWatching()
    stopAnswers()
    signal.removeEventListener('abort', news.tell)
  }
}

/** Writes it as it was, without waiting for a proof. Undefined when it was acknowledged, or something stronger came; else why not. */
export async function resend(run: Run, wires: Wires, clock: Clock, onWritten: () => void): Promise<string | undefined> {
  const { device, command, value, context, signal } = run
  const steps = commandSteps(device.profile, command, value, context)
  const main = steps.at(-1)
  const sending = { wires, clock, onWritten }
  const trouble = await sendBefore(run, steps, sending)
  return trouble ?? (main && !signal.aborted ? sendStep(device.id, main, sending) : undefined)
}

const askTimeMs = (asked: number): number =>
  ASK_AT_MS[asked] ?? ASK_AT_MS.at(-1)! + (asked - ASK_AT_MS.length + 1) * ASK_EVERY_MS

/** Makes the device show what it is; one question at a time. */
function asker(
  { id, connection }: ResolvedDevice,
  command: ProfileCommand,
  context: CommandContext,
  quantities: readonly string[],
  wires: Wires,
): () => void {
  if (connection.via === 'mqtt') {
    const message = askingMessage(command, context)
    return () => {
      if (message?.via === 'message') wires.publish(message.topic, message.payload)
    }
  }
  return quantities.length === 0 ? () => {} : oneAtATime(() => wires.readNow(id, quantities))
}

function oneAtATime(question: () => Promise<unknown>): () => void {
  let asking = false
  return () => {
    if (asking) return
    asking = true
    const done = () => {
      asking = false
    }
    question().then(done, done)
  }
}

const failed = (message: string): Outcome => ({ state: 'failed', code: 'HW_COMMAND_WRITE_FAILED', message })

export const SUPERSEDED: Outcome = {
  state: 'failed',
  code: 'HW_COMMAND_SUPERSEDED',
  message: '被更新的命令取代 · Something newer came before its end.',
}

/** Wakes whoever waits when something happened. */
function createNews() {
  let happened = false
  let wake: (() => void) | undefined
  return {
    tell: () => {
      happened = true
      wake?.()
    },
    /** Resolves at the next news, at once when there was some since the last wait, or after `ms`. */
    async within(clock: Clock, ms: number): Promise<void> {
      if (!happened) {
        const giveUp = new AbortController()
        await Promise.race([
          new Promise<void>((resolve) => {
            wake = resolve
          }),
          clock.sleep(ms, giveUp.signal).catch(() => {}),
        ])
        giveUp.abort()
      }
      happened = false
      wake = undefined
    },
  }
}
