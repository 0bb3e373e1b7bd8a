import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { Value } from '../domain/frame.ts'
import type { WriteResult } from '../modbus/modbus.ts'
import type { DeviceWrite } from '../polling/polling.ts'
import type { Clock } from '../ports/clock.ts'
import type { ProfileCommand } from '../profiles/command-schema.ts'
import { askingMessage, type CommandContext, type CommandStep, commandSteps } from '../profiles/command-writes.ts'
import type { DeviceState } from '../readings/readings.ts'
import { type Answer, longestMs, type Outcome, proofOf, quantitiesOf, verdict } from './proof.ts'

/** The ways to devices and back, handed in. */
export interface Wires {
  /** Modbus, before all reads. Undefined: the link is closed, or too many writes wait. */
  write(device: string, request: DeviceWrite): Promise<WriteResult | undefined>
  /** Modbus: reads these now; what comes is told as readings. */
  readNow(device: string, quantities: readonly string[]): Promise<void>
  /** OCPP: asks the charge point for the command, or for what its rule asks afterwards. Undefined when it accepted; else why it was not done. */
  call(device: string, step: OcppStep, what: 'command' | 'asks'): Promise<string | undefined>
  /** MQTT, QoS 1. */
  publish(topic: string, payload: string): void
  state(device: string): DeviceState | undefined
  /** Called with every good value that is read of the device from now on; returns the way to stop it. */
  watch(device: string, onValue: (quantity: string, value: Value) => void): () => void
  /** Called with what the device itself answers to the command of this id; returns the way to stop it. */
  watchAnswer(device: string, id: string, onAnswer: (answer: Answer) => void): () => void
}

export type OcppStep = Extract<CommandStep, { via: 'ocpp' }>

export interface Run {
  readonly device: ResolvedDevice
  readonly command: ProfileCommand
  readonly value: Value | undefined
  readonly context: CommandContext
  /** Monotonic ms before which the device takes no write; switching off does not wait for it. */
  readonly notBeforeMs: number
  /** Aborted when something stronger comes. */
  readonly signal: AbortSignal
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

  /** Undefined when it was sent; else why it was not. */
  async function send(step: CommandStep): Promise<string | undefined> {
    if (step.via === 'message') {
      wires.publish(step.topic, step.payload)
      return undefined
    }
    if (step.via === 'ocpp') {
      const refused = await wires.call(device.id, step, 'command')
      if (refused === undefined && command.confirm.answer) answer = { ok: true }
      return refused
    }
    const request =
      step.via === 'coil' ? { address: step.address, on: step.on } : { address: step.address, values: step.words }
    const result = await wires.write(device.id, request)
    onWritten()
    return writeTrouble(result)
  }

  async function sendBefore(): Promise<Outcome | undefined> {
    let notBeforeMs = run.notBeforeMs
    for (const step of steps) {
      const { unless } = step.via === 'message' || step.via === 'ocpp' ? {} : step
      const now = unless && shown(unless.quantity)
      if (unless && now?.quality === 'good' && now.value === unless.value) continue
      const waitMs = command.allOff ? 0 : notBeforeMs - clock.monotonicMs()
      if (waitMs > 0) await clock.sleep(waitMs, signal).catch(() => {})
      if (signal.aborted) return SUPERSEDED
      if (step === main) return undefined
      const trouble = await send(step)
      if (trouble !== undefined) return failed(trouble)
      notBeforeMs = clock.monotonicMs() + (device.profile.modbus?.writeGapMs ?? 0)
    }
    return undefined
  }

  const ask =
    main.via === 'ocpp'
      ? oneAtATime(() => wires.call(device.id, main, 'asks'))
      : asker(device, command, context, quantitiesOf(proof), wires)
  try {
    const stopped = await sendBefore()
    if (stopped) return stopped
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

function writeTrouble(result: WriteResult | undefined): string | undefined {
  if (result?.ok) return undefined
  if (!result) return '链路已关闭或写入排队已满 · The link is closed, or too many writes wait.'
  if (result.failure === 'exception')
    return `设备拒绝写入，异常码 ${result.exceptionCode} · The device refused the write with exception ${result.exceptionCode}.`
  return `写入无应答 (${result.failure}) · The write was not answered: ${result.failure}.`
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
